"""What is said on a ticket: by the client, to the client, by a machine, and among the staff."""

from typing import TypeAlias, assert_never

from domain.event import Content, Id, Public, Sealed, Visibility, event
from domain.instant import Instant
from domain.ticket.assignment import Accepted, taken_by
from domain.ticket.state import Ticket, WaitFor, demand_known, demand_live, demand_text, replace, resumed


@event(
    "ticket.client_wrote",
    en="{by} wrote by {channel}; taken down by staff: {taken_down_by}",
    ru="{by}: сообщение клиента, канал {channel}; записал сотрудник: {taken_down_by}",
)
class ClientWrote:
    """A message of the client; by whatever channel, it counts the same."""

    at: Public[Instant]
    message: Public[Id]
    """What an agreement of the client refers to, if the client sent it."""
    by: Id
    channel: str
    text: Sealed
    taken_down_by: Id | None = None
    """Who of the staff wrote down what the client said; None: the client sent it."""


@event("ticket.answered", en="{by} answered by {channel}", ru="{by}: ответ клиенту, канал {channel}")
class Answered:
    """A public answer by a person."""

    at: Public[Instant]
    message: Id
    by: Id
    channel: str
    text: Sealed


@event(
    "ticket.auto_replied",
    visibility=Visibility.OPAQUE,
    en="An automatic reply was sent by {channel}",
    ru="Отправлен автоматический ответ, канал {channel}",
)
class AutoReplied:
    """A machine wrote to the client: it never counts as an answer."""

    at: Public[Instant]
    message: Id
    channel: str
    text: Sealed


@event("ticket.noted", visibility=Visibility.OPAQUE, en="{by} left an internal note", ru="{by}: внутренняя заметка")
class Noted:
    """For the staff alone."""

    at: Public[Instant]
    message: Id
    by: Id
    text: Sealed


Event: TypeAlias = ClientWrote | Answered | AutoReplied | Noted


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket after something was said."""
    ticket = replace(ticket, messages=ticket.messages | {event.message})
    match event:
        case ClientWrote():
            return _heard(ticket, event)
        case Answered():
            silent_since = None if ticket.silent_since is None else event.at
            return replace(ticket, silent_since=silent_since, clocks=ticket.clocks.answered(event.at))
        case AutoReplied() | Noted():
            return ticket
        case _:
            assert_never(event)


def _heard(ticket: Ticket, event: ClientWrote) -> Ticket:
    """Whoever waited for the client waits no longer."""
    sent = frozenset({event.message} if event.taken_down_by is None else ())
    clocks = ticket.clocks.client_wrote(event.at)
    heard = replace(ticket, client_messages=ticket.client_messages | sent, clocks=clocks)
    return resumed(heard) if ticket.waits_for is WaitFor.CLIENT else heard


def write(
    ticket: Ticket,
    *,
    message: Id,
    by: Id,
    channel: str,
    body: str,
    at: Instant,
    taken_down_by: Id | None = None,
) -> list[Event]:
    """A message of the client, under the key of whoever it is from; what staff take down agrees to nothing."""
    demand_live(ticket)
    text = Content(by, {"body": body})
    wrote = ClientWrote(at=at, message=message, by=by, channel=channel, text=text, taken_down_by=taken_down_by)
    return _once(ticket, wrote)


def answer(ticket: Ticket, *, message: Id, by: Id, channel: str, body: str, at: Instant) -> list[Accepted | Event]:
    """A public answer; it belongs to the requester, to whom it was given."""
    demand_live(ticket)
    demand_text("body", body)
    answered = _once(ticket, Answered(at=at, message=message, by=by, channel=channel, text=told(ticket, body)))
    return [*taken_by(ticket, by=by, at=at), *answered] if answered else []


def reply_automatically(ticket: Ticket, *, message: Id, channel: str, body: str, at: Instant) -> list[Event]:
    """What a machine told the client."""
    demand_live(ticket)
    return _once(ticket, AutoReplied(at=at, message=message, channel=channel, text=told(ticket, body)))


def note(ticket: Ticket, *, message: Id, by: Id, body: str, at: Instant) -> list[Event]:
    """A note for the staff; closed tickets may still get one."""
    demand_known(ticket)
    return _once(ticket, Noted(at=at, message=message, by=by, text=told(ticket, body)))


def told(ticket: Ticket, body: str) -> Content:
    """What is written to or about the requester, under the requester's key; its organisation's if that was erased."""
    return Content(ticket.subject, {"body": body})


def _once(ticket: Ticket, event: Event) -> list[Event]:
    return [] if event.message in ticket.messages else [event]
