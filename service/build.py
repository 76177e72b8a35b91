"""The composition root: settings in, a desk out. The clock and randomness enter here and nowhere else."""

import os
import re
import time
from typing import Final, LiteralString
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from domain import desk
from domain.desk import DeskFounded
from domain.instant import Instant
from service.key_files import key_of, signer_of
from service.settings import Misconfigured, Settings
from service.steady_clock import SteadyClock, since_boot, wall
from store.connection import checked, parameters_of
from store.desk import Desk, desk_over
from store.erasing import erase_again
from store.lease import Lease
from store.postgres_recorder import PostgresRecorder
from store.recorder import Recorder
from store.sqlite_recorder import SQLiteRecorder
from store.streams import Command

PLAIN: Final = re.compile(r"\w+://([^:/?#@]*(:[^:/?#@]*)?@)?[^@]*")
"""An address whose user and password are where they seem to be."""
MALFORMED: Final = (
    "cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %40 for @, %3A for :, %2F for / and %25 "
    "for % in the password"
)
MAY_NOT: Final = "this user may not make tables there: let it own the database (ALTER DATABASE … OWNER TO …)"
MAY_MAKE_TABLES: Final = "SELECT has_schema_privilege(current_schema(), 'CREATE')"
MAY_MAKE_SCHEMAS: Final = (
    "SELECT has_schema_privilege(current_schema(), 'CREATE') AND has_database_privilege(current_database(), 'CREATE')"
)
"""The views have a schema of their own beside the log."""
LOST: Final = (
    "{key} is there, but the log that it signs is not: a new log must not be signed with it. Restore a backup "
    "(docs/runbooks/restore.md); if there never was a log, remove that file: a new one is made"
)
RESTORING: Final = "restoring"
"""The folder under the data directory where a restore works; while it is there the desk does not start."""
CLOCK: Final = SteadyClock(wall, since_boot)
PATIENCE: Final = 5.0
"""Seconds within which another process, which made the key just now, founds the desk."""


def build_desk(settings: Settings) -> Desk:
    """The desk of these settings, founded if this is its first start."""
    recorder, keys = recorder_of(settings), keys_engine(settings)
    try:
        built = desk_over(recorder, keys, key_of(settings.master_key), now, os.urandom)
        _found(built, settings)
        erase_again(built)
    except BaseException:
        recorder.close()
        keys.dispose()
        raise
    return built


def desk_in_role(settings: Settings, lease: Lease) -> Desk:
    """The same desk, for whoever acts in a role: `Superseded` once another process has it. On PostgreSQL."""
    recorder = PostgresRecorder(settings.database_url, lease)
    return desk_over(recorder, keys_engine(settings), key_of(settings.master_key), now, os.urandom)


def now() -> Instant:
    """The clock."""
    return CLOCK()


def recorder_of(settings: Settings) -> Recorder:
    if settings.database_url:
        return PostgresRecorder(_reachable("GLASNO_DATABASE_URL", settings.database_url, MAY_MAKE_SCHEMAS))
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return SQLiteRecorder(str(settings.data_dir / "log.db"))


def keys_engine(settings: Settings) -> Engine:
    if settings.keys_url:
        given = parameters_of(_reachable("GLASNO_KEYS_URL", settings.keys_url))
        # Few, for a server has a hundred for all processes, and a key is asked for seldom and quickly.
        return checked(create_engine("postgresql+psycopg://", connect_args=given, pool_size=2, max_overflow=2))
    file = URL.create("sqlite", database=str(settings.data_dir / "keys.db"))
    engine = create_engine(file, connect_args={"timeout": 30})
    event.listen(engine, "connect", _forgetful)
    return engine


def _reachable(setting: str, url: str, may: LiteralString = MAY_MAKE_TABLES) -> str:
    """The address, once somebody answered there who lets us in: a wrong one is told at once and in words."""
    try:
        with psycopg.connect(**parameters_of(url)) as connection:
            row = connection.execute(may).fetchone()
    except psycopg.Error as fault:
        raise Misconfigured(f"{setting}: {_why(fault, url)}") from None
    if row != (True,):
        raise Misconfigured(f"{setting}: {MAY_NOT}")
    return url


def _why(fault: psycopg.Error, url: str) -> str:
    """What a server or the network said; of an address that is misread any piece may be one of the password."""
    return MALFORMED if isinstance(fault, psycopg.ProgrammingError) or not PLAIN.fullmatch(url) else str(fault)


def _forgetful(connection: DBAPIConnection, _: object) -> None:
    """What is destroyed is overwritten, in the file and in its journal, before the commit returns."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _found(built: Desk, settings: Settings) -> None:
    """The first entry of the log, if there is none yet."""
    if built.log.head() or _founded_meanwhile(built, settings):
        return
    from service.apply import default_configuration  # noqa: PLC0415 -- what reads desk files, for once in a log's life

    identity = built.new_id()
    origin = f"{urlsplit(settings.public_url).hostname or identity + '.invalid'}/log"
    at = built.now()
    founding = DeskFounded(
        at=at,
        desk=identity,
        origin=origin,
        log_key=signer_of(origin, settings.log_key).key.text,
        zone="Etc/UTC",
        languages=("ru", "en"),
        currency="RUB",
    )
    command = Command(built.new_id(), along=(default_configuration(built, at),))
    built.founding.act(command, built.stream, desk.found, founding)


def _founded_meanwhile(built: Desk, settings: Settings) -> bool:
    """By another process, whose key is there. With one that is older a log was signed: no other is begun with it."""
    if not settings.log_key.exists():
        return False
    until = time.monotonic() + PATIENCE
    while not built.log.head():
        if time.monotonic() > until:
            raise Misconfigured(LOST.format(key=settings.log_key))
        time.sleep(PATIENCE / 100)
    return True
