"""`peers`: tickets opened over HTTP, beside whole products on the same machine and the same PostgreSQL server."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.bench.django_helpdesk import django_helpdesk
from tests.bench.office import CLIENTS, Call, Office, alternate, office, ratio
from tests.bench.opening import ASKED, compared, together, watched
from tests.bench.peer import Peer, rows
from tests.bench.pgbench import commits
from tests.bench.request_tracker import request_tracker
from tests.bench.serving import Report
from tests.servers.postgres import Postgres, running_postgres

TARGETS: Final = {"django-helpdesk": 12.0, "Request Tracker": 100.0}
"""How many times as many tickets a second."""
REQUESTS: Final = {"glasno": 4_000, "django-helpdesk": 600, "Request Tracker": 100}
"""Of a turn: some seconds for each."""
TICKETS: Final = "SELECT count(*) FROM stored_events WHERE topic = 'ticket.opened'"


def measure(rounds: int, progress: Callable[[int], None], *, with_tracker: bool) -> Mapping[str, Any]:
    """Each one's reports by round, how many times as much ours does, and what the server commits at the most."""
    with TemporaryDirectory() as folder, running_postgres() as postgres, ExitStack() as running:
        rate = commits(postgres, CLIENTS)
        ours = running.enter_context(office(Path(folder, "data"), postgres))
        peers = [running.enter_context(each) for each in _peers(Path(folder), postgres, with_tracker=with_tracker)]
        turns = {"glasno": partial(_opened, ours)} | {peer.side.name: partial(_asked, peer) for peer in peers}
        reports = alternate(rounds, turns, progress)
        counted = {"glasno": rows(ours.url, TICKETS)} | {peer.side.name: peer.tickets() for peer in peers}
    _demand_all(counted, rounds + 1)
    return {
        "clients": CLIENTS,
        "commits": rate,
        "tickets": counted,
        "targets": {peer.side.name: TARGETS[peer.side.name] for peer in peers},
        "servers": {name: together(each) for name, each in reports.items()},
        "ratios": {peer.side.name: ratio(reports["glasno"], reports[peer.side.name]) for peer in peers},
    }


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    targets = ", ".join(f"{name} {target:g}" for name, target in measured["targets"].items())
    first = f"Tickets opened over HTTP, {measured['clients']} clients; targets: {targets}"
    last = f"pgbench, one row a commit, {measured['clients']} clients: {measured['commits']:,.0f} commits a second"
    return [first, *compared(measured), last]


def _peers(folder: Path, postgres: Postgres, *, with_tracker: bool) -> Iterator[Any]:
    yield django_helpdesk(folder, postgres)
    if with_tracker:
        yield request_tracker(folder, postgres)


def _opened(ours: Office) -> Report:
    """A turn of ours; the next one begins once the views have all of it."""
    calls = [Call("/v1/tickets", each.headers, json.dumps(ASKED)) for each in ours.contacts]
    with watched(ours) as (_, settle):
        return ours.side.load(calls, REQUESTS["glasno"], settle=settle)


def _asked(peer: Peer) -> Report:
    return peer.side.load([peer.opening], REQUESTS[peer.side.name])


def _demand_all(counted: Mapping[str, int], turns: int) -> None:
    """A redirect may lead to an error: what counts is the tickets that are there."""
    for name, tickets in counted.items():
        if tickets != turns * REQUESTS[name]:
            raise SystemExit(f"{turns * REQUESTS[name]} tickets were opened, {name} has {tickets}")
