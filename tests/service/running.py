"""A desk at work: a real log, real views, a clock that stands still until it is set, and somebody who gets notices."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from subprocess import Popen
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, Final, TypeAlias

from sqlalchemy import Engine, update

from domain.event import Content, Id, Source
from domain.instant import DAY, Instant
from domain.organisation import register as register_organisation
from domain.person import Absence, Grant, Right
from domain.person.identity import deactivate
from domain.person.identity import register as register_person
from domain.person.membership import grant
from domain.policy import Action, Step
from domain.policy import Clock as ClockName
from domain.ticket import Ticket
from domain.ticket.assignment import assign
from domain.ticket.opening import open_ticket
from domain.ticket.promise import ClockDecided, Escalated, escalated
from projections import deadlines, notices, upkeep
from projections.engine import Projection, Projector
from service.jobs import Job, Loop
from store.desk import Desk
from store.keys import KEYS
from store.people import plan_absence
from store.streams import Command
from tests.cast import ACME, OPENED

LIMIT: Final = 30.0
"""Seconds after which a test has waited long enough."""
Start: TypeAlias = Callable[[], Popen[str]]
"""Starts a worker."""
VIEWS: Final[tuple[Projection, ...]] = (deadlines, notices, upkeep)


def escalate(ticket: Ticket, *, at: Instant) -> list[Escalated]:
    """The ladder says that the lead is to know of the half of the reaction."""
    [reaction] = (run for run in ticket.clocks.runs if run.clock is ClockName.REACTION)
    return [escalated(ticket, reaction, Step(ClockName.REACTION, 500, Action.NOTIFY, "lead"), at)]


def wait_until(true: Callable[[], bool]) -> None:
    deadline = monotonic() + LIMIT
    while not true():
        assert monotonic() < deadline
        sleep(0.05)


class SetClock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now: Instant = OPENED.at

    def __call__(self) -> Instant:
        return self.now


@dataclass(frozen=True)
class Running:
    """The desk, its views, and what is usually done to them."""

    desk: Desk
    projector: Projector
    clock: SetClock

    @property
    def views(self) -> Engine:
        return self.projector.engine

    def open(self, reference: str = "123456788", source: Source = Source.LIVE, organisation: Id = ACME) -> Id:
        stream, command = self.desk.new_id(), Command(self.desk.new_id(), source)
        where: dict[str, Any] = {
            "level": "standard",
            "line": "first",
            "team": "service-desk",
            "organisation": organisation,
        }
        opening = replace(OPENED, at=self.clock.now, reference=reference, **where)
        self.desk.tickets.act(command, stream, open_ticket, opening)
        return stream

    def act(self, stream: Id, decide: Any, **facts: Any) -> None:
        self.desk.tickets.act(Command(self.desk.new_id()), stream, decide, at=self.clock.now, **facts)

    def assign(self, stream: Id, owner: Id) -> None:
        self.act(stream, assign, by=owner, owner=owner, teams=frozenset(), serves=True, lines={})

    def ticket(self, stream: Id) -> Ticket:
        return self.desk.tickets.load(stream)[0]

    def breaches(self, stream: Id, clock: ClockName) -> int:
        decided = [each.event for each in self.desk.log.read(stream) if isinstance(each.event, ClockDecided)]
        return sum(each.clock is clock for each in decided)

    def work(self, *jobs: Job[Any]) -> None:
        """Let the views catch up, do what is due, and let the views catch up."""
        self.projector.catch_up()
        Loop(jobs, self.clock).round(Event())
        self.projector.catch_up()

    def agent(self) -> Id:
        person, at = self.desk.new_id(), self.clock.now
        act = self.desk.people.act
        act(Command(self.desk.new_id()), person, register_person, identity=person, name="Ann", at=at)
        act(Command(self.desk.new_id()), person, grant, grant=Grant(Right.AGENT), at=at)
        return person

    def away(self, person: Id, deputy: Id, start: Instant, end: Instant | None = None) -> None:
        planned = Absence(self.desk.new_id(), person, start, end or start + DAY, deputy)
        plan_absence(self.desk, Command(self.desk.new_id()), planned, at=self.clock.now)

    def leave(self, person: Id) -> None:
        self.desk.people.act(Command(self.desk.new_id()), person, deactivate, at=self.clock.now)

    def register_acme(self, stream: Id = ACME) -> None:
        name = Content(stream, {"name": "Acme"})
        command = Command(self.desk.new_id())
        self.desk.organisations.act(command, stream, register_organisation, name=name, at=self.clock.now)


@contextmanager
def mislaid_keys(running: Running, owner: Id) -> Iterator[None]:
    """The key store has lost the key of an owner, as an old copy of it would have."""
    key = running.desk.keys.of(owner).key_id
    for before, after in ((key, "lost"), ("lost", key)):
        with running.desk.keys._engine.begin() as connection:
            connection.execute(update(KEYS).where(KEYS.c.key_id == before).values(key_id=after))
        running.desk.keys._remembered = {}
        if after == "lost":
            yield


@dataclass
class Receiver:
    """A web server of a client: answers as it was told to, and keeps what it got."""

    url: str
    answers: list[int] = field(default_factory=list)
    """The statuses to answer with, one after the other; 204 when there are no more."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    before_answering: Callable[[], object] = lambda: None
    body: bytes = b""


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver("")

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append((headers, self.rfile.read(int(headers["content-length"]))))
            receiver.before_answering()
            self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
            self.send_header("Location", receiver.url + "/elsewhere")
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/notices?from=desk"
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield receiver
        server.shutdown()
        serving.join()
