"""The evidence in a copy of the site: what the level allows, and nothing that is there already."""

from pathlib import Path
from typing import Final

from audit.evidence import CHECKPOINT, Folder, names_of
from audit.one_file import one_file
from service.aside import ENTRY, FORMER
from service.evidence import folder_of, log_of, published
from service.evidence_page import page
from service.settings import Settings
from status_page.former import former_logs
from store.desk import Desk

TILES: Final = "tile"
ENTRIES: Final = "tile/entries/"
TIMES: Final = 3
"""While it copies, a partial file may become whole: then there is a newer checkpoint to begin with."""


def copy_evidence(settings: Settings, desk: Desk, folder: Path) -> int:
    """Bring `evidence` in that folder up to date; how many files were written."""
    target, known = Folder(folder / "evidence"), log_of(desk)
    told = page(known, settings.public_address, settings.evidence, former_logs(desk))
    written = _put(target, "index.html", told.encode()) + _put(target, "log.vkey", f"{known.log_key}\n".encode())
    written += _put(target, "verify.pyz", one_file())
    former = [f"{FORMER}/{each.event.number - 1}" for each in desk.successions]
    if settings.evidence != "public":
        for name in (ENTRIES, *(f"{each}/{ENTRIES}" for each in former)):
            _withdraw(target, name)
    if not all((target.path / each / ENTRY).exists() for each in former):
        _begin_again(target)
    return written + _copy_former(settings, target) + _copy(settings, desk, target, TIMES)


def _withdraw(target: Folder, name: str) -> None:
    """Entries that another level allowed; not those that a symbolic link leads to: they are somebody else's."""
    if (target.path / name).resolve() == target.path.parent.resolve() / target.path.name / name:
        target.remove(name)


def _begin_again(target: Folder) -> None:
    """The log has a successor, whose files have the names of its own: none of these stays in their place."""
    _withdraw(target, TILES)
    if (target.path / TILES).exists():
        raise OSError(f"{target.path / TILES} is elsewhere, by a symbolic link: remove that link")


def _copy_former(settings: Settings, target: Folder) -> int:
    """Logs that are not signed any more: whatever is there of them never changes."""
    source = Folder(folder_of(settings))
    paths = (path for path in (source.path / FORMER).rglob("*") if path.is_file() and not path.name.startswith("."))
    names = sorted(path.relative_to(source.path).as_posix() for path in paths)
    missing = [each for each in names if not (target.path / each).exists()]
    allowed = [each for each in missing if settings.evidence == "public" or f"/{ENTRIES}" not in each]
    return sum(_put(target, name, source.read(name)) for name in allowed)


def _copy(settings: Settings, desk: Desk, target: Folder, times: int) -> int:
    """The checkpoint comes last: whoever reads it finds the files that it is of."""
    found, source = published(settings, desk), Folder(folder_of(settings))
    if found is None:
        return 0
    names = (each for each in names_of(found[1].size) if settings.evidence == "public" or not each.startswith(ENTRIES))
    missing = [each for each in names if not (target.path / each).exists()]
    try:
        written = sum(_put(target, name, source.read(name)) for name in missing)
    except FileNotFoundError:
        if times == 1:
            raise
        return _copy(settings, desk, target, times - 1)
    return written + _put(target, CHECKPOINT, found[0])


def _put(target: Folder, name: str, content: bytes) -> bool:
    """Whether that changed anything."""
    path = target.path / name
    if path.is_file() and path.read_bytes() == content:
        return False
    if not path.parent.resolve().is_relative_to(target.path.parent.resolve()):
        raise OSError(f"{path} leads out of {target.path.parent} by a symbolic link: remove that link")
    target.write(name, content)
    return True
