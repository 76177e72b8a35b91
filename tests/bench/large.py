"""A log of millions of events on PostgreSQL, which the database makes of a small one: what the same costs there."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final
from uuid import uuid4

import psycopg

from domain.event import Id, Source
from store.desk import Desk
from store.log import Change
from tests.bench.meter import Meter

EVENTS: Final = 2_000_000
COMMITS: Final = 20
AT_ONCE: Final = 50
"""Tickets in one commit, as when many appends share it."""
READINGS: Final = 500
"""Of tickets of the small log, none of them twice."""
EVENTS_COPIED: Final = """
INSERT INTO stored_events (originator_id, originator_version, topic, state)
SELECT md5(originator_id::text || copy)::uuid, originator_version, topic, state
FROM stored_events, generate_series(1, %(copies)s) AS copy ORDER BY copy, notification_id
"""
SECTIONS_COPIED: Final = """
INSERT INTO sections SELECT md5(originator_id::text || copy)::uuid, originator_version, name, key_id, nonce, ciphertext
FROM sections, generate_series(1, %(copies)s) AS copy
"""
"""New streams of the same bytes: they cannot be opened, but take their room and their place in every index."""
STREAMS: Final = "SELECT originator_id FROM stored_events WHERE topic = 'ticket.opened' ORDER BY originator_id LIMIT %s"
SIZES: Final = """
SELECT 'rows', sum(pg_table_size(oid)) FROM pg_class WHERE relname IN ('stored_events', 'sections')
UNION SELECT 'indexes', sum(pg_indexes_size(oid)) FROM pg_class WHERE relname IN ('stored_events', 'sections')
"""


def large(url: str, desk: Desk, tickets: Iterator[Change], meter: Meter) -> Mapping[str, Any]:
    """Milliseconds of processor before and after: an event that is appended, a ticket that is read; bytes an event."""
    streams = _streams(url)
    told: dict[str, Any] = {"small": _costs(desk, tickets, streams[::2], meter)}
    _multiply(url, EVENTS // desk.log.head())
    told["large"] = _costs(desk, tickets, streams[1::2], meter)
    told["large"]["bytes"] = _bytes(url)
    return told


def commit(desk: Desk, tickets: Iterator[Change]) -> Callable[[], Any]:
    """What appends some at once."""
    return partial(desk.log.append, [*islice(tickets, AT_ONCE)], uuid4().hex, Source.SIMULATION)


def _costs(desk: Desk, tickets: Iterator[Change], streams: Sequence[Id], meter: Meter) -> dict[str, Any]:
    before = desk.log.head()
    commits = [commit(desk, tickets) for _ in range(COMMITS)]
    appending = meter.of(lambda: [each() for each in commits])
    events = desk.log.head() - before
    reading = meter.of(lambda: [desk.log.read(each) for each in streams])
    each_event = {part: spent / events for part, spent in appending.items()}
    return {
        "events": before,
        "append": each_event,
        "read": {part: spent / len(streams) for part, spent in reading.items()},
    }


def _streams(url: str) -> Sequence[Id]:
    with psycopg.connect(url) as connection:
        return [row[0].hex for row in connection.execute(STREAMS, (2 * READINGS,))]


def _multiply(url: str, copies: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in (EVENTS_COPIED, SECTIONS_COPIED):
            connection.execute(statement, {"copies": copies})
        connection.execute("VACUUM ANALYZE stored_events, sections")


def _bytes(url: str) -> Mapping[str, float]:
    with psycopg.connect(url) as connection:
        [events] = connection.execute("SELECT count(*) FROM stored_events").fetchone() or [1]
        return {part: float(size) / events for part, size in connection.execute(SIZES)}
