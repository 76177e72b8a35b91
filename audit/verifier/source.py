"""Where evidence is read from: a folder as `glasno publish` makes it, or a site that serves it."""

import re
from http.client import HTTPException
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Final, Protocol
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from weakref import finalize

SECONDS: Final = 30.0
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a file: a bundle of 256 entries of 65,535 bytes is half of it."""

EVIDENCE: Final = re.compile(r"/evidence(/former/[1-9]\d*)?$")
"""How the address of evidence ends; that of a site is another one."""


class Unavailable(Exception):
    """The source cannot be read, and why."""


class Source(Protocol):
    """Files by their names in C2SP tlog-tiles."""

    def read(self, name: str) -> bytes:
        """The file; `FileNotFoundError` if there is none."""
        ...


class FolderSource:
    """A folder; `evidence` below it, if that is where the checkpoint is."""

    def __init__(self, folder: Path) -> None:
        below = folder / "evidence"
        self._folder = below if (below / "checkpoint").exists() else folder

    def read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as fault:
            raise Unavailable(f"{self._folder / name} cannot be read: {fault.strerror}") from None


class WebSource:
    """A site: its address, or that of its evidence. What was fetched once is kept until the end: it is read twice."""

    def __init__(self, address: str) -> None:
        address = address.rstrip("/")
        self._base = address if EVIDENCE.search(address) else f"{address}/evidence"
        self._kept = Path(mkdtemp(prefix="glasno-verify-"))
        finalize(self, rmtree, self._kept, ignore_errors=True)

    def read(self, name: str) -> bytes:
        kept = self._kept / name
        if not kept.exists():
            content = self._fetched(name)
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(content)
        return kept.read_bytes()

    def _fetched(self, name: str) -> bytes:
        address = f"{self._base}/{name}"
        try:
            request = Request(address, headers={"User-Agent": "glasno-verify"})  # noqa: S310 -- see source_of
            with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                content: bytes = answer.read(LARGEST)
                is_whole = not answer.length
        except HTTPError as fault:
            with fault:
                if fault.code in (403, 404):
                    raise FileNotFoundError(name) from None
                raise Unavailable(f"{address} answers {fault.code}") from None
        except (URLError, HTTPException, OSError, ValueError) as fault:
            raise Unavailable(f"{address} cannot be fetched: {fault}") from None
        if not is_whole:
            raise Unavailable(f"{address} cannot be fetched whole")
        return content


def source_of(place: str) -> Source:
    """What was named: a URL of `http` or `https`, or a folder. `Unavailable` if it is neither."""
    if place.startswith(("http://", "https://")):
        return WebSource(place)
    if Path(place).is_dir():
        return FolderSource(Path(place))
    raise Unavailable(f"{place} is no folder and no URL")
