"""What the client and the staff must be told: noted with its cause, so that no notice is lost between the two.

The client is told of every new stage; the staff of what the escalation ladder says, see `promise.Escalated`.
"""

from contextlib import suppress
from typing import TypeAlias, assert_never

from domain import deadline
from domain.calendar import CalendarEnded
from domain.event import Public, Visibility, event
from domain.instant import Instant
from domain.policy import Book, Clock
from domain.refusal import Refused
from domain.ticket.state import Stage, Ticket, replace
from domain.ticket.waiting import until_promised


@event(
    "ticket.client_to_be_told",
    visibility=Visibility.OPAQUE,
    en="Notice {notice}: the client must be told that the ticket is {stage}",
    ru="Уведомление {notice}: сообщить клиенту о стадии {stage}",
)
class ClientToBeTold:
    """The stage changed; notices are numbered within the ticket."""

    at: Public[Instant]
    notice: int
    stage: Stage


@event(
    "ticket.client_told",
    visibility=Visibility.OPAQUE,
    en="Notice {notice} was delivered at attempt {attempts}",
    ru="Уведомление {notice} доставлено, попытка {attempts}",
)
class ClientTold:
    """The notice arrived."""

    at: Public[Instant]
    notice: int
    attempts: int


@event(
    "ticket.staff_told",
    visibility=Visibility.OPAQUE,
    en="Notice {notice} to the staff was delivered at attempt {attempts}",
    ru="Уведомление {notice} доставлено сотрудникам, попытка {attempts}",
)
class StaffTold:
    """What the escalation ladder had to say arrived."""

    at: Public[Instant]
    notice: int
    attempts: int


@event(
    "ticket.notice_undeliverable",
    visibility=Visibility.OPAQUE,
    en="Notice {notice} was given up after {attempts} attempts: {why}",
    ru="Уведомление {notice} не доставлено, попыток {attempts}: {why}",
)
class NoticeUndeliverable:
    """A dead letter: people see it and can tell the client themselves."""

    at: Public[Instant]
    notice: int
    attempts: int
    why: str


@event(
    "ticket.notice_retried",
    visibility=Visibility.OPAQUE,
    en="Notice {notice} is to be delivered after all",
    ru="Уведомление {notice}: доставка начата заново",
)
class NoticeRetried:
    """Somebody wants a dead letter to be tried again."""

    at: Public[Instant]
    notice: int


Event: TypeAlias = ClientToBeTold | ClientTold | StaffTold | NoticeUndeliverable | NoticeRetried


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket with its notices."""
    match event:
        case ClientToBeTold():
            return replace(ticket, notices=event.notice, untold=ticket.untold | {event.notice})
        case ClientTold() | StaffTold():
            return replace(ticket, untold=ticket.untold - {event.notice})
        case NoticeUndeliverable():
            return replace(ticket, untold=ticket.untold - {event.notice}, given_up=ticket.given_up | {event.notice})
        case NoticeRetried():
            return replace(ticket, untold=ticket.untold | {event.notice}, given_up=ticket.given_up - {event.notice})
        case _:
            assert_never(event)


def told(ticket: Ticket, *, notice: int, attempts: int, at: Instant) -> list[Event]:
    """The notice was delivered."""
    if notice not in ticket.untold:
        return []
    if notice in ticket.staff_notices:
        return [StaffTold(at=at, notice=notice, attempts=attempts)]
    return [ClientTold(at=at, notice=notice, attempts=attempts)]


def give_up(ticket: Ticket, *, notice: int, attempts: int, why: str, at: Instant) -> list[Event]:
    """The notice cannot be delivered."""
    untold = notice in ticket.untold
    return [NoticeUndeliverable(at=at, notice=notice, attempts=attempts, why=why)] if untold else []


def retry(ticket: Ticket, *, notice: int, at: Instant) -> list[Event]:
    """Deliver a dead letter after all."""
    if notice in ticket.untold:
        return []
    if notice not in ticket.given_up:
        raise Refused("notice_not_given_up", reference=ticket.reference, notice=notice)
    return [NoticeRetried(at=at, notice=notice)]


def due_of(ticket: Ticket, clock: Clock, instance: int, *, book: Book, at: Instant) -> Instant | None:
    """When the clock that the staff is told of is due, as known at `at`.

    None while it stands still, once it has ended or has its verdict, and where the calendar does not reach.
    """
    clocks = until_promised(ticket, at).clocks
    if clocks.is_decided(clock, instance):
        return None
    running = [run for run in clocks.runs if (run.clock, run.instance) == (clock, instance) and run.stopped is None]
    with suppress(CalendarEnded):
        return next((deadline.due(clocks, run, book) for run in running), None)
    return None
