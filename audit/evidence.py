"""The evidence of the log: its tiles, bundles and checkpoint as files that anybody may copy (C2SP tlog-tiles).

Files are written aside and moved, so that a reader sees each one whole; they are durable once `settle` returns.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Final, TypeAlias

from audit.tlog.merkle import EMPTY, Hash, leaf_hash
from audit.tlog.tiles import (
    HEIGHT,
    WIDTH,
    BrokenTile,
    bundle_path,
    folded,
    hashes_of,
    packed,
    tile_path,
    tiles_of,
    unpacked,
)

CHECKPOINT: Final = "checkpoint"
Write: TypeAlias = Callable[[str, bytes], None]
"""Keeps what a file is to hold, by its name."""


@dataclass(frozen=True)
class Folder:
    """Where the files are."""

    path: Path
    unsettled: set[Path] = field(default_factory=set, repr=False, compare=False)
    """Written, but perhaps in memory alone."""

    def read(self, name: str) -> bytes:
        """A file; `FileNotFoundError` if there is none."""
        return (self.path / name).read_bytes()

    def write(self, name: str, content: bytes) -> None:
        """In place of whatever was there."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.new")
        aside.write_bytes(content)
        aside.replace(path)
        self.unsettled.add(path)

    def write_durably(self, name: str, content: bytes) -> None:
        """The same, for a file that must never be seen empty, not even after a loss of power."""
        aside = f".{name}.durable"
        self.write(aside, content)
        self.settle()
        (self.path / aside).replace(self.path / name)
        persist(self.path)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else who asks for it is here meanwhile, of any process; one that is stopped here keeps its turn."""
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def remove(self, name: str) -> None:
        """A folder with all that is in it."""
        rmtree(self.path / name, ignore_errors=True)

    def settle(self) -> None:
        """What was written outlives a loss of power."""
        holding = {path.parent for path in self.unsettled}
        above = {each for folder in holding for each in folder.parents if each.is_relative_to(self.path)}
        for path in (*self.unsettled, *(holding | above)):
            persist(path)
        self.unsettled.clear()


@dataclass
class Writer:
    """A growing tree and its files: whole tiles and bundles are written as they fill up, partial ones by `flush`."""

    write: Write
    size: int
    levels: list[list[Hash]]
    """By level, the hashes of the tile that is not whole; that of the leaves is always there."""
    entries: list[bytes]
    """Of the bundle that is not whole."""

    def append(self, entry: bytes) -> None:
        """One entry more."""
        self.levels[0].append(leaf_hash(entry))
        self.entries.append(entry)
        self.size += 1
        if len(self.entries) == WIDTH:
            self.write(bundle_path(self.size // WIDTH - 1), packed(self.entries))
            self.entries.clear()
            self._fill(0)

    def flush(self) -> None:
        """Write what is partial."""
        if self.entries:
            self.write(bundle_path(self.size // WIDTH, len(self.entries)), packed(self.entries))
        for level, hashes in enumerate(self.levels):
            if hashes:
                number = self.size >> HEIGHT * (level + 1)
                self.write(tile_path(level, number, len(hashes)), b"".join(hashes))

    @property
    def root(self) -> Hash:
        """Of the whole tree."""
        below = list[Hash]()
        for hashes in self.levels:
            below = [folded([*hashes, *below])] if hashes or below else []
        return below[0] if below else EMPTY

    def _fill(self, level: int) -> None:
        """The tile of that level is whole: it is written, and its root goes into the one above."""
        hashes = self.levels[level]
        self.write(tile_path(level, (self.size >> HEIGHT * (level + 1)) - 1), b"".join(hashes))
        self.levels[level] = []
        if level + 1 == len(self.levels):
            self.levels.append([])
        self.levels[level + 1].append(folded(hashes))
        if len(self.levels[level + 1]) == WIDTH:
            self._fill(level + 1)


def writer_at(folder: Folder, size: int) -> Writer:
    """Goes on from the files of a tree of that size; `OSError` or `BrokenTile` if they are not there any more."""
    levels = []
    for level in range(-(-size.bit_length() // HEIGHT)):
        count = size >> HEIGHT * level
        levels.append(_partial(folder, level, count // WIDTH, count % WIDTH))
    width = size % WIDTH
    entries = unpacked(folder.read(bundle_path(size // WIDTH, width)), width) if width else []
    if levels and levels[0] != [leaf_hash(entry) for entry in entries]:
        raise BrokenTile("the last bundle does not hold the entries of the last tile")
    return Writer(folder.write, size, levels or [[]], entries)


def empty(write: Write) -> Writer:
    """Begins a tree."""
    return Writer(write, 0, [[]], [])


def _partial(folder: Folder, level: int, number: int, width: int) -> list[Hash]:
    return hashes_of(folder.read(tile_path(level, number, width)), width) if width else []


def names_of(size: int) -> Iterator[str]:
    """Every file of a tree, the tiles before the bundles."""
    tiles = [*tiles_of(size)]
    yield from (tile_path(*each) for each in tiles)
    yield from (bundle_path(number, width) for level, number, width in tiles if not level)


def superseded(old: int, new: int) -> Iterator[str]:
    """The folders of partial files of a tree of `old` entries whose whole ones a tree of `new` entries has.

    Until then they stay: whoever holds an older checkpoint needs them (C2SP tlog-tiles, partial tiles).
    """
    for level in range(-(-old.bit_length() // HEIGHT)):
        number, width = divmod(old >> HEIGHT * level, WIDTH)
        if width and new >> HEIGHT * (level + 1) > number:
            yield f"{tile_path(level, number)}.p"
            yield from [f"{bundle_path(number)}.p"] if not level else []


def persist(path: Path) -> None:
    """What was written to a file, or which files a folder has, outlives a loss of power."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
