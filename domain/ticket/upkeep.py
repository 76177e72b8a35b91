"""What the desk does to open tickets by itself: an absent owner's pass on, those of amended levels move."""

from collections.abc import Callable

from domain.configuration.level import Levels, OpenTickets
from domain.event import Id
from domain.instant import Instant
from domain.person import Person
from domain.person.absence import responsible_at
from domain.policy import Book
from domain.ticket.assignment import Assigned, Because, OwnerLeft
from domain.ticket.assignment import Event as AssignmentEvent
from domain.ticket.classing import Event as ClassingEvent
from domain.ticket.classing import Move, move_terms
from domain.ticket.state import DESK, Ticket


def has_work(ticket: Ticket) -> bool:
    """Whether its owner has something to do about it."""
    return ticket.is_open or (ticket.is_live and ticket.owes_answer)


def stand_in(ticket: Ticket, *, people: Callable[[Id], Person], at: Instant) -> list[AssignmentEvent]:
    """Make whoever stands in for the owner who is away or has left responsible; whoever is there keeps what they have.

    If nobody stands in, the team has to take it.
    """
    if ticket.owner is None or not has_work(ticket):
        return []
    present = responsible_at(ticket.owner, at, people)
    if present is None:
        return [OwnerLeft(at=at, owner=ticket.owner, team=ticket.team)]
    if present == ticket.owner:
        return []
    return [Assigned(at=at, by=DESK, team=ticket.team, owner=present, because=Because.ABSENCE)]


def amend(ticket: Ticket, *, levels: Levels, book: Book, at: Instant) -> list[ClassingEvent]:
    """Hold an open ticket to the newest version of its level that moves open tickets."""
    version = amended(levels, ticket.level, ticket.policy)
    if version is None or not ticket.is_open:
        return []
    return move_terms(
        ticket,
        level=ticket.level,
        policy=version,
        published=ticket.published,
        reason=Move.AMENDMENT,
        book=book,
        by=DESK,
        at=at,
    )


def amended(levels: Levels, level: str, version: int) -> int | None:
    """The newest later version that moves open tickets; None if there is none."""
    later = (
        each.version
        for each in levels.published.values()
        if each.level == level and each.version > version and each.open_tickets is OpenTickets.MOVE
    )
    return max(later, default=None)
