"""The evidence in a copy of the site: what the level allows, and nothing that is there already."""

from pathlib import Path
from typing import Final

from audit.evidence import CHECKPOINT, Folder, names_of
from audit.one_file import one_file
from service.evidence import folder_of, founding_of, published
from service.evidence_page import page
from service.settings import Settings
from store.desk import Desk

ENTRIES: Final = "tile/entries/"
TIMES: Final = 3
"""While it copies, a partial file may become whole: then there is a newer checkpoint to begin with."""


def copy_evidence(settings: Settings, desk: Desk, folder: Path) -> int:
    """Bring `evidence` in that folder up to date; how many files were written."""
    target, founded = Folder(folder / "evidence"), founding_of(desk)
    told = page(founded.origin, founded.log_key, settings.public_address, settings.evidence)
    written = _put(target, "index.html", told.encode()) + _put(target, "log.vkey", f"{founded.log_key}\n".encode())
    written += _put(target, "verify.pyz", one_file())
    if settings.evidence != "public":
        _withdraw(target)
    return written + _copy(settings, desk, target, TIMES)


def _withdraw(target: Folder) -> None:
    """Entries that another level allowed; not those that a symbolic link leads to: they are somebody else's."""
    if (target.path / ENTRIES).resolve() == target.path.parent.resolve() / target.path.name / ENTRIES:
        target.remove(ENTRIES)


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
