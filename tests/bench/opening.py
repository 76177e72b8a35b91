"""`open`: tickets opened over HTTP and their rows in the queue, beside hand-written SQL and the library's tutorial."""

import json
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, Final, TypeAlias

import psycopg

from projections import queue
from tests.bench.driver import NUMBER
from tests.bench.office import CLIENTS, Call, Office, alternate, office, ratio, reference
from tests.bench.serving import Report
from tests.servers.postgres import running_postgres

REQUESTS: Final = 4_000
"""In a round."""
TARGETS: Final = {"raw": 1.0, "es": 4.0}
VISIBLE: Final = 250
"""Milliseconds after the answer, within which the queue has the ticket."""
SAMPLE: Final = 20
"""Of so many answers one is followed until the queue has it."""
LOOK: Final = 0.005
"""Seconds from one look at the queue to the next."""
PATIENCE: Final = 300
ASKED: Final = {
    "kind": "incident",
    "impact": "high",
    "urgency": "high",
    "subject": f"The warehouse cannot print ({NUMBER})",
    "body": "Since 9:20 no label printer answers; six people are waiting. It began after the update of last night.",
}
SAID: Final = {"subject": ASKED["subject"], "requester": "cy@example.com", "body": ASKED["body"]}
BENCH: Final = {"Authorization": "Bearer bench", "Idempotency-Key": f"bench-{NUMBER}"}
Looks: TypeAlias = list[tuple[float, int]]
"""When, and which position the queue had then."""
CHECKPOINT: Final = "SELECT position FROM views.checkpoints WHERE name=%s"


def measure(rounds: int, requests: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Each side's reports by round, the ratio to each reference, and how late the queue has what was answered."""
    with (
        TemporaryDirectory() as folder,
        running_postgres() as postgres,
        office(Path(folder, "data"), postgres) as ours,
        reference(postgres) as other,
    ):
        turns = {
            "glasno": partial(_opened, ours, requests),
            **{name: partial(other.load, [_call(name)], requests) for name in TARGETS},
        }
        reports = alternate(rounds, turns, progress)
        _demand_all(ours, (rounds + 1) * requests)
    return {
        "clients": CLIENTS,
        "requests": requests,
        "targets": TARGETS,
        "servers": {name: together(each) for name, each in reports.items()},
        "ratios": {name: ratio(reports["glasno"], reports[name]) for name in TARGETS},
        "visible": {name: median(each["visible"][name] for each in reports["glasno"]) for name in ("p50", "p99")},
    }


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    lines = [f"Tickets opened over HTTP, {measured['clients']} clients, {measured['requests']} a round; targets: "]
    lines[0] += ", ".join(f"{name} {target}" for name, target in measured["targets"].items())
    lines += compared(measured)
    visible = measured["visible"]
    lines.append(f"in the queue after: p50 {visible['p50']:.0f} ms, p99 {visible['p99']:.0f} ms; target: {VISIBLE} ms")
    return lines


def compared(measured: Mapping[str, Any]) -> Iterator[str]:
    """A line for each side."""
    yield f"{'':16}{'a second':>10}{'p50 ms':>8}{'p99 ms':>8}   {'ours / this (range)':22}processor ms a request"
    for name, told in measured["servers"].items():
        middle, low, high = measured["ratios"].get(name, (1, 1, 1))
        beside = f"{middle:.2f} ({low:.2f}-{high:.2f})" if name in measured["ratios"] else ""
        spent = ", ".join(f"{part} {each:.2f}" for part, each in told["processor"].items())
        yield f"{name:16}{told['rps']:>10,.0f}{told['p50']:>8.1f}{told['p99']:>8.1f}   {beside:22}{spent}"


def together(reports: Sequence[Report]) -> Mapping[str, Any]:
    """The medians of the rounds."""
    told = {name: median(each[name] for each in reports) for name in ("rps", "p50", "p99")}
    parts = reports[0]["processor"]
    return told | {"processor": {part: median(each["processor"][part] for each in reports) for part in parts}}


def _opened(ours: Office, requests: int) -> Report:
    """A round of ours; the next one begins once the views have all of it."""
    calls = [Call("/v1/tickets", each.headers, json.dumps(ASKED)) for each in ours.contacts]
    with watched(ours) as (looks, settle):
        report = ours.side.load(calls, requests, keep=SAMPLE, settle=settle)
    answered = [(at, json.loads(body)["position"]) for at, body in report["answers"]]
    return {**report, "answers": [], "visible": _visible(answered, looks)}


@contextmanager
def watched(ours: Office) -> Iterator[tuple[Looks, Callable[[], None]]]:
    """When the queue had got where, and what waits until it has everything."""
    looks: Looks = []
    stopping = Event()
    looking = Thread(target=_look, args=(ours.url, looks, stopping))
    looking.start()
    try:
        yield looks, lambda: _await(looks, ours.desk.log.head())
    finally:
        stopping.set()
        looking.join()


def _look(url: str, looks: Looks, stopping: Event) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        while not stopping.wait(LOOK):
            row = connection.execute(CHECKPOINT, (queue.NAME,)).fetchone()
            looks.append((time.monotonic(), row[0] if row else 0))


def _await(looks: Looks, position: int) -> None:
    until = time.monotonic() + PATIENCE
    while not looks or looks[-1][1] < position:
        if time.monotonic() > until:
            raise SystemExit(f"the queue does not get to {position}")
        time.sleep(LOOK)


def _visible(answered: Sequence[tuple[float, int]], looks: Looks) -> Mapping[str, float]:
    """Milliseconds from an answer to the first look that showed its ticket."""
    positions = [position for _, position in looks]
    late = sorted(max(0.0, looks[bisect_left(positions, position)][0] - at) * 1000 for at, position in answered)
    return {"p50": late[len(late) // 2], "p99": late[len(late) * 99 // 100]}


def _call(name: str) -> Call:
    return Call(f"/{name}/tickets", BENCH, json.dumps(SAID))


def _demand_all(ours: Office, tickets: int) -> None:
    with psycopg.connect(ours.url) as connection:
        row = connection.execute(f"SELECT count(DISTINCT stream) FROM views.{queue.NAME}").fetchone()  # noqa: S608 -- our own name
    if row != (tickets,):
        raise SystemExit(f"{tickets} tickets were opened, the queue has {row}")
