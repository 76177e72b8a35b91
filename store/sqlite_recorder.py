"""The `eventsourcing` recorder for SQLite: the embedded default, one file, durable at every commit."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from eventsourcing.persistence import OperationalError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
)

from store.recorder import Place, Row
from store.section import Section

BUSY_TIMEOUT = 30
"""Seconds that a writer waits for another process's commit."""

LAST = 2**63 - 1
"""No position is greater."""

SECTIONS = """CREATE TABLE IF NOT EXISTS sections (
    originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, name TEXT NOT NULL,
    key_id TEXT NOT NULL, nonce BLOB NOT NULL, ciphertext BLOB NOT NULL,
    PRIMARY KEY (originator_id, originator_version, name)) WITHOUT ROWID"""
SECTIONS_BY_KEY = "CREATE INDEX IF NOT EXISTS sections_key ON sections (key_id)"
ERASURES = "CREATE INDEX IF NOT EXISTS stored_erasures ON stored_events (topic) WHERE topic='erasure.requested'"
"""They are few, and looked for at each start."""

CONTENTS = "WHERE originator_id IN (SELECT value FROM json_each(?)) AND name<>'facts' AND ciphertext<>x''"

# An explicit key: without one VACUUM may renumber rows, and the rowid of a deleted last row is given out again.
EVENTS = """CREATE TABLE IF NOT EXISTS stored_events (
    rowid INTEGER PRIMARY KEY AUTOINCREMENT,
    originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL,
    UNIQUE (originator_id, originator_version))"""


class DurablePool(SQLiteConnectionPool):
    """Connections whose commits are on the disk when they return (WAL alone would lose the last ones on power loss).

    What is deleted is overwritten.
    """

    def _create_connection(self) -> SQLiteConnection:
        connection = super()._create_connection()
        connection.cursor().execute("PRAGMA synchronous=FULL")
        connection.cursor().execute("PRAGMA secure_delete=ON")
        return connection


class SQLiteRecorder(SQLiteApplicationRecorder):
    """Events and their sections in one transaction; positions ascend in commit order and are never given out twice."""

    def __init__(self, path: str) -> None:
        datastore = SQLiteDatastore(path, lock_timeout=BUSY_TIMEOUT)
        datastore.pool.close()
        datastore.pool = DurablePool(
            db_name=path, lock_timeout=BUSY_TIMEOUT, pool_size=5, max_overflow=10, pool_timeout=BUSY_TIMEOUT
        )
        super().__init__(datastore)
        self.insert_events_statement = (
            "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )
        self.create_table()

    def construct_create_table_statements(self) -> list[str]:
        return [EVENTS, SECTIONS, SECTIONS_BY_KEY, ERASURES]

    def create_table(self) -> None:
        with self._writing() as cursor:
            self._create_table(cursor)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        with self._writing() as cursor:
            return self._insert_events(cursor, stored_events, **kwargs)

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], *, sections: Sequence[Section] = (), **kwargs: Any
    ) -> Sequence[int] | None:
        rows = [(each.stream.hex, *each[1:]) for each in sections]
        c.executemany("INSERT INTO sections VALUES (?,?,?,?,?,?)", rows)
        return super()._insert_events(c, stored_events, **kwargs)

    def select_page(self, after: int, until: int | None, limit: int) -> list[Row]:
        """What stands after a position, until another one, at most so many events."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT e.rowid, e.originator_id, e.originator_version, e.topic, e.state,"
                " s.key_id, s.nonce, s.ciphertext"
                " FROM stored_events e LEFT JOIN sections s"
                " ON s.originator_id=e.originator_id AND s.originator_version=e.originator_version AND s.name='facts'"
                " WHERE e.rowid>? AND e.rowid<=? ORDER BY e.rowid LIMIT ?",
                (after, LAST if until is None else until, limit),
            )
            return [_row(*row) for row in cursor.fetchall()]

    def select_tails(self, after: Mapping[UUID, int]) -> list[Row]:
        """What streams have after a version of each, in the order of their versions, in one statement."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT e.rowid, e.originator_id, e.originator_version, e.topic, e.state,"
                " s.key_id, s.nonce, s.ciphertext"
                " FROM json_each(?) AS asked CROSS JOIN stored_events e"
                " ON e.originator_id=asked.key AND e.originator_version>asked.value LEFT JOIN sections s"
                " ON s.originator_id=e.originator_id AND s.originator_version=e.originator_version AND s.name='facts'"
                " ORDER BY e.originator_version",
                (json.dumps({stream.hex: version for stream, version in after.items()}),),
            )
            return [_row(*row) for row in cursor.fetchall()]

    def select_sections_at(self, places: Sequence[Place]) -> list[Section | None]:
        """The section at each of these places, in one statement; None where none stands."""
        found: list[Section | None] = [None] * len(places)
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT asked.key, s.key_id, s.nonce, s.ciphertext FROM json_each(?) AS asked CROSS JOIN sections s"
                " ON s.originator_id=asked.value->>0 AND s.originator_version=asked.value->>1"
                " AND s.name=asked.value->>2",
                (json.dumps([(stream.hex, version, name) for stream, version, name in places]),),
            )
            for number, key_id, nonce, ciphertext in cursor.fetchall():
                found[number] = Section._make((*places[number], key_id, nonce, ciphertext))
        return found

    def select_sections(
        self, stream: UUID, *, after: int, name: str | None = None, until: int | None = None
    ) -> list[Section]:
        """The sections, all or those of one name, of one stream's events after a version, until another one."""
        return self._sections(
            "SELECT * FROM sections WHERE originator_id=? AND name=ifnull(?, name)"
            " AND originator_version>? AND originator_version<=ifnull(?, originator_version)",
            (stream.hex, name, after, until),
        )

    def select_sections_between(self, first: int, last: int, name: str | None = None) -> list[Section]:
        """The sections of the events at the positions from `first` to `last`, all or those of one name."""
        return self._sections(
            "SELECT s.* FROM stored_events JOIN sections s USING (originator_id, originator_version)"
            " WHERE stored_events.rowid BETWEEN ? AND ? AND s.name=ifnull(?, s.name)",
            (first, last, name),
        )

    def positions_of(self, stream: UUID, *, after: int) -> list[int]:
        """The positions of one stream's events after a version, in order."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT rowid FROM stored_events WHERE originator_id=? AND originator_version>?"
                " ORDER BY originator_version",
                (stream.hex, after),
            )
            return [row[0] for row in cursor.fetchall()]

    def positions_under(self, keys: Sequence[str], until: int) -> list[int]:
        """The positions, until one, of the events with sections under these keys."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(
                "SELECT DISTINCT stored_events.rowid FROM sections JOIN stored_events"
                " USING (originator_id, originator_version)"
                " WHERE key_id IN (SELECT value FROM json_each(?)) AND stored_events.rowid<=? ORDER BY 1",
                (json.dumps(keys), until),
            )
            return [row[0] for row in cursor.fetchall()]

    def delete_sections(self, keys: Sequence[str]) -> None:
        """Delete what is under these keys, from the file and from its journal, which no reader may hold meanwhile."""
        with self._writing() as cursor:
            cursor.execute("DELETE FROM sections WHERE key_id IN (SELECT value FROM json_each(?))", (json.dumps(keys),))
        self._empty_journal()

    def empty_contents(self, streams: Sequence[UUID]) -> None:
        """Of all sections of these streams but `facts` leave only where they were; from the journal, too.

        Their keys go on: so the whole file is written anew, for pages that SQLite had split keep copies.
        """
        with self._writing() as cursor:
            cursor.execute(f"UPDATE sections SET nonce=x'', ciphertext=x'' {CONTENTS}", (_hexes(streams),))  # noqa: S608 -- our own text
        self._empty_journal()  # while somebody reads it would grow by the whole file, again and again
        with self.datastore.get_connection(commit=True) as connection:
            connection.cursor().execute("VACUUM")
        self._empty_journal()

    def have_contents(self, streams: Sequence[UUID]) -> bool:
        """Whether any section of these streams but `facts` is not deleted."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(f"SELECT 1 FROM sections {CONTENTS} LIMIT 1", (_hexes(streams),))  # noqa: S608 -- our own text
            return cursor.fetchone() is not None

    def _empty_journal(self) -> None:
        with self.datastore.get_connection(commit=True) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0]:
                raise OperationalError("the journal of the log cannot be emptied while somebody reads in it")

    def positions_of_erasures(self) -> list[int]:
        """The positions of the events that ask for erasures, in order."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT rowid FROM stored_events WHERE topic='erasure.requested' ORDER BY rowid")
            return [row[0] for row in cursor.fetchall()]

    def shapes(self) -> set[tuple[str, int]]:
        """Names and versions of the events; reads all of them."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT DISTINCT topic, json_extract(CAST(state AS TEXT), '$.v') FROM stored_events")
            return {tuple(row) for row in cursor.fetchall()}

    def close(self) -> None:
        self.datastore.close()

    @contextmanager
    def _writing(self) -> Iterator[SQLiteCursor]:
        """The library begins a deferred transaction, which cannot wait once another process has written."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("ROLLBACK")
            cursor.execute("BEGIN IMMEDIATE")
            yield cursor

    def _sections(self, statement: str, parameters: Sequence[Any]) -> list[Section]:
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute(statement, parameters)
            return [Section(UUID(row[0]), *tuple(row)[1:]) for row in cursor.fetchall()]


def _hexes(streams: Sequence[UUID]) -> str:
    return json.dumps([each.hex for each in streams])


def _row(position: int, stream: str, version: int, topic: str, state: bytes, *facts: Any) -> Row:
    key = UUID(stream)
    sealed = Section(key, version, "facts", *facts) if facts[0] else None
    return Row(position, StoredEvent(key, version, topic, state), sealed)
