"""What requests cost the processes that answer them, and the database, while nobody else works on it."""

import json
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from projections import ticket
from tests.bench.office import Call, Office, office
from tests.bench.opening import ASKED, watched
from tests.servers.postgres import Postgres

TIMES: Final = 1_000
"""Each request."""
WARMING: Final = 320
"""Requests before that, of which nothing is told."""
ANSWER: Final = {"body": "The print server is back; please try again, and tell us if a label is missing."}


def requests(folder: Path, postgres: Postgres) -> Mapping[str, Mapping[str, float]]:
    """By what is asked: processor milliseconds of both, and how many events a request stores."""
    with office(folder, postgres) as ours:
        told = {"open": _cost_alone(ours, _openings(ours))}
        tickets = _tickets(ours)
        told["reply"] = _cost_alone(ours, _replies(ours, tickets))
        told["queue"] = _cost(ours, [Call("/v1/queue?limit=50", each.headers, method="GET") for each in ours.agents])
        reading = zip(ours.agents, tickets, strict=True)
        told["ticket"] = _cost(ours, [Call(_path(ref), each.headers, method="GET") for each, ref in reading])
    return told


@contextmanager
def _paused(processes: Sequence[int]) -> Iterator[None]:
    """What they would spend on the database is not counted to the requests; they go on where they were."""
    for each in processes:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in processes:
            os.kill(each, signal.SIGCONT)


def _cost_alone(ours: Office, calls: Sequence[Call]) -> Mapping[str, float]:
    """While the work stands still; it has caught up afterwards."""
    with _paused(ours.side.processes["work"]):
        told = _cost(ours, calls)
    with watched(ours) as (_, settle):
        settle()
    return told


def _cost(ours: Office, calls: Sequence[Call]) -> Mapping[str, float]:
    ours.side.load(calls, WARMING)
    head = ours.desk.log.head()
    spent = ours.side.load(calls, TIMES)["processor"]
    events = (ours.desk.log.head() - head) / TIMES
    return {"events": events, "api": spent["api"], "postgres": spent["postgres"]}


def _openings(ours: Office) -> Sequence[Call]:
    return [Call("/v1/tickets", each.headers, json.dumps(ASKED)) for each in ours.contacts]


def _tickets(ours: Office) -> Sequence[str]:
    """The references of some, as many as there are agents."""
    with psycopg.connect(ours.url) as connection:
        statement = f"SELECT DISTINCT reference FROM views.{ticket.NAME} LIMIT %s"  # noqa: S608 -- our own name
        return [row[0] for row in connection.execute(statement, (len(ours.agents),))]


def _replies(ours: Office, tickets: Sequence[str]) -> Sequence[Call]:
    pairs = zip(ours.agents, tickets, strict=True)
    return [Call(f"{_path(ref)}/messages", each.headers, json.dumps(ANSWER)) for each, ref in pairs]


def _path(reference: str) -> str:
    return f"/v1/tickets/{reference}"
