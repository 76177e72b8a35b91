"""Log and keys copied as they are stored, between files and servers: no row is opened, and none is sealed anew.

A copy is always a file with the tables of our SQLite recorder, so that either engine can be filled from it.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, LiteralString, TypeAlias
from uuid import UUID

import psycopg
from psycopg import IsolationLevel
from sqlalchemy import Connection, Engine, insert, select

from store.connection import parameters_of
from store.keys import KEYS
from store.log import PAGE
from store.sqlite_recorder import BUSY_TIMEOUT, SQLiteRecorder

PAGES: Final = 1_000
"""Pages of a file copied at a time."""

EVENTS_OF_SERVER: Final = (
    "COPY (SELECT originator_id, originator_version, topic, state, notification_id FROM stored_events"
    " ORDER BY notification_id) TO STDOUT (FORMAT BINARY)"
)
SECTIONS_OF_SERVER: Final = (
    "COPY (SELECT originator_id, originator_version, name, key_id, nonce, ciphertext FROM sections"
    " ORDER BY originator_id, originator_version, name) TO STDOUT (FORMAT BINARY)"
)
"""In the order in which the file keeps them."""
EVENTS_INTO_FILE: Final = (
    "INSERT INTO stored_events (originator_id, originator_version, topic, state, rowid) VALUES (?,?,?,?,?)"
)
SECTIONS_INTO_FILE: Final = "INSERT INTO sections VALUES (?,?,?,?,?,?)"
EVENTS_OF_FILE: Final = (
    "SELECT originator_id, originator_version, topic, state, rowid FROM stored_events ORDER BY rowid"
)
SECTIONS_OF_FILE: Final = "SELECT originator_id, originator_version, name, key_id, nonce, ciphertext FROM sections"
EVENTS_INTO_SERVER: Final = (
    "COPY stored_events (originator_id, originator_version, topic, state, notification_id) FROM STDIN (FORMAT BINARY)"
)
SECTIONS_INTO_SERVER: Final = (
    "COPY sections (originator_id, originator_version, name, key_id, nonce, ciphertext) FROM STDIN (FORMAT BINARY)"
)
EVENT: Final = ("uuid", "int8", "text", "bytea", "int8")
SECTION: Final = ("uuid", "int8", "text", "text", "bytea", "bytea")
GO_ON_BEHIND: Final = (
    "SELECT setval(pg_get_serial_sequence('stored_events', 'notification_id'), max(notification_id)) FROM stored_events"
)

Progress: TypeAlias = Callable[[int], None]
"""Hears up to which position the log is copied."""


def log_of_file(source: Path, target: Path, progress: Progress) -> None:
    """Copy a log in SQLite as it is at one instant; whoever appends meanwhile does not wait."""
    with closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT, isolation_level=None)) as reading:
        reading.execute("BEGIN")  # without it the copy would begin anew at every append
        [last] = reading.execute("SELECT max(rowid) FROM stored_events").fetchone()
        with closing(sqlite3.connect(target)) as writing:
            reading.backup(
                writing, pages=PAGES, progress=lambda _, left, whole: progress(last * (whole - left) // whole)
            )
            writing.execute("PRAGMA journal_mode=DELETE")


def log_of_server(url: str, target: Path, progress: Progress) -> None:
    """Copy a log in PostgreSQL as it is at one instant, row by row."""
    SQLiteRecorder(str(target)).close()
    with psycopg.connect(**parameters_of(url)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.isolation_level = IsolationLevel.REPEATABLE_READ
        writing.execute("PRAGMA journal_mode=DELETE")
        writing.executemany(EVENTS_INTO_FILE, _heard(_rows(reading, EVENTS_OF_SERVER, EVENT), progress))
        writing.executemany(SECTIONS_INTO_FILE, _rows(reading, SECTIONS_OF_SERVER, SECTION))
        writing.commit()


def log_into_server(source: Path, writing: psycopg.Connection[Any], progress: Progress) -> None:
    """Fill the empty tables of a log in PostgreSQL; nobody sees it before the transaction ends."""
    with closing(sqlite3.connect(source)) as reading:
        _write(writing, EVENTS_INTO_SERVER, EVENT, _heard(reading.execute(EVENTS_OF_FILE), progress))
        _write(writing, SECTIONS_INTO_SERVER, SECTION, reading.execute(SECTIONS_OF_FILE))
    writing.execute(GO_ON_BEHIND)
    writing.execute("ANALYZE stored_events, sections")


def keys_copied(source: Engine, writing: Connection) -> None:
    """All keys that there are, wrapped as they are, into a store that has none."""
    KEYS.metadata.create_all(writing)
    with source.connect() as reading:
        for rows in reading.execution_options(yield_per=PAGE).execute(select(KEYS)).partitions():
            writing.execute(insert(KEYS), [row._asdict() for row in rows])


def _heard(events: Iterable[Sequence[Any]], progress: Progress) -> Iterator[Sequence[Any]]:
    """The position is what stands last in each."""
    for count, each in enumerate(events, 1):
        yield each
        if count % PAGE == 0:
            progress(each[-1])


def _rows(reading: psycopg.Connection[Any], query: LiteralString, kinds: Sequence[str]) -> Iterator[Sequence[Any]]:
    with reading.cursor() as cursor, cursor.copy(query) as copied:
        copied.set_types(kinds)
        for stream, *rest in copied.rows():
            yield stream.hex, *rest


def _write(
    writing: psycopg.Connection[Any], into: LiteralString, kinds: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    with writing.cursor() as cursor, cursor.copy(into) as copied:
        copied.set_types(kinds)
        for stream, *rest in rows:
            copied.write_row((UUID(stream), *rest))
