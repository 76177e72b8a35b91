"""The `eventsourcing` recorder for PostgreSQL: the same log for many machines."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

from eventsourcing.persistence import InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.utils import retry
from psycopg import Connection
from psycopg.rows import DictRow, dict_row, tuple_row
from psycopg.sql import SQL

from store.connection import BY_INDEX, parameters_of
from store.lease import LASTS, WHILE_HELD, Lease
from store.recorder import Place, Row
from store.section import Section

APPEND_LOCK = 0x676C61736E6F01
CREATE_LOCK = 0x676C61736E6F02
"""Advisory locks ("glasno" in ASCII and a number): one orders the commits, one the making of the tables."""

MORE: dict[str, LiteralString] = {
    "sections": "CREATE TABLE sections (originator_id uuid NOT NULL, originator_version bigint NOT NULL,"
    " name text NOT NULL, key_id text NOT NULL, nonce bytea NOT NULL, ciphertext bytea NOT NULL,"
    " PRIMARY KEY (originator_id, originator_version, name))",
    "sections_key": "CREATE INDEX sections_key ON sections (key_id)",
    "stored_erasures": "CREATE INDEX stored_erasures ON stored_events (topic) WHERE topic='erasure.requested'",
}
"""What the log has beside the library's tables."""

PATIENCE = 1.0
"""Seconds to wait for a connection; ten times that, since the library asks ten times."""

CONTENTS: LiteralString = "WHERE originator_id = ANY(%s::uuid[]) AND name<>'facts' AND ciphertext<>''"
INSERT: LiteralString = (
    "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(%b), pg_notify('stored_events', '')), {held}"
    " sealed AS (INSERT INTO sections SELECT each.* FROM turn, unnest"
    "(%b::uuid[], %b::bigint[], %b::text[], %b::text[], %b::bytea[], %b::bytea[]) AS each {if_held})"
    " INSERT INTO stored_events (originator_id, originator_version, topic, state)"
    " SELECT each.* FROM turn, unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[]) AS each {if_held}"
    " RETURNING notification_id"
)
"""A transaction of one statement, which no client can leave half done: first the turn, without which no row is made.

In binary: an array of bytes as text is a hundred times the work, on either side.
"""
FREELY: LiteralString = INSERT.format(held="", if_held="")
IN_ROLE: LiteralString = INSERT.format(held=f"held AS ({WHILE_HELD}),", if_held="WHERE EXISTS (SELECT FROM held)")
"""Nothing is stored if the lease is held by another process; it cannot be taken before the commit."""


class PostgresRecorder(PostgresApplicationRecorder):
    """Events and their sections in one transaction; positions ascend in commit order.

    Commits are ordered by an advisory lock: VACUUM can neither block it nor be blocked by it, as it can with the
    library's table lock.
    """

    def __init__(self, url: str, lease: Lease | None = None) -> None:
        """With a lease it stores nothing once that is held by another process; then `Superseded` is raised."""
        # A process that is stopped in the middle of a transaction holds up all others no longer than a lease lasts.
        datastore = PostgresDatastore(
            "", "", "", "", "", pool_size=1, max_overflow=9, connect_timeout=PATIENCE,
            idle_in_transaction_session_timeout=LASTS,
        )  # fmt: skip
        self._lease = lease
        # Every parameter of the address counts, TLS included; the library would take five of them.
        datastore.pool.kwargs = parameters_of(url, BY_INDEX, row_factory=dict_row)
        # Whoever asks next tries to connect: the pool by itself would wait as long again as the server was away.
        datastore.pool.reconnect_timeout = PATIENCE
        super().__init__(datastore)
        self._create_missing()

    def _create_missing(self) -> None:
        """Make what is not there, under a lock: of two processes that make the same at once one would fail.

        Nothing is asked for that is there, and nothing together: an index, even with IF NOT EXISTS, waits for whoever
        writes to its table or cleans it, lets nobody else in meanwhile, and with a second one deadlocks.
        """
        with self.datastore.get_connection() as connection:
            connection.execute(SQL("SELECT pg_advisory_lock({})").format(CREATE_LOCK))
            try:
                if _is_missing(connection, self.notification_id_index_name):
                    self.create_table()
                for name, statement in MORE.items():
                    if _is_missing(connection, name):
                        connection.execute(statement)
            finally:
                connection.execute(SQL("SELECT pg_advisory_unlock({})").format(CREATE_LOCK))

    def insert_events(
        self, stored_events: Sequence[StoredEvent], *, sections: Sequence[Section] = (), **_: Any
    ) -> Sequence[int]:
        """Their positions. `IntegrityError` if another one has the place of any; then nothing is stored."""
        events = [(each.originator_id, each.originator_version, each.topic, each.state) for each in stored_events]
        columns = [*_columns(sections, 6), *_columns(events, 4)]
        if not self._lease:
            return [position for (position,) in self._tuples(FREELY, [APPEND_LOCK, *columns])]
        found = self._tuples(IN_ROLE, [APPEND_LOCK, self._lease.role, self._lease.epoch, *columns])
        if not found:
            raise self._lease.refuse()
        return [position for (position,) in found]

    def select_page(self, after: int, until: int | None, limit: int) -> list[Row]:
        """What stands after a position, until another one, at most so many events."""
        rows = self._tuples(
            "SELECT e.*, s.key_id, s.nonce, s.ciphertext FROM ("
            " SELECT notification_id, originator_id, originator_version, topic, state FROM stored_events"
            " WHERE notification_id>%s AND notification_id<=coalesce(%s::bigint, notification_id)"
            " ORDER BY notification_id LIMIT %s) e LEFT JOIN sections s"
            " ON s.originator_id=e.originator_id AND s.originator_version=e.originator_version AND s.name='facts'"
            " ORDER BY e.notification_id",
            (after, until, limit),
        )
        return [_row(*row) for row in rows]

    def select_tails(self, after: Mapping[UUID, int]) -> list[Row]:
        """What streams have after a version of each, in the order of their versions, in one statement."""
        rows = self._tuples(
            "SELECT e.notification_id, e.originator_id, e.originator_version, e.topic, e.state,"
            " s.key_id, s.nonce, s.ciphertext"
            " FROM unnest((SELECT %b::uuid[]), (SELECT %b::bigint[])) AS asked (stream, version)"
            " CROSS JOIN LATERAL (SELECT * FROM stored_events"
            " WHERE originator_id=asked.stream AND originator_version>asked.version OFFSET 0) e"
            " LEFT JOIN LATERAL (SELECT * FROM sections WHERE originator_id=e.originator_id"
            " AND originator_version=e.originator_version AND name='facts' OFFSET 0) s ON true"
            " ORDER BY e.originator_version",
            ([*after], [*after.values()]),
        )
        return [_row(*row) for row in rows]

    def select_sections_at(self, places: Sequence[Place]) -> list[Section | None]:
        """The section at each of these places, in one statement; None where none stands."""
        streams, versions, names = zip(*places, strict=True)
        rows = self._tuples(
            "SELECT asked.number, s.key_id, s.nonce, s.ciphertext FROM unnest("
            "string_to_array((SELECT %s), ',')::uuid[], string_to_array((SELECT %s), ',')::bigint[],"
            " string_to_array((SELECT %s), ',')) WITH ORDINALITY AS asked (stream, version, name, number)"
            " CROSS JOIN LATERAL (SELECT key_id, nonce, ciphertext FROM sections WHERE originator_id=asked.stream"
            " AND originator_version=asked.version AND name=asked.name OFFSET 0) s",
            # Arrays would cost the driver ten times as much.
            (",".join(each.hex for each in streams), ",".join(map(str, versions)), ",".join(names)),
        )
        found: list[Section | None] = [None] * len(places)
        for number, key_id, nonce, ciphertext in rows:
            found[number - 1] = Section._make((*places[number - 1], key_id, nonce, ciphertext))
        return found

    def select_sections(
        self, stream: UUID, *, after: int, name: str | None = None, until: int | None = None
    ) -> list[Section]:
        """The sections, all or those of one name, of one stream's events after a version, until another one."""
        return self._sections(
            "SELECT * FROM sections WHERE originator_id=%s AND name=coalesce(%s::text, name)"
            " AND originator_version>%s AND originator_version<=coalesce(%s::bigint, originator_version)",
            (stream, name, after, until),
        )

    def select_sections_between(self, first: int, last: int, name: str | None = None) -> list[Section]:
        """The sections of the events at the positions from `first` to `last`, all or those of one name."""
        return self._sections(
            "SELECT s.* FROM stored_events JOIN sections s USING (originator_id, originator_version)"
            " WHERE notification_id BETWEEN %s AND %s AND (%s::text IS NULL OR s.name=%s)",
            (first, last, name, name),
        )

    def positions_of(self, stream: UUID, *, after: int) -> list[int]:
        """The positions of one stream's events after a version, in order."""
        rows = self._rows(
            "SELECT notification_id FROM stored_events WHERE originator_id=%s AND originator_version>%s"
            " ORDER BY originator_version",
            (stream, after),
        )
        return [row["notification_id"] for row in rows]

    def positions_under(self, keys: Sequence[str], until: int) -> list[int]:
        """The positions, until one, of the events with sections under these keys."""
        rows = self._rows(
            "SELECT DISTINCT notification_id FROM sections JOIN stored_events USING (originator_id, originator_version)"
            " WHERE key_id = ANY(%s) AND notification_id<=%s ORDER BY 1",
            (list(keys), until),
        )
        return [row["notification_id"] for row in rows]

    def delete_sections(self, keys: Sequence[str]) -> None:
        """Delete what is under these keys."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute("DELETE FROM sections WHERE key_id = ANY(%s)", (list(keys),))

    def empty_contents(self, streams: Sequence[UUID]) -> None:
        """Of all sections of these streams but `facts` leave only where they were."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(f"UPDATE sections SET nonce='', ciphertext='' {CONTENTS}", (list(streams),))  # noqa: S608 -- our own text

    def have_contents(self, streams: Sequence[UUID]) -> bool:
        """Whether any section of these streams but `facts` is not deleted."""
        return bool(self._rows(f"SELECT 1 FROM sections {CONTENTS} LIMIT 1", (list(streams),)))  # noqa: S608 -- our own text

    def positions_of_erasures(self) -> list[int]:
        """The positions of the events that ask for erasures, in order."""
        query = "SELECT notification_id FROM stored_events WHERE topic='erasure.requested' ORDER BY notification_id"
        rows = self._rows(query, ())
        return [row["notification_id"] for row in rows]

    def shapes(self) -> set[tuple[str, int]]:
        """Names and versions of the events; reads all of them."""
        version = "(convert_from(state, 'UTF8')::json->>'v')::int AS version"
        rows = self._rows(f"SELECT DISTINCT topic, {version} FROM stored_events", ())  # noqa: S608 -- constant
        return {(row["topic"], row["version"]) for row in rows}

    def close(self) -> None:
        self.datastore.close()

    def _sections(self, statement: str, parameters: Sequence[Any]) -> list[Section]:
        return [Section(*row.values()) for row in self._rows(statement, parameters)]

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def _rows(self, statement: str, parameters: Sequence[Any]) -> list[DictRow]:
        """Asked again like the library's own queries: a restart of the server leaves dead connections in the pool."""
        with self.datastore.get_connection() as connection:
            return connection.execute(statement, parameters).fetchall()

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def _tuples(self, statement: LiteralString, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """As `_rows`, where there are many, or it is asked all the time."""
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            return cursor.execute(statement, parameters, binary=True).fetchall()


def _is_missing(connection: Connection[DictRow], name: str) -> bool:
    return connection.execute("SELECT 1 WHERE to_regclass(%s) IS NULL", (name,)).fetchone() is not None


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[index] for row in rows] for index in range(width)]


def _row(position: int, stream: UUID, version: int, topic: str, state: bytes, *facts: Any) -> Row:
    sealed = Section(stream, version, "facts", *facts) if facts[0] else None
    return Row(position, StoredEvent(stream, version, topic, state), sealed)
