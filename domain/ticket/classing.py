"""What a ticket is held to be, and so what was promised for it."""

from enum import StrEnum
from typing import TypeAlias, assert_never

from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.clock import Terms
from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.policy import Book
from domain.refusal import Refused
from domain.ticket.state import Ticket, demand_agreement, demand_live, demand_open, replace


class Move(StrEnum):
    """Why a ticket is held to other terms than it began with."""

    CONTRACT = "contract"
    """The client concluded another contract."""
    AMENDMENT = "amendment"
    """A new version of the level says that it moves open tickets."""
    CORRECTION = "correction"
    """It was opened under the wrong terms."""


@event("ticket.reprioritised", en="{by} set the priority to {priority}", ru="{by}: приоритет {priority}")
class Reprioritised:
    """Another priority; `agreed` is the client's message that agreed to it, which a later deadline needs."""

    at: Public[Instant]
    priority: Public[Priority]
    by: Id
    impact: Impact
    urgency: Urgency
    agreed: Public[Id | None] = None


@event("ticket.reclassified", en="{by} held it to be a {kind}", ru="{by}: вид заявки {kind}")
class Reclassified:
    """Another kind, and so another row of targets."""

    at: Public[Instant]
    kind: Public[Kind]
    by: Id
    agreed: Public[Id | None] = None


@event(
    "ticket.categorised",
    visibility=Visibility.OPAQUE,
    en="{by} filed it under {category}, {complexity}",
    ru="{by}: категория {category}, сложность {complexity}",
)
class Categorised:
    """What it is about, and how hard it is."""

    at: Public[Instant]
    by: Id
    complexity: Complexity
    category: str | None = None


@event(
    "ticket.terms_moved",
    en="The ticket was moved to version {policy} of level {level}: {reason}",
    ru="Заявка переведена на версию {policy} уровня {level}: {reason}",
)
class TermsMoved:
    """Another level, or another version of it: only ever by this event, with its reason."""

    at: Public[Instant]
    level: Public[str]
    policy: Public[int]
    reason: Public[Move]
    by: Id
    agreed: Public[Id | None] = None


Event: TypeAlias = Reprioritised | Reclassified | Categorised | TermsMoved


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket held to be something else."""
    match event:
        case Reprioritised():
            changed = replace(ticket, priority=event.priority, impact=event.impact, urgency=event.urgency)
        case Reclassified():
            changed = replace(ticket, kind=event.kind)
        case Categorised():
            return replace(ticket, category=event.category, complexity=event.complexity)
        case TermsMoved():
            changed = replace(ticket, level=event.level, policy=event.policy)
        case _:
            assert_never(event)
    return _retermed(changed, event)


def _retermed(ticket: Ticket, event: Reprioritised | Reclassified | TermsMoved) -> Ticket:
    agreed = event.agreed is not None
    terms = Terms(event.at, ticket.level, ticket.policy, ticket.kind, ticket.priority, agreed=agreed)
    return replace(ticket, terms_agreed=event.agreed, clocks=ticket.clocks.retermed(terms))


def reprioritise(
    ticket: Ticket,
    *,
    priority: Priority,
    impact: Impact,
    urgency: Urgency,
    by: Id,
    at: Instant,
    agreed: Id | None = None,
) -> list[Event]:
    """Weigh it anew; without the client's agreement no deadline moves later in its last quarter."""
    demand_open(ticket)
    demand_agreement(ticket, agreed)
    same = (ticket.priority, ticket.impact, ticket.urgency) == (priority, impact, urgency)
    if same and _is_known(ticket, agreed):
        return []
    return [Reprioritised(at=at, priority=priority, by=by, impact=impact, urgency=urgency, agreed=agreed)]


def reclassify(ticket: Ticket, *, kind: Kind, by: Id, at: Instant, agreed: Id | None = None) -> list[Event]:
    """Hold it to be of another kind."""
    demand_open(ticket)
    demand_agreement(ticket, agreed)
    if ticket.kind is kind and _is_known(ticket, agreed):
        return []
    return [Reclassified(at=at, kind=kind, by=by, agreed=agreed)]


def categorise(ticket: Ticket, *, category: str | None, complexity: Complexity, by: Id, at: Instant) -> list[Event]:
    """File it; no promise depends on it."""
    demand_live(ticket)
    if (ticket.category, ticket.complexity) == (category, complexity):
        return []
    return [Categorised(at=at, by=by, category=category, complexity=complexity)]


def move_terms(
    ticket: Ticket,
    *,
    level: str,
    policy: int,
    published: bool,
    reason: Move,
    book: Book,
    by: Id,
    at: Instant,
    agreed: Id | None = None,
) -> list[Event]:
    """Promise something else; without the client's agreement no deadline moves later in its last quarter.

    A ticket that counts in public moves to no level that does not (`published`: whether that level does), or the
    figures of the one client who has it would be told.
    """
    demand_open(ticket)
    demand_agreement(ticket, agreed)
    if (ticket.level, ticket.policy) == (level, policy) and _is_known(ticket, agreed):
        return []
    if ticket.published and ticket.level != level and not published:
        raise Refused("level_not_published", level=level)
    if (level, policy) not in book.policies:
        raise Refused("terms_unknown", level=level, policy=policy)
    return [TermsMoved(at=at, level=level, policy=policy, reason=reason, by=by, agreed=agreed)]


def _is_known(ticket: Ticket, agreed: Id | None) -> bool:
    """Whether the agreement to the terms as they are says nothing new."""
    return agreed in (None, ticket.terms_agreed)
