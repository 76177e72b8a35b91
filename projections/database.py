"""The views database: a file of its own beside the log, or the schema `views` of the PostgreSQL database.

A reader sees one snapshot for as long as its transaction lasts.
"""

import sqlite3
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from store.connection import checked, parameters_of
from store.lease import WHILE_HELD, Lease

SCHEMA: Final = "views"
BUSY_TIMEOUT: Final = 30
"""Seconds that a writer waits for another one."""
TURN: Final = "SELECT pg_advisory_xact_lock(hashtext('glasno views'))"
"""Whoever makes schema or tables waits for who does."""
SERIALIZATION_FAILURE: Final = "40001"
STOPPED: Final = 10
"""Seconds after which a writer that has fallen silent holds up no other: its process may be stopped."""
CACHE: Final = 32_768
"""KiB of temporary views that are held in memory: rows of one ticket lie far apart."""
CONNECTIONS: Final = 48
"""One for each of the 40 threads that answer requests, and some for those that work beside them."""


def sqlite_views(path: Path) -> Engine:
    """Views in a file that survives a crash, though perhaps without its last batches: the log has them all.

    With WAL readers and the writer do not wait for each other; with NORMAL no batch waits for the disk.
    """
    place = URL.create("sqlite", database=str(path.absolute()))  # whatever its name is made of
    engine = create_engine(place, connect_args={"timeout": BUSY_TIMEOUT}, pool_size=CONNECTIONS)
    return _prepared(engine, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL")


def temporary_views() -> Engine:
    """Views of this process alone: SQLite keeps them on the disk, and they are gone with it, however it ends."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(""), poolclass=StaticPool)
    return _prepared(engine, "PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", f"PRAGMA cache_size=-{CACHE}")


def postgres_views(url: str) -> Engine:
    """Views in the schema `views`, made if it is not there."""
    engine = create_engine(
        "postgresql+psycopg://",
        connect_args=parameters_of(url, f"-csearch_path={SCHEMA}"),
        isolation_level="REPEATABLE READ",
        pool_size=CONNECTIONS,
        pool_use_lifo=True,
    )
    with checked(engine).begin() as connection:
        connection.exec_driver_sql(TURN)
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    event.listen(engine, "begin", _limit)
    return engine


def for_writing(engine: Engine) -> Engine:
    """The same database for whoever writes: on SQLite the lock is taken at the start, when waiting still helps."""
    return engine.execution_options(writes=True)


@lru_cache(4)
def at_once(engine: Engine) -> Engine:
    """The same database, for whoever asks a single question: no round trip more than the question takes."""
    return engine.execution_options(isolation_level="AUTOCOMMIT") if engine.dialect.name == "postgresql" else engine


def after_others(engine: Engine) -> Engine:
    """The same database, for whoever waits for others to have written: a snapshot would show what was before them."""
    return engine.execution_options(isolation_level="READ COMMITTED") if engine.dialect.name == "postgresql" else engine


def make(engine: Engine, tables: MetaData) -> None:
    """Make the tables that are not there; of several who do so at once each sees what the others made."""
    with for_writing(after_others(engine)).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(TURN)
        tables.create_all(connection)


def in_role(engine: Engine, lease: Lease) -> Engine:
    """The same database, for whoever writes in a role: `Superseded` once another process has it."""
    found = engine.execution_options()
    event.listen(found, "begin", partial(_demand, lease))
    return found


def is_overtaken(fault: Exception) -> bool:
    """Whether another process has changed meanwhile what was to be changed: to be tried again from where that is."""
    return isinstance(fault, DBAPIError) and getattr(fault.orig, "sqlstate", None) == SERIALIZATION_FAILURE


def _prepared(engine: Engine, *pragmas: str) -> Engine:
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver would begin late, and never for a reader
        for pragma in pragmas:
            connection.execute(pragma)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _limit(connection: Connection) -> None:
    if _writes(connection):
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout='{STOPPED}s'")


def _demand(lease: Lease, connection: Connection) -> None:
    if _writes(connection) and not connection.exec_driver_sql(WHILE_HELD, (lease.role, lease.epoch)).first():
        raise lease.refuse()


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writes"))
