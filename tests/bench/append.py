"""`append`: events a second into the log on PostgreSQL by many at once, beside a bare INSERT of the same bytes."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID, uuid4

import psycopg

from domain.event import Source
from domain.ticket.opening import TicketOpened
from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from store.log import Change
from store.postgres_recorder import PostgresRecorder
from tests.bench.office import ratio
from tests.bench.pgbench import commits
from tests.servers.postgres import running_postgres
from tests.service.relay.happening import LIVES

AT_ONCE: Final = 50
EVENTS: Final = 5_000
"""In a round, one an append; the reference stores as many in a commit as append at once."""
TARGET: Final = 0.5
BARE: Final = """
WITH sealed AS (INSERT INTO sections
SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::text[], %b::bytea[], %b::bytea[]))
INSERT INTO stored_events (originator_id, originator_version, topic, state)
SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[])
"""


def measure(rounds: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Events a second of both, in turns, and commits of one small row a second, by one client and by as many."""
    with TemporaryDirectory() as folder, running_postgres() as postgres:
        log, keys, bare = (postgres.fresh_database() for _ in range(3))
        desk = build_desk(Settings(data_dir=Path(folder), database_url=log, keys_url=keys))
        PostgresRecorder(bare).close()  # which makes the tables
        told: dict[str, list[dict[str, float]]] = {"log": [], "bare": []}
        for number in range(rounds + 1):
            after = desk.log.head()
            for name, work in (("log", partial(_appended, desk)), ("bare", partial(_inserted, desk, after, bare))):
                rate = {"rps": EVENTS / work()}
                told[name] += [rate] if number else []
            progress(number)
        desk.close()
        small = {str(clients): commits(postgres, clients) for clients in (1, AT_ONCE)}
    rates = {name: median(each["rps"] for each in rounds_of) for name, rounds_of in told.items()}
    return {**rates, "ratio": ratio(told["log"], told["bare"]), "commits": small, "target": TARGET}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    middle, low, high = measured["ratio"]
    small = ", ".join(f"{rate:,.0f} by {clients}" for clients, rate in measured["commits"].items())
    return [
        f"Events a second into the log by {AT_ONCE} at once: {measured['log']:,.0f}, bare {measured['bare']:,.0f}",
        f"ratio {middle:.2f} ({low:.2f}-{high:.2f}); target: at least {measured['target']}",
        f"commits of one small row a second: {small}",
    ]


def _appended(desk: Desk) -> float:
    """Seconds."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        since = time.perf_counter()
        for each in [threads.submit(_append, desk, number) for number in range(EVENTS)]:
            each.result()
        return time.perf_counter() - since


def _append(desk: Desk, number: int) -> None:
    first = LIVES[number % len(LIVES)][0]
    assert isinstance(first, TicketOpened)
    opened = replace(first, reference=f"{number:09}")
    desk.log.append([Change(uuid4().hex, [], [opened], published=True)], uuid4().hex, Source.LIVE)


def _inserted(desk: Desk, after: int, url: str) -> float:
    """Seconds that the rows of the round take, which are read before the clock begins."""
    stored = [*desk.log.stored(after=after)]
    lots = [stored[start : start + AT_ONCE] for start in range(0, len(stored), AT_ONCE)]
    rows = [
        (
            [section for each in lot for section in each.sections],
            [(UUID(each.stream), each.version, each.topic, each.envelope) for each in lot],
        )
        for lot in lots
    ]
    with psycopg.connect(url) as connection:
        since = time.perf_counter()
        for sections, events in rows:
            connection.execute(BARE, [*map(list, zip(*sections, strict=True)), *map(list, zip(*events, strict=True))])
            connection.commit()
        return time.perf_counter() - since
