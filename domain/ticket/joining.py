"""Tickets that belong together: a duplicate becomes part of another, others are linked."""

from typing import TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused
from domain.ticket.state import Stage, Ticket, demand_known, demand_live, demand_open, replace, settled


@event("ticket.merged", en="{by} merged the ticket into {into}", ru="{by}: заявка объединена с {into}")
class Merged:
    """A duplicate: its conversation goes on in the other ticket, and it has no clocks of its own."""

    at: Public[Instant]
    by: Id
    into: Id


@event(
    "ticket.duplicate_joined",
    visibility=Visibility.OPAQUE,
    en="{by} joined the duplicate {duplicate}; taking part from now on: {participants}",
    ru="{by}: присоединён дубликат {duplicate}; теперь участвуют: {participants}",
)
class DuplicateJoined:
    """The other side of a merge: whoever asked there goes on here."""

    at: Public[Instant]
    by: Id
    duplicate: Id
    participants: tuple[Id, ...] = ()
    """Those who come with it, in ascending order; nobody in the events that are older than the field."""


@event(
    "ticket.linked",
    visibility=Visibility.OPAQUE,
    en="{by} linked the ticket to {to}: {how}",
    ru="{by}: заявка связана с {to} ({how})",
)
class Linked:
    """Related to another ticket."""

    at: Public[Instant]
    by: Id
    to: Id
    how: str


@event(
    "ticket.unlinked",
    visibility=Visibility.OPAQUE,
    en="{by} removed the link to {to}: {how}",
    ru="{by}: связь с {to} ({how}) снята",
)
class Unlinked:
    """Not related after all."""

    at: Public[Instant]
    by: Id
    to: Id
    how: str


Event: TypeAlias = Merged | DuplicateJoined | Linked | Unlinked


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket beside others."""
    match event:
        case Merged():
            merged = replace(settled(ticket), stage=Stage.MERGED, merged_into=event.into)
            return replace(merged, over_since=event.at, clocks=ticket.clocks.merged())
        case DuplicateJoined():
            duplicates = ticket.duplicates | {event.duplicate}
            return replace(ticket, duplicates=duplicates, participants=ticket.participants.union(event.participants))
        case Linked():
            return replace(ticket, links=ticket.links | {(event.to, event.how)})
        case Unlinked():
            return replace(ticket, links=ticket.links - {(event.to, event.how)})
        case _:
            assert_never(event)


def merge(ticket: Ticket, *, ticket_id: Id, into: Id, organisation: Id, by: Id, at: Instant) -> list[Event]:
    """Make it part of another ticket of the same organisation (`organisation` is the other one's)."""
    if ticket.merged_into == into:
        return []
    demand_live(ticket)
    if into == ticket_id:
        raise Refused("merge_into_itself", reference=ticket.reference)
    if organisation != ticket.organisation:
        raise Refused("merge_across_organisations", reference=ticket.reference)
    return [Merged(at=at, by=by, into=into)]


def askers(ticket: Ticket) -> frozenset[Id]:
    """Who asked for it, here or in a duplicate of it, and goes on where it goes on."""
    return ticket.participants | {ticket.requester}


def join_duplicate(
    ticket: Ticket, *, duplicate: Id, by: Id, at: Instant, participants: frozenset[Id] = frozenset()
) -> list[Event]:
    """Take a duplicate in: only where work goes on, or what the duplicate asks for would be lost.

    `participants` are those who asked there; whoever asks here already is no news.
    """
    if duplicate in ticket.duplicates:
        return []
    demand_open(ticket)
    new = tuple(sorted(participants - askers(ticket)))
    return [DuplicateJoined(at=at, by=by, duplicate=duplicate, participants=new)]


def link(ticket: Ticket, *, ticket_id: Id, to: Id, how: str, by: Id, at: Instant) -> list[Event]:
    """Relate it to another ticket."""
    demand_known(ticket)
    if to == ticket_id:
        raise Refused("link_to_itself", reference=ticket.reference)
    return [] if (to, how) in ticket.links else [Linked(at=at, by=by, to=to, how=how)]


def unlink(ticket: Ticket, *, to: Id, how: str, by: Id, at: Instant) -> list[Event]:
    """Take the relation back."""
    demand_known(ticket)
    return [Unlinked(at=at, by=by, to=to, how=how)] if (to, how) in ticket.links else []
