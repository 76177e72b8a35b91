"""Tiles: the tree in files of 256 hashes, the entries in bundles of 256 (C2SP tlog-tiles).

`tile/L/N` holds the roots of the complete subtrees of 256**L leaves, from the (256 N)-th on; `tile/entries/N` the
entries themselves, each behind its length in two bytes. The last tile of a level may be partial: `….p/W` holds W.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from typing import Final, TypeAlias

from audit.tlog.merkle import Hash, ReadNode

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
SIZE: Final = 32
"""Bytes of a hash."""
LEVELS: Final = 6
"""C2SP: levels are 0 to 63 in principle; 256**6 entries are more than any log will have."""
KEPT: Final = 64
"""Tiles of a tree that are remembered while proofs are made from it: one proof needs a few, many times over."""
Read: TypeAlias = Callable[[str], bytes]
"""The file of a path; `FileNotFoundError` if there is none."""


class BrokenTile(Exception):
    """A tile or bundle does not hold what its path says."""


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Of the hashes of a level."""
    return f"tile/{level}/{_number(number)}{_partial(width)}"


def bundle_path(number: int, width: int = WIDTH) -> str:
    """Of entries."""
    return f"tile/entries/{_number(number)}{_partial(width)}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Every tile of a tree as (level, number, width)."""
    for level in range(LEVELS + 1):
        count = size >> HEIGHT * level
        for number in range(-(-count // WIDTH)):
            yield level, number, min(WIDTH, count - number * WIDTH)


def packed(entries: Iterable[bytes]) -> bytes:
    """The bundle of entries, each 65,535 bytes at the most."""
    return b"".join([len(entry).to_bytes(2) + entry for entry in entries])


def unpacked(bundle: bytes, width: int) -> list[bytes]:
    """The entries of a bundle that is to hold so many."""
    entries, place = [], 0
    while place + 2 <= len(bundle):
        end = place + 2 + (bundle[place] << 8) + bundle[place + 1]
        entries.append(bundle[place + 2 : end])
        place = end
    if place != len(bundle) or len(entries) != width:
        raise BrokenTile(f"a bundle that is to hold {width} entries holds something else")
    return entries


def nodes_in(read: Read, size: int) -> ReadNode:
    """Reads the complete subtrees of a tree of `size` leaves from its tiles; the last few of them it remembers."""

    @lru_cache(KEPT)
    def hashes_in(tile: int, number: int) -> list[Hash]:
        return _tile(read, tile, number, size)

    def node(level: int, index: int) -> Hash:
        tile, height = divmod(level, HEIGHT)
        first = index << height
        return folded(hashes_in(tile, first // WIDTH)[first % WIDTH : first % WIDTH + (1 << height)])

    return node


def folded(hashes: list[Hash]) -> Hash:
    """The root over hashes of subtrees, all of one size but the last, which may be smaller."""
    while len(hashes) > 1:
        pairs, alone = zip(hashes[::2], hashes[1::2], strict=False), hashes[len(hashes) & ~1 :]
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs] + alone
    return hashes[0]


def hashes_of(tile: bytes, width: int) -> list[Hash]:
    """The hashes of a tile that is to hold so many."""
    if len(tile) != width * SIZE:
        raise BrokenTile(f"a tile that is to hold {width} hashes has {len(tile)} bytes")
    return [tile[place : place + SIZE] for place in range(0, len(tile), SIZE)]


def _tile(read: Read, level: int, number: int, size: int) -> list[Hash]:
    """As the tree of that size has it; a partial one may have become whole since, and is a part of that then."""
    width = min(WIDTH, (size >> HEIGHT * level) - number * WIDTH)
    try:
        return hashes_of(read(tile_path(level, number, width)), width)
    except FileNotFoundError:
        if width == WIDTH:
            raise
        return hashes_of(read(tile_path(level, number)), WIDTH)


def _number(number: int) -> str:
    """In groups of three digits, all but the last after an `x`."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    return "/".join([*(f"x{each}" for each in groups[:-1]), groups[-1]])


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
