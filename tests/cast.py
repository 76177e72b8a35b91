"""The people, promises and first events that the tests tell their stories with."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pytest

from domain.calendar import Calendar, Period, always
from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.event import Content, Id
from domain.instant import HOUR, MINUTE, Duration
from domain.opening_hours import OpeningHours, instant_at, open_periods
from domain.policy import Action, Book, CalendarRef, Clock, Policy, Step, Target
from domain.refusal import Refused
from domain.ticket import Event, Ticket, folded
from domain.ticket.assignment import Accepted, HandedOver
from domain.ticket.conversation import Answered, ClientWrote
from domain.ticket.opening import Publicity, TicketOpened, asked

AT: Final = instant_at("Etc/UTC", date(2026, 11, 2), 10 * 60)
"""Monday, ten o'clock."""

ACME: Final[Id] = "ac" * 16
CY: Final[Id] = "c1" * 16
"""A client, of Acme."""
ANN: Final[Id] = "a1" * 16
"""An agent of line 1."""
BORIS: Final[Id] = "b2" * 16
"""An agent of line 2."""
DORA: Final[Id] = "d1" * 16
"""Ann's deputy."""

LINES: Final = {"front": "1", "front-night": "1", "network": "2", "developers": "3"}
"""The line of each team."""
REASONS: Final = frozenset({"skill", "access"})
CAUSES: Final = frozenset({"out_of_scope"})

LEVEL: Final = "gold"
BARE: Final = "bare"
"""A level whose table of targets has holes."""

SPAN: Final = Period(instant_at("Etc/UTC", date(2025, 1, 1), 0), instant_at("Etc/UTC", date(2029, 1, 1), 0))
WEEK: Final = OpeningHours("Etc/UTC", dict.fromkeys(range(5), ((9 * 60, 18 * 60),)))
ALWAYS: Final = always("always", 1, SPAN)
OFFICE: Final = Calendar("office", 1, SPAN, open_periods(WEEK, date(2025, 1, 1), date(2028, 12, 31)))

TARGETS: Final = {
    Clock.REACTION: 20 * MINUTE,
    Clock.FIRST_RESPONSE: 40 * MINUTE,
    Clock.NEXT_RESPONSE: HOUR,
    Clock.UPDATE: 2 * HOUR,
    Clock.RESOLUTION: 4 * HOUR,
}
"""At normal priority."""
SHARES: Final = {Priority.CRITICAL: 250, Priority.HIGH: 500, Priority.NORMAL: 1000, Priority.LOW: 2000}
"""Of those, per mille."""
GRACE: Final = 10 * MINUTE
CONFIRMATION: Final = 3 * HOUR

LADDER: Final = (
    Step(Clock.REACTION, 500, Action.NOTIFY, "lead"),
    Step(Clock.NEXT_RESPONSE, 1000, Action.RAISE_PRIORITY, "lead"),
    Step(Clock.RESOLUTION, 750, Action.NOTIFY, "lead"),
    Step(Clock.RESOLUTION, 750, Action.TRANSFER, "network"),
    Step(Clock.RESOLUTION, 1000, Action.RAISE_PRIORITY, "director"),
)


def book_of(calendar: Calendar, ladder: tuple[Step, ...] = ()) -> Book:
    """Level gold promises everything; level bare a reaction to incidents and nothing else."""
    ref = CalendarRef(calendar.key, calendar.version)
    full = {
        (kind, priority): {clock: Target(duration * share // 1000, GRACE, ref) for clock, duration in TARGETS.items()}
        for kind in Kind
        for priority, share in SHARES.items()
    }
    gold = Policy(LEVEL, 1, full, CONFIRMATION, ref, ladder=ladder)
    bare = {(Kind.INCIDENT, each): {Clock.REACTION: Target(20 * MINUTE, GRACE, ref)} for each in Priority}
    policies = [gold, replace(gold, version=2), replace(gold, level=BARE, targets=bare)]
    return Book({(each.level, each.version): each for each in policies}, {ref: calendar})


AROUND_THE_CLOCK: Final = book_of(ALWAYS)
OFFICE_HOURS: Final = book_of(OFFICE)
WITH_LADDER: Final = book_of(ALWAYS, LADDER)

OPENED: Final = TicketOpened(
    at=AT,
    kind=Kind.INCIDENT,
    priority=Priority.NORMAL,
    level=LEVEL,
    policy=1,
    reference="123456788",
    publicity=Publicity.PUBLISHED,
    channel="mail",
    by=CY,
    requester=CY,
    organisation=ACME,
    impact=Impact.MEDIUM,
    urgency=Urgency.MEDIUM,
    complexity=Complexity.STANDARD,
    line="1",
    team="front",
    rule="everything",
    text=asked(CY, "No dial tone", "Since this morning."),
)


def given(*events: Event) -> Ticket:
    """The ticket after these events."""
    return folded(events)


def opened(**changes: Any) -> TicketOpened:
    return replace(OPENED, **changes)


def accepted(by: Id = ANN, after: Duration = MINUTE, team: str = "front") -> Accepted:
    return Accepted(at=AT + after, by=by, team=team)


def handed_over(after: Duration = 2 * MINUTE) -> HandedOver:
    return HandedOver(
        at=AT + after, by=ANN, from_line="1", from_team="front", to_line="2", to_team="network", reason="skill"
    )


def answered(after: Duration, message: str = "answer", by: Id = ANN) -> Answered:
    text = Content(CY, {"body": "We are looking into it."})
    return Answered(at=AT + after, message=message, by=by, channel="mail", text=text)


def wrote(after: Duration, message: str = "message") -> ClientWrote:
    text = Content(CY, {"body": "Any news?"})
    return ClientWrote(at=AT + after, message=message, by=CY, channel="telegram", text=text)


def refused(decide: Callable[..., object], ticket: Ticket, **facts: Any) -> str:
    """The code with which the decision is refused."""
    with pytest.raises(Refused) as refusal:
        decide(ticket, **facts)
    return refusal.value.code
