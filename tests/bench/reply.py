"""`reply`: answers to tickets that have a hundred events, over HTTP, beside hand-written SQL."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from domain.classification import Impact, Kind, Urgency
from domain.ticket.conversation import answer
from domain.ticket.intake import Request
from store.intake import open_at
from store.streams import Command
from tests.bench.office import CLIENTS, FIRMS, Call, Office, Side, alternate, office, ratio, reference
from tests.bench.opening import BENCH, SAID, compared, together
from tests.bench.serving import Report
from tests.servers.postgres import running_postgres

REQUESTS: Final = 3_000
"""In a round."""
TARGET: Final = 0.8
TICKETS: Final = 64
EVENTS: Final = 100
ANSWER: Final = json.dumps({"body": "The print server was started anew; please try it again and tell us what it says."})


def measure(rounds: int, requests: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Each side's reports by round, and the ratio."""
    with (
        TemporaryDirectory() as folder,
        running_postgres() as postgres,
        office(Path(folder, "data"), postgres) as ours,
        reference(postgres) as other,
    ):
        turns = {"glasno": partial(_ours, ours, requests), "raw": partial(_answered, other, requests)}
        reports: Mapping[str, Sequence[Report]] = alternate(rounds, turns, progress)
    return {
        "clients": CLIENTS,
        "requests": requests,
        "target": TARGET,
        "servers": {name: together(each) for name, each in reports.items()},
        "ratios": {"raw": ratio(reports["glasno"], reports["raw"])},
    }


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    clients, requests, target = (measured[name] for name in ("clients", "requests", "target"))
    first = f"Answers to tickets of {EVENTS} events over HTTP, {clients} clients, {requests} a round; target: {target}"
    return [first, *compared(measured)]


def _ours(ours: Office, requests: int) -> Report:
    """To tickets that are new in each round, as those of the other side are."""
    addresses = [_lively(ours, number) for number in range(TICKETS)]
    calls = [Call(f"{each}/messages", ours.agents[number].headers, ANSWER) for number, each in enumerate(addresses)]
    return ours.side.load(calls, requests)


def _lively(ours: Office, number: int) -> str:
    """The address of a ticket to which so much has happened."""
    desk, stream, at = ours.desk, ours.desk.new_id(), ours.desk.now()
    requester, firm = ours.contacts[number].id, desk.name("organisation", FIRMS[number % len(FIRMS)])
    request = Request(
        channel="api", by=requester, requester=requester, organisation=firm, kind=Kind.INCIDENT, impact=Impact.HIGH,
        urgency=Urgency.HIGH, subject="Nothing prints", body="Since nine.",
    )  # fmt: skip
    acted = open_at(desk, Command(desk.new_id()), stream, request, at=at, number=lambda most: int(stream, 16) % most)
    reference = acted.state.reference
    while acted.version < EVENTS:
        said: dict[str, Any] = {
            "message": desk.new_id(),
            "by": ours.agents[number].id,
            "channel": "api",
            "body": "Soon",
            "at": at,
        }
        acted = desk.tickets.act(Command(desk.new_id()), stream, partial(answer, **said))
    return f"/v1/tickets/{reference}"


def _answered(other: Side, requests: int) -> Report:
    """To tickets of its own, which begin a round with as many entries."""
    opened = other.load([Call("/raw/tickets", BENCH, json.dumps(SAID))], TICKETS, keep=1)
    tickets = [json.loads(body)["id"] for _, body in opened["answers"]]
    calls = [Call(f"/raw/tickets/{each}/messages", BENCH, ANSWER) for each in tickets]
    other.load(calls, TICKETS * EVENTS)
    return other.load(calls, requests)
