"""Tickets that belong together: a duplicate becomes part of another, others are linked."""

from dataclasses import replace
from typing import TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused
from domain.ticket.state import Stage, Ticket, demand_known, demand_live, demand_open, settled


@event("ticket.merged", en="{by} merged the ticket into {into}", ru="{by}: заявка объединена с {into}")
class Merged:
    """A duplicate: its conversation goes on in the other ticket, and it has no clocks of its own."""

    at: Public[Instant]
    by: Id
    into: Id


@event(
    "ticket.duplicate_joined",
    visibility=Visibility.OPAQUE,
    en="{by} joined the duplicate {duplicate}",
    ru="{by}: присоединён дубликат {duplicate}",
)
class DuplicateJoined:
    """The other side of a merge."""

    at: Public[Instant]
    by: Id
    duplicate: Id


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
            clocks = ticket.clocks.merged()
            return replace(settled(ticket), stage=Stage.MERGED, merged_into=event.into, clocks=clocks)
        case DuplicateJoined():
            return replace(ticket, duplicates=ticket.duplicates | {event.duplicate})
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


def join_duplicate(ticket: Ticket, *, duplicate: Id, by: Id, at: Instant) -> list[Event]:
    """Take a duplicate in: only where work goes on, or what the duplicate asks for would be lost."""
    if duplicate in ticket.duplicates:
        return []
    demand_open(ticket)
    return [DuplicateJoined(at=at, by=by, duplicate=duplicate)]


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
