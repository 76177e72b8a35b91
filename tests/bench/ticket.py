"""`ticket`: the full view of a ticket with 500 events over HTTP, beside FastAPI with one SELECT of the rows.

Ours says where the ticket stands and what comes next, and tells every event with its words, opened from their seals;
the reference sends the rows of its history as they are.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, LiteralString

import psycopg

from domain.ticket import Event, Ticket, folded
from domain.ticket.conversation import answer, write
from store.intake import ticket_of
from store.streams import Command
from tests.bench.office import CLIENTS, SERVER, Call, Office, Side, alternate, office, reference
from tests.bench.opening import ASKED, BENCH, SAID
from tests.bench.queue_page import compared
from tests.servers.postgres import running_postgres

TARGET: Final = 0.5
EVENTS: Final = 500
TICKETS: Final = 8
REQUESTS: Final = 1_000
"""Of each turn."""
SENTENCE: Final = "The print server is back; please try again, and tell us if a label is missing."
THEIRS: LiteralString = (
    "INSERT INTO history (ticket, ver, kind, data) SELECT id, n, 'replied', jsonb_build_object('body', %s::text)"
    " FROM ticket, generate_series(2, %s::int) AS n"
)


def measure(rounds: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """The two sides' reports, and the ratio."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        postgres = running.enter_context(running_postgres(*SERVER))
        ours = running.enter_context(office(Path(folder, "data"), postgres))
        other = running.enter_context(reference(postgres))
        paths = [f"/v1/tickets/{each}/history?limit={EVENTS}" for each in _ours(ours)]
        mine = [Call(path, each.headers, method="GET") for path in paths for each in ours.agents]
        theirs = [Call(f"/raw/tickets/{each}", BENCH, method="GET") for each in _theirs(other)]
        turns = {"glasno": partial(ours.side.load, mine, REQUESTS), "raw": partial(other.load, theirs, REQUESTS)}
        reports = alternate(rounds, turns, progress)
    return {"clients": CLIENTS, "events": EVENTS, "target": TARGET, **compared(reports)}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    lines = [f"A ticket with {EVENTS} events, {measured['clients']} clients; target: {measured['target']}"]
    for name in ("glasno", "raw"):
        told, spent = measured[name], measured["processor"][name]
        parts = ", ".join(f"{part} {each:.2f}" for part, each in spent.items())
        lines.append(f"{name:10}{told['rps']:>8,.0f}/s  p50 {told['p50']:.1f} ms  p99 {told['p99']:.1f} ms  {parts}")
    middle, low, high = measured["ratio"]
    lines.append(f"ours / raw: {middle:.2f} ({low:.2f}-{high:.2f}), of processor time {measured['of_processor']:.2f}")
    return lines


def _ours(ours: Office) -> Sequence[str]:
    """The references of tickets on which contact and agent have written in turn."""
    calls = [Call("/v1/tickets", each.headers, json.dumps(ASKED)) for each in ours.contacts]
    answers = ours.side.load(calls, TICKETS, keep=1)["answers"]
    references = [json.loads(body)["ticket"]["reference"] for _, body in answers]
    for reference_ in references:
        stream = ticket_of(ours.desk, reference_) or ""
        ours.desk.tickets.act(Command(ours.desk.new_id()), stream, lambda state: [*_talk(ours, state)])
    return references


def _talk(ours: Office, state: Ticket) -> Iterator[Event]:
    """Enough of it; what a message brings with it counts as well, and is stored in the same commit."""
    return islice(_messages(ours, state), EVENTS - 2)


def _messages(ours: Office, state: Ticket) -> Iterator[Event]:
    desk, at = ours.desk, ours.desk.now()
    said: dict[str, Any] = {"channel": "web", "body": SENTENCE, "at": at}
    while True:
        for say, by in ((answer, ours.agents[0].id), (write, state.requester)):
            brought: Sequence[Event] = say(state, message=desk.new_id(), by=by, **said)
            yield from brought
            state = folded(brought, state)


def _theirs(other: Side) -> Sequence[str]:
    """The ids of tickets with as many rows of history."""
    other.load([Call("/raw/tickets", BENCH, json.dumps(SAID))], TICKETS)
    with psycopg.connect(other.database, autocommit=True) as connection:
        connection.execute(THEIRS, (SENTENCE, EVENTS))
        return [str(row[0]) for row in connection.execute("SELECT id FROM ticket")]
