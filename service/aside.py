"""What belongs to a former log is put aside, and never deleted: its evidence, what was signed last, its key.

Which log is in force is what the desk's own stream says. The files follow it: after a crash in between, the next one
who is to sign goes on where it was left, and until then there is no key that could sign.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from audit.evidence import Folder, persist
from service.key_files import signer_of
from service.settings import Misconfigured, Settings
from store.desk import Desk

FORMER: Final = "former"
"""Where the evidence of former logs is, below that of the present one, by their numbers."""
KEY: Final = "log.vkey"
ENTRY: Final = "successor"
"""Of the log that goes on: that it does, and what it holds of this one; for whoever does not get the other entries."""


def next_key(settings: Settings) -> Path:
    """Where the key of a log is made that is to follow: it becomes `log.key` when it does."""
    return settings.log_key.with_name(f"{settings.log_key.name}.next")


def put_aside(settings: Settings, desk: Desk, evidence: Path) -> bool:
    """Make the files those of the log in force; whether there was anything left to do. One process at a time."""
    past = desk.successions
    if not (past and next_key(settings).exists()):
        return False
    said = past[-1].event
    if signer_of(said.origin, next_key(settings)).key.text != said.log_key:
        return False
    number = said.number - 1
    _evidence(evidence, evidence / FORMER / str(number), {KEY: f"{said.former_key}\n".encode(), ENTRY: past[-1].raw})
    for path in (settings.data_dir / "log.signed", settings.log_key):
        _move(path, path.with_name(f"{path.name}.former-{number}"))
    _move(next_key(settings), settings.log_key)
    return True


def _evidence(evidence: Path, former: Path, words: Mapping[str, bytes]) -> None:
    for name, content in words.items():
        Folder(former).write_durably(name, content)
    for path in sorted(evidence.iterdir()):
        if path.name != FORMER:
            _move(path, former / path.name)


def _move(path: Path, to: Path) -> None:
    """Nothing that is there already is overwritten; what was moved before a crash is there already."""
    if path.exists():
        if to.exists():
            raise Misconfigured(f"{path} is to become {to}, which is there already: move one of them away")
        path.rename(to)
        persist(to.parent)
        persist(path.parent)
