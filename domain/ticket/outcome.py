"""How a ticket ends: solved, or refused with reasons; confirmed by the client, or by silence; or not over yet."""

from enum import StrEnum
from typing import TypeAlias, assert_never

from domain.event import Content, Id, Public, Sealed, event
from domain.instant import Instant
from domain.policy import Book
from domain.refusal import Refused
from domain.ticket.assignment import Accepted, taken_by
from domain.ticket.conversation import ClientWrote, told
from domain.ticket.state import (
    Stage,
    Ticket,
    demand_agreement,
    demand_live,
    demand_open,
    demand_text,
    replace,
    settled,
)


class Closing(StrEnum):
    """How it came to be closed."""

    CONFIRMED = "confirmed"
    """The client said that it is over."""
    SILENCE = "silence"
    """The client did not object for the promised time."""
    WITHDRAWN = "withdrawn"
    """The client does not need it any more."""
    SPAM = "spam"
    """Nobody asked for anything."""


class Objection(StrEnum):
    """Why it was not over."""

    RETURNED = "returned"
    """The client said so."""
    CORRECTED = "corrected"
    """The desk found it out itself."""


@event("ticket.resolved", en="{by} solved the ticket", ru="{by}: заявка решена")
class Resolved:
    """Solved, with a text that tells the client how; from now on silence is consent."""

    at: Public[Instant]
    message: Id
    by: Id
    text: Sealed


@event("ticket.refused", en="{by} refused the ticket: {cause}", ru="{by}: мотивированный отказ, причина {cause}")
class TicketRefused:
    """A reasoned refusal: the cause, its explanation and what the client can do instead."""

    at: Public[Instant]
    message: Id
    by: Id
    cause: str
    text: Sealed
    """`explanation` and `alternatives`."""


@event("ticket.reopened", en="{by} reopened the ticket: {why}", ru="{by}: заявка открыта снова, причина {why}")
class Reopened:
    """It was not over."""

    at: Public[Instant]
    why: Public[Objection]
    by: Id


@event("ticket.closed", en="The ticket was closed: {how}", ru="Заявка закрыта: {how}")
class Closed:
    """It is over; `agreed` is the client's message that said so, where somebody else closed it."""

    at: Public[Instant]
    how: Public[Closing]
    by: Id
    agreed: Public[Id | None] = None


Event: TypeAlias = Resolved | TicketRefused | Reopened | Closed


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket over, or not over yet."""
    match event:
        case Resolved():
            return replace(_done(ticket, event), stage=Stage.RESOLVED, clocks=ticket.clocks.resolved(event.at))
        case TicketRefused():
            return replace(_done(ticket, event), stage=Stage.REFUSED, clocks=ticket.clocks.refused(event.at))
        case Reopened():
            reopened = replace(settled(ticket), stage=ticket.working_stage, clocks=ticket.clocks.reopened(event.at))
            staff = ticket.staff_notices
            return replace(reopened, over_since=None, untold=ticket.untold & staff, given_up=ticket.given_up & staff)
        case Closed():
            clocks = ticket.clocks.closed(event.at)
            return replace(settled(ticket), stage=Stage.CLOSED, over_since=event.at, clocks=clocks)
        case _:
            assert_never(event)


def _done(ticket: Ticket, event: Resolved | TicketRefused) -> Ticket:
    return replace(settled(ticket), messages=ticket.messages | {event.message}, silent_since=event.at)


def closes_at(ticket: Ticket, book: Book) -> Instant | None:
    """When silence becomes consent; None while work goes on or a message of the client is unanswered.

    That is the level's time to object after the desk's last word: the resolution, the refusal, or a later answer.
    `CalendarEnded` as `Calendar.after`.
    """
    if ticket.silent_since is None or ticket.owes_answer:
        return None
    policy = book.policies[ticket.level, ticket.policy]
    return book.calendars[policy.confirmation_calendar].after(ticket.silent_since, policy.confirmation)


def resolve(ticket: Ticket, *, message: Id, by: Id, body: str, at: Instant) -> list[Accepted | Event]:
    """Tell the client how it was solved."""
    if ticket.stage is Stage.RESOLVED:
        return []
    demand_open(ticket)
    demand_text("body", body)
    return [*taken_by(ticket, by=by, at=at), Resolved(at=at, message=message, by=by, text=told(ticket, body))]


def refuse(
    ticket: Ticket,
    *,
    message: Id,
    by: Id,
    cause: str,
    causes: frozenset[str],
    explanation: str,
    alternatives: str,
    at: Instant,
) -> list[Accepted | Event]:
    """Refuse for one of the agreed causes, with an explanation and alternatives."""
    if ticket.stage is Stage.REFUSED:
        return []
    demand_open(ticket)
    if cause not in causes:
        raise Refused("cause_unknown", cause=cause, known=", ".join(sorted(causes)))
    demand_text("explanation", explanation)
    demand_text("alternatives", alternatives)
    text = Content(ticket.subject, {"explanation": explanation, "alternatives": alternatives})
    return [*taken_by(ticket, by=by, at=at), TicketRefused(at=at, message=message, by=by, cause=cause, text=text)]


def reopen(ticket: Ticket, *, by: Id, at: Instant, why: Objection = Objection.RETURNED) -> list[Event]:
    """Go on with it, before it is closed or after."""
    if ticket.stage is not Stage.CLOSED:
        demand_live(ticket)
    return [] if ticket.is_open else [Reopened(at=at, why=why, by=by)]


def object_to(
    ticket: Ticket, *, message: Id, by: Id, channel: str, body: str, at: Instant
) -> list[Event | ClientWrote]:
    """The client says that it is not over, and is owed an answer."""
    if message in ticket.messages:
        return []
    text = Content(by, {"body": body})
    return [
        *reopen(ticket, by=by, at=at),
        ClientWrote(at=at, message=message, by=by, channel=channel, text=text),
    ]


def close(ticket: Ticket, *, how: Closing, book: Book, by: Id, at: Instant, agreed: Id | None = None) -> list[Event]:
    """Close it; only what is resolved or refused can be confirmed, and by silence only when its time has come."""
    if ticket.stage is Stage.CLOSED:
        return []
    demand_live(ticket)
    demand_agreement(ticket, agreed)
    if how in (Closing.CONFIRMED, Closing.SILENCE) and ticket.is_open:
        raise Refused("nothing_to_confirm", reference=ticket.reference)
    if how is Closing.SILENCE and not is_silent(ticket, book, at):
        raise Refused("client_may_object", reference=ticket.reference)
    return [Closed(at=at, how=how, by=by, agreed=agreed)]


def is_silent(ticket: Ticket, book: Book, at: Instant) -> bool:
    """Whether the client let the time to object pass."""
    closes = closes_at(ticket, book)
    return closes is not None and closes <= at
