"""From the rows of an incident to the events of a ticket, each at its own time, under the rules of this desk.

A history is not asked for permission: what was done is told as it was done, and only the verdicts on it are ours. See
`docs/import-servicenow.md` for what each state of the log is taken to mean.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from domain.classification import Kind
from domain.configuration import Configuration
from domain.event import Id
from domain.instant import DAY, Duration, Instant
from domain.policy import Book
from domain.ticket import Event, Stage, Ticket, folded
from domain.ticket.assignment import Accepted, Assigned, handed_over
from domain.ticket.classing import Reprioritised
from domain.ticket.conversation import Answered, told
from domain.ticket.intake import Request, opening
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Closed, Closing, Objection, Reopened, Resolved
from domain.ticket.promise import decided
from domain.ticket.provenance import AttributesImported
from domain.ticket.state import DESK, WaitFor
from domain.ticket.waiting import Waited, WaitEnded
from domain.verdict import verdicts_of
from service.imports.groundwork import REASON
from service.imports.names import LINE, SOURCE, Names, team_of
from service.imports.servicenow import (
    COLUMNS,
    DATES,
    IMPACTS,
    MISSING,
    PEOPLE,
    PRIORITIES,
    URGENCIES,
    Incident,
    Row,
    State,
)

WAIT: Final[Duration] = 366 * DAY
"""How long a wait is promised for: the log knows only when it ended."""

WAITS: Final = {
    State.AWAITING_USER_INFO: WaitFor.CLIENT,
    State.AWAITING_VENDOR: WaitFor.VENDOR,
    State.AWAITING_PROBLEM: WaitFor.DATE,
    State.AWAITING_EVIDENCE: WaitFor.DATE,
}
"""Only the client's own silence pauses a clock: no date was agreed with anybody."""

STAGES: Final = {
    State.NEW: Stage.OPENED,
    State.ACTIVE: Stage.ACCEPTED,
    State.RESOLVED: Stage.RESOLVED,
    State.CLOSED: Stage.CLOSED,
    **dict.fromkeys(WAITS, Stage.WAITING),
}
IDLE: Final = (State.NEW, State.UNRECORDED)
"""The states that nobody's work is seen in."""

KEPT: Final = tuple(column for column in COLUMNS if column not in ("number", *PEOPLE))
"""What is kept of a row: everything but who it is about."""
AFTERWARDS: Final = frozenset({"closed_code"})
"""What the log writes into every row, though it was known only when the incident was resolved."""


@dataclass(frozen=True)
class History:
    """The events of one ticket."""

    events: tuple[Event, ...]
    """Up to and with the last row."""
    since: tuple[Event, ...]
    """What time alone has brought since then."""
    ticket: Ticket
    differences: tuple[Row, ...]
    """Rows whose state is not the stage that the events lead to."""


@dataclass(frozen=True)
class Moment:
    """A ticket, and the row that says what became of it."""

    ticket: Ticket
    row: Row
    before: Row | None
    number: int
    names: Names
    book: Book

    @property
    def at(self) -> Instant:
        return self.row.at

    @property
    def by(self) -> Id:
        return self.names.person(self.row.values["sys_updated_by"])

    @property
    def assigned(self) -> Id | None:
        """Whom the row names as responsible."""
        said = self.row.said("assigned_to")
        return self.names.person(said) if said else None

    @property
    def has_new_state(self) -> bool:
        return self.before is None or self.before.state is not self.row.state


def opened(incident: Incident, configuration: Configuration, names: Names, reference: str) -> TicketOpened:
    """The opening: level by the contract, priority and team as the log says."""
    row = incident.rows[0]
    caller = row.values["caller_id"]
    request = Request(
        channel=(row.said("contact_type") or SOURCE).lower().replace(" ", "_"),
        by=names.person(row.said("opened_by") or caller),
        requester=names.person(caller),
        organisation=names.organisation,
        kind=Kind.INCIDENT,
        impact=IMPACTS[row.values["impact"]],
        urgency=URGENCIES[row.values["urgency"]],
        subject=incident.number,
        body="",
    )
    return replace(
        opening(request, configuration, reference=reference, at=incident.opened_at),
        priority=PRIORITIES[row.values["priority"]],
        line=LINE,
        team=team_of(row.said("assignment_group")),
        rule=SOURCE,
    )


def history(first: TicketOpened, rows: Sequence[Row], names: Names, book: Book, until: Instant) -> History:
    """The events of the rows, with the verdicts on them, and the breaches before `until` that followed."""
    events: list[Event] = [first]
    ticket = folded(events)
    differences = []
    for number, row in enumerate(rows):
        before = rows[number - 1] if number else None
        for step in STEPS:
            done = step(Moment(ticket, row, before, number, names, book))
            events += done
            ticket = folded(done, ticket)
        if STAGES.get(row.state, ticket.stage) is not ticket.stage:
            differences.append(row)
    since = _elapsed(ticket, book, until)
    return History(tuple(events), tuple(since), folded(since, ticket), tuple(differences))


def _time_passed(now: Moment) -> list[Event]:
    return _elapsed(now.ticket, now.book, now.at)


def _elapsed(ticket: Ticket, book: Book, at: Instant) -> list[Event]:
    """What time alone brought before `at`: the ends of waits and the breaches of running clocks, each when it came."""
    until = ticket.waits_until
    if until is None or until > at:
        return _breaches(ticket, book, at)
    ended: list[Event] = [*_breaches(ticket, book, until), WaitEnded(at=until, by=DESK)]
    return [*ended, *_breaches(folded(ended, ticket), book, at)]


def _breaches(ticket: Ticket, book: Book, at: Instant) -> list[Event]:
    late = sorted(verdicts_of(ticket.clocks, book, at), key=lambda verdict: verdict.due)
    return [decided(verdict, verdict.due + 1) for verdict in late]


def _recorded(now: Moment) -> list[Event]:
    before = _attributes(now.before) if now.before else {}
    changed = {name: said for name, said in _attributes(now.row).items() if before.get(name, MISSING) != said}
    return [AttributesImported(at=now.at, source=SOURCE, attributes=changed)] if changed else []


def _attributes(row: Row) -> dict[str, str]:
    """What the row says without what could not be known by then."""
    return {name: row.values[name] if _is_known(row, name) else MISSING for name in KEPT}


def _is_known(row: Row, name: str) -> bool:
    if name in AFTERWARDS:
        return row.state in (State.RESOLVED, State.CLOSED)
    said = row.said(name)
    return name not in DATES or said is None or _written(said) <= _written(row.values["sys_updated_at"])


def _written(said: str) -> datetime:
    """The local time of a date; only compared with another one of the same row."""
    return datetime.strptime(said, "%d-%m-%Y %H:%M")  # noqa: DTZ007


def _weighed(now: Moment) -> list[Event]:
    ticket = now.ticket
    priority, impact, urgency = (now.row.values[name] for name in ("priority", "impact", "urgency"))
    said = PRIORITIES[priority], IMPACTS[impact], URGENCIES[urgency]
    if said == (ticket.priority, ticket.impact, ticket.urgency):
        return []
    return [Reprioritised(at=now.at, priority=said[0], by=now.by, impact=said[1], urgency=said[2])]


def _handed_over(now: Moment) -> list[Event]:
    team = team_of(now.row.said("assignment_group"))
    if team == now.ticket.team:
        return []
    return [handed_over(now.ticket, by=now.by, line=LINE, team=team, reason=REASON, at=now.at)]


def _taken(now: Moment) -> list[Event]:
    """Whoever is named as responsible has taken it once it is worked on; at first else whoever moved it out of New."""
    if now.row.state in IDLE or not now.ticket.awaits_acceptance:
        return []
    by = now.assigned or (None if now.ticket.taken else now.ticket.owner or now.by)
    return [Accepted(at=now.at, by=by, team=now.ticket.team)] if by else []


def _assigned(now: Moment) -> list[Event]:
    if now.assigned is None or now.assigned == now.ticket.owner:
        return []
    return [Assigned(at=now.at, by=now.by, team=now.ticket.team, owner=now.assigned)]


def _moved(now: Moment) -> list[Event]:
    """The change of the state, by way of what has to lie between."""
    state, is_open = now.row.state, now.ticket.is_open
    match state:
        case State.UNRECORDED:
            return []
        case State.RESOLVED:
            again = [] if now.ticket.stage is not Stage.CLOSED else [_reopened(now)]
            return [*again, *([_resolved(now)] if is_open or again else [])]
        case State.CLOSED:
            solved = [_resolved(now)] if is_open else []
            return [*solved, *([] if now.ticket.stage is Stage.CLOSED else [_closed(now)])]
        case _:
            again = [] if is_open else [_reopened(now)]
            return [*again, *(_waited(now) if state in WAITS else _went_on(now))]


def _reopened(now: Moment) -> Event:
    return Reopened(at=now.at, why=Objection.RETURNED, by=now.by)


def _resolved(now: Moment) -> Event:
    text = told(now.ticket, f"ServiceNow: {now.row.state}")
    return Resolved(at=now.at, message=now.names.message(now.row.number, now.number), by=now.by, text=text)


def _closed(now: Moment) -> Event:
    return Closed(at=now.at, how=Closing.SILENCE, by=now.by)


def _waited(now: Moment) -> Iterator[Event]:
    """To ask the client for information is an answer: the only one that the log lets see."""
    if now.ticket.stage is Stage.WAITING and not now.has_new_state:
        return
    if now.row.state is State.AWAITING_USER_INFO and now.has_new_state:
        text = told(now.ticket, f"ServiceNow: {now.row.state}")
        message = now.names.message(now.row.number, now.number)
        yield Answered(at=now.at, message=message, by=now.by, channel=SOURCE, text=text)
    yield Waited(at=now.at, what=WAITS[now.row.state], until=now.at + WAIT, by=now.by)


def _went_on(now: Moment) -> list[Event]:
    return [WaitEnded(at=now.at, by=now.by)] if now.ticket.stage is Stage.WAITING else []


def _judged(now: Moment) -> list[Event]:
    return [decided(verdict, now.at) for verdict in verdicts_of(now.ticket.clocks, now.book, now.at)]


STEPS: Final[tuple[Callable[[Moment], Sequence[Event]], ...]] = (
    _time_passed,
    _recorded,
    _weighed,
    _handed_over,
    _taken,
    _assigned,
    _moved,
    _judged,
)
"""What a row may have brought, in this order."""
