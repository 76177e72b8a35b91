"""The site as files, for any plain web server: a copy that outlives the desk, and can be read at every moment.

A file is written only if its bytes change, beside its place and then put there. What was written is kept in a manifest,
so that what is no longer on the site is removed, and nothing else is.
"""

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from domain.instant import HOUR, Duration, Instant
from status_page.addresses import addresses
from status_page.edition import Edition, Mark, next_change
from status_page.html import TEMPLATES
from status_page.site import find

MANIFEST: Final = ".glasno.json"
LOCK: Final = ".glasno.lock"
NEW: Final = ".glasno.new"
RENEWED: Final = ".glasno.renewed"
FRESH: Final[Duration] = HOUR
"""How old a copy may be before it is made anew though nothing happened: pages warn of an older one."""


class Busy(Exception):
    """Somebody else writes this copy."""


@dataclass(frozen=True)
class Manifest:
    """What a copy is of, and what was written for it; of one that was not finished only the files."""

    address: str = ""
    position: int = 0
    at: Instant = 0
    until: Instant = 0
    """The next instant at which the site changes by time alone."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Their SHA-256, by path."""


@dataclass(frozen=True)
class Copied:
    """What became of a copy."""

    files: int
    written: int
    removed: int


@contextmanager
def copying(folder: Path) -> Iterator[Manifest]:
    """Write a copy, alone, to a folder that is made if it is not there; what was written the last time. `Busy`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(f"another `glasno publish` writes to {folder}") from None
        yield _known(folder)


def mark_of(known: Manifest, address: str, position: int, now: Instant) -> Mark:
    """The edition to copy: the one that was copied last, as long as neither the log nor time changes anything."""
    is_same = (known.address, known.position) == (address, position)
    is_fresh = known.at <= now < min(known.until, known.at + FRESH)
    return Mark(position, known.at if is_same and is_fresh else now, is_copy=True)


def copy(edition: Edition, folder: Path, known: Manifest, told: Callable[[int], None]) -> Copied:
    """Bring the files up to date with an edition; `told` hears how many of its addresses are done."""
    of = edition.address, edition.position, edition.at
    if of == (known.address, known.position, known.at) and _is_intact(folder, known):
        return Copied(len(known.files), 0, 0)
    wanted = {path_of(address): address for address in addresses(edition)}
    _keep(folder, Manifest(files={**dict.fromkeys(wanted, ""), **known.files}))
    files: dict[str, str] = {}
    written = 0
    for number, (path, address) in enumerate(wanted.items(), 1):
        body = _body(edition, address, files)
        if body is not None:
            files[path] = hashlib.sha256(body).hexdigest()
            written += _write(folder, path, body, files[path])
        told(number)
    removed = sum(_remove(folder, path) for path in known.files.keys() - files.keys())
    _keep(folder, Manifest(*of, next_change(edition), files))
    return Copied(len(files), written, removed)


def path_of(address: str) -> str:
    """Where the document of an address lies: a page is the index of a folder."""
    found = find(address)
    is_page = found is not None and found.route.is_page
    return "/".join(part for part in (*address.split("/"), "index.html" if is_page else "") if part)


def _body(edition: Edition, address: str, files: Mapping[str, str]) -> bytes | None:
    """The document; a page without a language, the first one excepted, leads to it in English and names both."""
    found = find(address)
    if found and (found.language or address == "/"):
        return found.route.make(edition, found.language or "en", found.names)
    if path_of(f"/en{address}") not in files:
        return None
    return TEMPLATES.get_template("choice.html.j2").render(path=address, edition=edition).encode()


def _known(folder: Path) -> Manifest:
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, msgspec.DecodeError):
        return Manifest()


def _is_intact(folder: Path, known: Manifest) -> bool:
    return all(_digest(folder / path) == digest for path, digest in known.files.items())


def _keep(folder: Path, manifest: Manifest) -> None:
    _put(folder, MANIFEST, msgspec.json.encode(manifest))


def renew(folder: Path) -> None:
    """Say that the copy is up to date, though nothing of it may have changed: by the time of a file."""
    _put(folder, RENEWED, b"")


def _write(folder: Path, path: str, body: bytes, digest: str) -> bool:
    """Whether that changed anything."""
    if _digest(folder / path) == digest:
        return False
    _put(folder, path, body)
    return True


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def _put(folder: Path, path: str, body: bytes) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    if not (folder / path).parent.resolve().is_relative_to(folder.resolve()) or (folder / NEW).is_symlink():
        raise OSError(f"{folder / path} leads out of {folder} by a symbolic link: remove that link")
    (folder / NEW).write_bytes(body)
    (folder / NEW).replace(folder / path)


def _remove(folder: Path, path: str) -> bool:
    """With the folders that are empty without it; nothing outside of the copy, whatever the manifest says."""
    file = folder / path
    if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        return False
    file.unlink()
    for parent in file.parents:
        if parent == folder or any(parent.iterdir()):
            break
        parent.rmdir()
    return True
