"""Opening a ticket: draw a reference that is free, and store ticket and reservation in one commit."""

from collections.abc import Callable

from domain import ticket
from domain.event import Id
from domain.instant import Instant
from domain.reference import COUNT, reference
from domain.refusal import Refused
from domain.reservation import reserve
from domain.ticket import Ticket
from domain.ticket.intake import Request, opening
from domain.ticket.opening import open_ticket
from store.desk import Desk
from store.look import presume_new
from store.streams import Acted, Command


def open_at(
    desk: Desk, command: Command, stream: Id, request: Request, *, at: Instant, number: Callable[[int], int]
) -> Acted[Ticket, ticket.Event]:
    """Open the ticket in that stream, which the same command does once; `number(n)` draws from 0 to n - 1."""
    while True:
        drawn = reference(number(COUNT))
        presume_new(stream, reserved := desk.name("reference", drawn))
        reservation = desk.reservations.intend(reserved, reserve, holder=stream, at=at)
        opened = opening(request, desk.configured.state(), reference=drawn, at=at)
        try:
            return desk.tickets.act(command.with_also(reservation), stream, open_ticket, opened)
        except Refused as refusal:
            if refusal.code != "name_taken":
                raise


def ticket_of(desk: Desk, digits: str) -> Id | None:
    """The stream of the ticket with that reference, which is never given to another one."""
    [past] = desk.recalled.read(desk.name("reference", digits))
    return desk.reservations.fold(past).holder
