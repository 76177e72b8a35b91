"""Backups: evidence, log and keys of a desk that may be at work, as files from which either engine is restored.

Their order makes them fit: evidence before the log, the log before the keys. So the log is never older than what is
signed, and the keys are never older than the log.
"""

import fcntl
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from shutil import copyfile, rmtree
from sqlite3 import connect
from typing import Any, Final

from sqlalchemy import Engine

from audit.evidence import CHECKPOINT, Folder, names_of, persist
from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.note import Malformed, Unverified, VerifierKey, read_key
from domain.desk import DeskFounded
from domain.erasure import ErasureRequested
from domain.event import Id
from domain.instant import Instant
from domain.opening_hours import EPOCH
from service.aside import FORMER
from service.build import keys_engine
from service.evidence import folder_of, log_of, published
from service.settings import Settings
from store.copying import Progress, keys_copied, log_of_file, log_of_server
from store.desk import Desk

FORMAT: Final = "glasno-backup"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
ERASURES: Final = "erasures.json"
PARTIAL: Final = ".partial"
SIGNED: Final = "log.signed"
TIMES: Final = 3
"""While it copies, a partial file of the evidence may become whole: then there is a newer checkpoint to begin with."""


class NotBackedUp(Exception):
    """There is no backup, and why."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    desk: Id
    origin: str
    taken_at: str
    """RFC 3339, in UTC."""
    position: int
    """Of the last event."""
    events: int
    signed: int | None
    """Entries under the newest checkpoint; None if nothing was ever signed."""
    files: Mapping[str, str]
    """SHA-256 by name."""


def back_up(settings: Settings, desk: Desk, root: Path, progress: Progress) -> tuple[Path, Manifest]:
    """Write a backup into a folder of its own under `root`. It is there whole or not at all. Raises `NotBackedUp`."""
    at = desk.now()
    folder = root / f"{EPOCH + timedelta(milliseconds=at):%Y%m%dT%H%M%SZ}"
    with _alone(root):
        known = _erased_elsewhere(desk, root)
        if folder.exists():
            raise NotBackedUp(f"{folder} was made within this second")
        partial = folder.with_name(folder.name + PARTIAL)
        manifest = _written(settings, desk, partial, at, progress)
        told = {"desk": manifest.desk, "erasures": [*(known | _erased(desk)).values()]}
        Folder(root).write_durably(ERASURES, _in_json(told))
        partial.rename(folder)
        persist(root)
    return folder, manifest


def checkpoints_in(folder: Path, key: VerifierKey) -> list[Checkpoint]:
    """What was signed last and what was published last, of a data directory or of a copy of it."""
    notes = [(folder / "evidence" / CHECKPOINT).read_bytes()] if (folder / "evidence" / CHECKPOINT).exists() else []
    with _of_this_log():
        if (folder / SIGNED).exists():
            notes.append(json.loads((folder / SIGNED).read_bytes())["note"].encode())
        return [opened(each, [key])[0] for each in notes]


@contextmanager
def key_store(settings: Settings) -> Iterator[Engine]:
    """Where the keys of these settings are."""
    engine = keys_engine(settings)
    try:
        yield engine
    finally:
        engine.dispose()


def id_of(desk: Desk) -> Id:
    """The desk's own id, which never changes."""
    founded: DeskFounded = desk.log.read(desk.stream)[0].event
    return founded.desk


def in_files(settings: Settings, folder: Path) -> Settings:
    """The desk as files in that folder, opened by the key files that there are."""
    keys = {"master_key_file": settings.master_key, "log_key_file": settings.log_key}
    return settings.model_copy(update={"data_dir": folder, "database_url": "", "keys_url": "", **keys})


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def _of_this_log() -> Iterator[None]:
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, Malformed, Unverified) as fault:
        raise NotBackedUp(f"what was signed last is not of this log ({fault}): see docs/runbooks/restore.md") from None


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """What is not whole is removed: of this one, and of one that was cut off."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (root / ".lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise NotBackedUp(f"another backup is being written to {root}") from None
        try:
            _sweep(root)
            yield
        finally:
            _sweep(root)


def _sweep(root: Path) -> None:
    for left in root.glob(f"*{PARTIAL}"):
        rmtree(left)


def _erased(desk: Desk) -> dict[tuple[str, Id], Mapping[str, Any]]:
    """Whose texts were erased: ids, and what has to be said again. What retention takes, it takes again by itself."""
    asked = [each.event for each in desk.log.erasures() if isinstance(each.event, ErasureRequested)]
    return {
        (each.kind, each.subject): {
            "kind": each.kind,
            "subject": each.subject,
            "identities": each.identities,
            "ground": each.ground,
            "number": each.number,
            "requested_at": each.at,
        }
        for each in asked
        if each.identities
    }


def _erased_elsewhere(desk: Desk, root: Path) -> dict[tuple[str, Id], Mapping[str, Any]]:
    """What an earlier backup told: a log that was restored since then may not know all of it."""
    known = erasures_beside(root)
    if known is None:
        return {}
    if known[0] != id_of(desk):
        raise NotBackedUp(f"{root} has the backups of another desk")
    return {(each["kind"], each["subject"]): each for each in known[1]}


def erasures_beside(root: Path) -> tuple[Id, Sequence[Mapping[str, Any]]] | None:
    """The desk, and its erasures as the newest backup told them; None if there is no such file."""
    try:
        told = json.loads((root / ERASURES).read_bytes())
        return told["desk"], told["erasures"]
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError):
        raise NotBackedUp(f"{root / ERASURES} cannot be read: restore it from another copy of the backups") from None


def _written(settings: Settings, desk: Desk, folder: Path, at: Instant, progress: Progress) -> Manifest:
    folder.mkdir(mode=0o700)
    named = log_of(desk)
    _copy_evidence(settings, desk, folder)
    signed = checkpoints_in(folder, read_key(named.log_key))
    _copy_log(settings, folder / "log.db", progress)
    _copy_keys(settings, folder)
    events, position = _extent(folder / "log.db")
    files = {str(each.relative_to(folder)): sha256_of(each) for each in sorted(folder.rglob("*")) if each.is_file()}
    taken = f"{EPOCH + timedelta(milliseconds=at):%Y-%m-%dT%H:%M:%SZ}"
    size = max((each.size for each in signed), default=None)
    manifest = Manifest(id_of(desk), named.origin, taken, position, events, size, files)
    (folder / MANIFEST).write_bytes(_in_json({"format": FORMAT, "version": VERSION, **asdict(manifest)}))
    for each in (*folder.rglob("*"), folder):
        persist(each)
    return manifest


def _copy_evidence(settings: Settings, desk: Desk, folder: Path) -> None:
    """The checkpoint before its files; what is missing of them is made anew from the log once it is signed again."""
    source, target = folder_of(settings), folder / "evidence"
    former = [each for each in (source / FORMER).rglob("*") if each.is_file()]
    for each in (*settings.data_dir.glob(f"{SIGNED}*"), *former):
        _copied(each, folder / each.relative_to(settings.data_dir))
    for _ in range(TIMES):
        with _of_this_log():
            found = published(settings, desk)
        if found is None:
            return
        target.mkdir(exist_ok=True)
        (target / CHECKPOINT).write_bytes(found[0])
        names = [each for each in names_of(found[1].size) if not (target / each).exists()]
        if [each for each in names if not _copied(source / each, target / each)] == []:
            return


def _copied(source: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        copyfile(source, target)
    except FileNotFoundError:
        return False
    return True


def _copy_log(settings: Settings, target: Path, progress: Progress) -> None:
    if settings.database_url:
        log_of_server(settings.database_url, target, progress)
    else:
        log_of_file(settings.data_dir / "log.db", target, progress)


def _copy_keys(settings: Settings, folder: Path) -> None:
    with key_store(settings) as source, key_store(in_files(settings, folder)) as target, target.begin() as writing:
        keys_copied(source, writing)


def _extent(log: Path) -> tuple[int, int]:
    with closing(connect(log)) as copied:
        events, position = copied.execute("SELECT count(*), max(rowid) FROM stored_events").fetchone()
        return events, position


def _in_json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, indent=1).encode() + b"\n"
