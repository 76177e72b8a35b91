"""Restoring a backup into an empty desk, on either engine, so that nobody erased comes back and no history is forked.

Everything is done aside, in a folder that no other command takes for a desk; the last step puts it in place.
"""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shutil import copyfile, rmtree
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import func, inspect, select

from audit.evidence import persist
from domain.instant import Instant
from projections.database import SCHEMA
from service.backup import (
    FORMAT,
    MANIFEST,
    SIGNED,
    VERSION,
    Manifest,
    in_files,
    key_store,
    sha256_of,
)
from service.build import RESTORING, build_desk, recorder_of
from service.evidence import log_of
from service.key_files import signer_of
from service.settings import Settings
from service.since_backup import Held, NotRestored, compare, complete, request_again
from service.upgrade import PLACE
from service.views import work_alone
from store.connection import parameters_of
from store.copying import Progress, keys_copied, log_into_server
from store.desk import Desk
from store.keys import KEYS

PLACING: Final = "placing"
"""A file in the folder where it works, from when on what is ready is moved out of it."""
PLACED: Final = (SIGNED, "evidence", "log.db", "keys.db")
"""What it puts in place. The keys come last: without them a log is no desk."""
JOURNALS: Final = ("log.db-*", "keys.db-*")
"""Of databases that were moved away without them: SQLite would play them into the restored ones."""


@dataclass(frozen=True)
class Restored:
    """What was restored, and what was done to it."""

    held: Held
    until: Instant
    """When the last event of the backup was stored."""
    keys: int
    """Destroyed again."""
    requested: int | None
    """Erasures asked for again; None if nobody knows which there were since then."""


def read_manifest(folder: Path) -> Manifest:
    """What a backup says that it holds. Raises `NotRestored`."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        kind, manifest = (told.pop("format"), told.pop("version")), Manifest(**told)
        strays = [each for each in map(PurePosixPath, manifest.files) if each.is_absolute() or ".." in each.parts]
    except FileNotFoundError:
        raise NotRestored(f"{folder} is no backup: there is no {MANIFEST} in it") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        kind, strays = ("", 0), []
    if kind != (FORMAT, VERSION) or strays or not isinstance(manifest.position, int):
        raise NotRestored(f"{folder / MANIFEST} is damaged, or of a newer Glasno")
    return manifest


def restore(settings: Settings, folder: Path, newest: bytes | None, progress: Progress) -> Restored:
    """Make the empty desk of these settings what the backup holds; `newest` is the newest checkpoint anybody has.

    Raises `NotRestored`, `NotBackedUp`, `Misconfigured`, `KeyMissing`, `WrongMaster` or `WorkHeld`.
    """
    manifest = read_manifest(folder)
    for path in (settings.master_key, settings.log_key):
        if not path.exists():
            raise NotRestored(f"{path} is not there: put its copy in place first, no backup has it")
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with work_alone(settings):
        _demand_empty(settings)
        aside = settings.data_dir / RESTORING
        try:
            told = _prepared(settings, folder, manifest, newest, progress)
        except BaseException:
            rmtree(aside, ignore_errors=True)
            raise
        _put_in_place(settings, aside, lambda position: progress(manifest.position + position))
        rmtree(aside)
    return told


def _demand_empty(settings: Settings) -> None:
    _remove_unfinished(settings.data_dir)
    journals = [each for pattern in JOURNALS for each in settings.data_dir.glob(pattern)]
    for each in (*(settings.data_dir / name for name in PLACED), *journals):
        if each.exists():
            raise NotRestored(f"{each} is there: a backup is restored into an empty desk only; move it aside")
    if settings.database_url:
        _demand_empty_databases(settings)


def _remove_unfinished(data: Path) -> None:
    """What an interrupted restore had moved into its place, and nothing that was put there by somebody else."""
    aside = data / RESTORING
    moved = [data / name for name in PLACED if not (aside / name).exists()] if (aside / PLACING).exists() else []
    for each in (*moved, aside):
        rmtree(each) if each.is_dir() else each.unlink(missing_ok=True)


def _demand_empty_databases(settings: Settings) -> None:
    with closing(recorder_of(settings)) as log, key_store(settings) as engine, engine.connect() as keys:
        has_events = log.max_notification_id() is not None
        has_keys = inspect(keys).has_table(KEYS.name) and keys.scalar(select(func.count()).select_from(KEYS))
    if has_events or has_keys:
        raise NotRestored(
            "the databases hold a desk, or what is left of an interrupted restore: make both of them anew, since a "
            "backup is restored into an empty desk only"
        )


def _prepared(
    settings: Settings, folder: Path, manifest: Manifest, newest: bytes | None, progress: Progress
) -> Restored:
    aside = settings.data_dir / RESTORING
    _copy(folder, manifest, aside)
    staged, before = in_files(settings, aside), _destroyed(aside)
    with closing(build_desk(staged)) as desk:
        _demand_log_key(settings, desk)
        held, last = compare(desk, aside, newest, progress), desk.log.read_all(after=desk.log.head() - 1, limit=1)
        requested = request_again(desk, folder)
        complete(desk)
    with closing(sqlite3.connect(aside / "log.db")) as log:
        log.execute("PRAGMA journal_mode=DELETE")
    return Restored(held, last[0].envelope.rec, _destroyed(aside) - before, requested)


def _copy(folder: Path, manifest: Manifest, aside: Path) -> None:
    """File by file, and every one as it was written."""
    aside.mkdir(mode=0o700)
    wrong = [name for name, digest in manifest.files.items() if _copied(folder / name, aside / name) != digest]
    if wrong or not {"log.db", "keys.db"} <= manifest.files.keys():
        raise NotRestored(f"not as it was backed up: {', '.join(wrong) or MANIFEST}; take another backup")


def _copied(source: Path, target: Path) -> str:
    """The SHA-256 of the copy; of a file that is not there any more, none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        copyfile(source, target)
    except FileNotFoundError:
        return ""
    return sha256_of(target)


def _destroyed(folder: Path) -> int:
    """How many keys are."""
    with closing(sqlite3.connect(folder / "keys.db")) as keys:
        [count] = keys.execute("SELECT count(*) FROM keys WHERE wrapped IS NULL").fetchone()
        return int(count)


def _demand_log_key(settings: Settings, desk: Desk) -> None:
    log = log_of(desk)
    if signer_of(log.origin, settings.log_key).key.text != log.log_key:
        raise NotRestored(
            f"{settings.log_key} is not the key of this log, {log.log_key}: put the copy of that in place"
        )


def _put_in_place(settings: Settings, aside: Path, progress: Progress) -> None:
    """Views, if there are any, or were to be, are of another log: they are built anew."""
    (aside / PLACING).touch()
    for each in (*aside.rglob("*"), aside):
        persist(each)
    for each in (*settings.data_dir.glob("views.db*"), *settings.data_dir.glob(PLACE.format(views="*") + "*")):
        each.unlink()
    _move(settings, *aside.glob(f"{SIGNED}*"), *aside.glob("evidence"))
    if settings.database_url:
        _fill(settings, aside, progress)
    else:
        _move(settings, aside / "log.db", aside / "keys.db")


def _move(settings: Settings, *paths: Path) -> None:
    for each in paths:
        each.rename(settings.data_dir / each.name)
        persist(settings.data_dir)


def _fill(settings: Settings, aside: Path, progress: Progress) -> None:
    """The log is committed before the keys."""
    with (
        key_store(in_files(settings, aside)) as source,
        key_store(settings) as target,
        target.begin() as keys,
        psycopg.connect(**parameters_of(settings.database_url)) as log,
    ):
        log.execute(SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(Identifier(SCHEMA)))
        log_into_server(aside / "log.db", log, progress)
        keys_copied(source, keys)
