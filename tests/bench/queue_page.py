"""`queue`: a page of fifty tickets over HTTP as the queue grows, beside FastAPI with one indexed SELECT.

The first tickets are opened as clients do, so that subjects are opened from their seals; the others are copies of their
rows that are due later, on either side: what comes first is the same, what lies behind it grows.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final, LiteralString

import psycopg

from tests.bench.office import CLIENTS, SERVER, Call, Office, Side, alternate, office, ratio, reference
from tests.bench.opening import ASKED, BENCH, SAID, watched
from tests.bench.serving import Report
from tests.servers.postgres import running_postgres

TARGET: Final = 0.6
OPENED: Final = 1_000
"""Tickets that are opened on either side as clients do; the others are copies."""
SIZES: Final = (1_000, 100_000, 1_000_000)
REQUESTS: Final = 2_000
"""Of each turn."""
OURS: LiteralString = (
    "INSERT INTO views.queue_v2 SELECT copy.* FROM views.queue_v2 AS opened, generate_series(%s::int, %s::int) AS n,"
    " LATERAL jsonb_populate_record(opened, jsonb_build_object('stream', md5(opened.stream || n),"
    " 'due_at', opened.due_at + n * 7200000::bigint, 'turn', opened.turn + n * 7200000::bigint,"
    " 'at_risk_at', opened.at_risk_at + n * 7200000::bigint)) AS copy"
    " WHERE opened.node=0 AND opened.stream IN (SELECT stream FROM views.ticket_v2 WHERE node=0)"
)
"""Copies are due two hours later each; the view of tickets has none of them."""
THEIRS: LiteralString = (
    "INSERT INTO queue SELECT gen_random_uuid(), opened.subject, opened.priority, opened.due + n * interval '2 hours',"
    " opened.status FROM queue AS opened, generate_series(%s::int, %s::int) AS n WHERE opened.ticket IN"
    " (SELECT id FROM ticket)"
)


def length(rounds: int, tickets: int) -> int:
    """Of the progress."""
    return len(_sizes(tickets)) * (rounds + 1)


def measure(rounds: int, tickets: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Of each size the two sides' reports, and the ratio."""
    told: dict[int, Any] = {}
    with TemporaryDirectory() as folder, ExitStack() as running:
        postgres = running.enter_context(running_postgres(*SERVER))
        ours = running.enter_context(office(Path(folder, "data"), postgres))
        other = running.enter_context(reference(postgres))
        _open(ours, other)
        for known, size in pairwise([0, *_sizes(tickets)]):
            _grow(ours, other, known, size)
            done = len(told) * (rounds + 1)
            told[size] = _compared(ours, other, rounds, partial(_heard, progress, done))
    return {"clients": CLIENTS, "target": TARGET, "sizes": told}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    lines = [f"A page of 50 of the queue, {measured['clients']} clients; target: {measured['target']}, flat"]
    lines.append(
        f"{'tickets':>10}{'ours/s':>9}{'p50 ms':>8}{'raw/s':>9}{'p50 ms':>8}   ratio (range)      of processor time"
    )
    for size, each in measured["sizes"].items():
        ours, raw, (middle, low, high) = each["glasno"], each["raw"], each["ratio"]
        rates = f"{ours['rps']:>9,.0f}{ours['p50']:>8.1f}{raw['rps']:>9,.0f}{raw['p50']:>8.1f}"
        lines.append(f"{size:>10,}{rates}   {middle:.2f} ({low:.2f}-{high:.2f})   {each['of_processor']:.2f}")
    return lines


def compared(reports: Mapping[str, Sequence[Report]]) -> Mapping[str, Any]:
    """Medians of both sides, and what came of the rounds one by one."""
    told = {
        name: {figure: median(each[figure] for each in rounds) for figure in ("rps", "p50", "p99")}
        for name, rounds in reports.items()
    }
    pairs = [*zip(reports["glasno"], reports["raw"], strict=True)]
    of_processor = median(_spent(raw) / _spent(ours) for ours, raw in pairs)
    parts = {name: _parts(rounds) for name, rounds in reports.items()}
    ratios = ratio(reports["glasno"], reports["raw"])
    return {**told, "ratio": ratios, "of_processor": of_processor, "processor": parts}


def _sizes(tickets: int) -> Sequence[int]:
    return [*(size for size in SIZES if size < tickets), tickets]


def _compared(ours: Office, other: Side, rounds: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    calls = [Call("/v1/queue?limit=50", each.headers, method="GET") for each in ours.agents]
    turns = {
        "glasno": partial(ours.side.load, calls, REQUESTS),
        "raw": partial(other.load, [Call("/raw/queue?limit=50", BENCH, method="GET")], REQUESTS),
    }
    return compared(alternate(rounds, turns, progress))


def _open(ours: Office, other: Side) -> None:
    """The views have them all when it returns."""
    with watched(ours) as (_, settle):
        calls = [Call("/v1/tickets", each.headers, json.dumps(ASKED)) for each in ours.contacts]
        ours.side.load(calls, OPENED, settle=settle)
    other.load([Call("/raw/tickets", BENCH, json.dumps(SAID))], OPENED)


def _grow(ours: Office, other: Side, known: int, size: int) -> None:
    """By whole thousands."""
    for url, rows, copies in ((ours.url, "views.queue_v2", OURS), (other.database, "queue", THEIRS)):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(copies, (max(known, OPENED) // OPENED, size // OPENED - 1))
            connection.execute(f"VACUUM ANALYZE {rows}")


def _heard(progress: Callable[[int], None], done: int, number: int) -> None:
    progress(done + number)


def _spent(report: Report) -> float:
    """All processes but those that work beside: they have nothing to do."""
    return float(sum(spent for part, spent in report["processor"].items() if part != "work"))


def _parts(rounds: Sequence[Report]) -> Mapping[str, float]:
    return {part: median(each["processor"][part] for each in rounds) for part in rounds[0]["processor"]}
