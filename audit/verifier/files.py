"""The files of a log of a known size: its entries, read as often as need be and always the same, or their hashes."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256

from audit.tlog.merkle import Hash
from audit.tlog.tiles import WIDTH, BrokenTile, bundle_path, hashes_of, tile_path, unpacked
from audit.verifier.source import Source


@dataclass
class Files:
    """Bundle by bundle; `FileNotFoundError` or `BrokenTile` if one is not there, or not as it has to be."""

    source: Source
    size: int
    digests: dict[int, bytes] = field(default_factory=dict)
    """Of the bundles that were read: whoever keeps the files cannot show other ones when they are read again."""

    @property
    def have_entries(self) -> bool:
        """Whether the entries are published; some levels of evidence keep them back."""
        try:
            self._bundle(0, min(WIDTH, self.size))
        except FileNotFoundError:
            return False
        return True

    def bundles(self) -> Iterator[tuple[int, list[bytes]]]:
        """The entries, some hundred at a time, each time with the index of the first one."""
        for number, width in self._all():
            entries = self._bundle(number, width)
            digest = sha256(b"".join(entries)).digest()
            if self.digests.setdefault(number, digest) != digest:
                raise BrokenTile(f"bundle {number} is another one than it was when it was read before")
            yield number * WIDTH, entries

    def leaves(self) -> Iterator[list[Hash]]:
        """The hashes of the entries, tile by tile."""
        for number, width in self._all():
            try:
                yield hashes_of(self.source.read(tile_path(0, number, width)), width)
            except FileNotFoundError:
                yield hashes_of(self.source.read(tile_path(0, number)), WIDTH)[:width]

    def _bundle(self, number: int, width: int) -> list[bytes]:
        """A partial one may have become whole since."""
        if width < WIDTH:
            with suppress(FileNotFoundError):
                return unpacked(self.source.read(bundle_path(number, width)), width)
        return unpacked(self.source.read(bundle_path(number)), WIDTH)[:width]

    def _all(self) -> Iterator[tuple[int, int]]:
        """Each file by its number, with how much it holds."""
        for number in range(-(-self.size // WIDTH)):
            yield number, min(WIDTH, self.size - number * WIDTH)
