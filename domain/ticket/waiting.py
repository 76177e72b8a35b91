"""Waiting: for the client, for a vendor, or until a date; always with the instant at which it ends."""

from typing import Final, TypeAlias, assert_never

from domain.clock import Clocks, Why
from domain.event import Id, Public, event
from domain.instant import DAY, Instant
from domain.refusal import Refused
from domain.ticket.assignment import Accepted, taken_by
from domain.ticket.conversation import Event as Said
from domain.ticket.conversation import answer
from domain.ticket.state import Stage, Ticket, WaitFor, demand_agreement, demand_open, replace, resumed

MOST_DAYS: Final = 400
"""The longest wait: longer ones are forgotten rather than waited for."""


@event("ticket.waited", en="{by} waits for the {what} until {until}", ru="{by}: ожидание ({what}) до {until}")
class Waited:
    """Nothing can be done for now; a date pauses the clocks only if the client agreed to it."""

    at: Public[Instant]
    what: Public[WaitFor]
    until: Public[Instant]
    by: Id
    agreed: Public[Id | None] = None


@event("ticket.wait_ended", en="The wait is over", ru="Ожидание закончено")
class WaitEnded:
    """Work can go on: somebody said so, or the promised instant came."""

    at: Public[Instant]
    by: Id


Event: TypeAlias = Waited | WaitEnded


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket waiting, or no longer."""
    match event:
        case Waited():
            waiting = replace(ticket, waits_for=event.what, waits_until=event.until, wait_agreed=event.agreed)
            return replace(waiting, stage=Stage.WAITING, clocks=_paused(ticket, event))
        case WaitEnded():
            return replace(resumed(ticket), clocks=ticket.clocks.went_on(event.at))
        case _:
            assert_never(event)


def _paused(ticket: Ticket, event: Waited) -> Clocks:
    """A vendor is the provider's own affair, and so is a date that the client did not agree to."""
    match event.what:
        case WaitFor.CLIENT:
            return ticket.clocks.waited(event.at, Why.CLIENT)
        case WaitFor.DATE if event.agreed is not None:
            return ticket.clocks.waited(event.at, Why.DATE)
        case _:
            return ticket.clocks.went_on(event.at)


def until_promised(ticket: Ticket, at: Instant) -> Ticket:
    """The ticket at `at`: a wait pauses nothing beyond its promised end, however late somebody notices."""
    if ticket.waits_until is None or at <= ticket.waits_until:
        return ticket
    return replace(ticket, clocks=ticket.clocks.went_on(ticket.waits_until))


def wait(
    ticket: Ticket, *, what: WaitFor, until: Instant, by: Id, at: Instant, agreed: Id | None = None
) -> list[Accepted | Event]:
    """Wait until an instant ahead, 400 days at the most; the same wait again is no news, an agreement to it is."""
    demand_open(ticket)
    demand_agreement(ticket, agreed)
    if until <= at:
        raise Refused("wait_in_the_past", until=until)
    if until > at + MOST_DAYS * DAY:
        raise Refused("wait_too_long", days=MOST_DAYS)
    if (ticket.waits_for, ticket.waits_until) == (what, until) and agreed in (None, ticket.wait_agreed):
        return []
    return [*taken_by(ticket, by=by, at=at), Waited(at=at, what=what, until=until, by=by, agreed=agreed)]


def answer_and_wait(
    ticket: Ticket,
    *,
    message: Id,
    by: Id,
    channel: str,
    body: str,
    what: WaitFor,
    until: Instant,
    at: Instant,
    agreed: Id | None = None,
) -> list[Accepted | Said | Event]:
    """Answer, and wait from there on: the answer counts, as it would alone."""
    waited = wait(ticket, what=what, until=until, by=by, at=at, agreed=agreed)
    answered = answer(ticket, message=message, by=by, channel=channel, body=body, at=at)
    return [*answered, *(each for each in waited if isinstance(each, Waited))]


def go_on(ticket: Ticket, *, by: Id, at: Instant) -> list[Event]:
    """End the wait."""
    demand_open(ticket)
    return [WaitEnded(at=at, by=by)] if ticket.stage is Stage.WAITING else []
