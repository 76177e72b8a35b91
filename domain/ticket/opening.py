"""Opening a ticket, by the client or by staff on the client's behalf."""

from enum import StrEnum
from typing import TypeAlias

from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.clock import Terms
from domain.event import Content, Id, Public, Sealed, event
from domain.instant import Instant
from domain.refusal import Refused
from domain.ticket.state import Stage, Ticket, replace


class Publicity(StrEnum):
    """Whether the ticket's envelopes are clear and count in the public figures: settled at the opening, for good."""

    PUBLISHED = "published"
    OPAQUE = "opaque"


@event(
    "ticket.opened",
    en="{by} opened ticket {reference} by {channel}",
    ru="{by}: открыта заявка {reference}, канал {channel}",
)
class TicketOpened:
    """A client asked for something; where it went and why is part of it."""

    at: Public[Instant]
    kind: Public[Kind]
    priority: Public[Priority]
    level: Public[str]
    policy: Public[int]
    reference: str
    publicity: Publicity
    channel: str
    by: Id
    requester: Id
    organisation: Id
    impact: Impact
    urgency: Urgency
    complexity: Complexity
    line: str
    team: str
    rule: str
    """The routing rule that sent it there."""
    text: Sealed
    """The requester's `subject` and `body`."""
    category: str | None = None


Event: TypeAlias = TicketOpened


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """A ticket that is opened."""
    terms = Terms(event.at, event.level, event.policy, event.kind, event.priority)
    return replace(
        ticket,
        stage=Stage.OPENED,
        reference=event.reference,
        published=event.publicity is Publicity.PUBLISHED,
        requester=event.requester,
        organisation=event.organisation,
        level=event.level,
        policy=event.policy,
        kind=event.kind,
        priority=event.priority,
        impact=event.impact,
        urgency=event.urgency,
        category=event.category,
        complexity=event.complexity,
        line=event.line,
        team=event.team,
        clocks=ticket.clocks.opened(event.at, terms),
    )


def open_ticket(ticket: Ticket, opening: TicketOpened) -> list[Event]:
    """Open it, with somebody to look at it; a ticket that is open already stays as it is."""
    if ticket.stage is not Stage.NONE:
        return []
    if not (opening.line and opening.team):
        raise Refused("team_missing")
    return [opening]


def asked(requester: Id, subject: str, body: str) -> Content:
    """What the requester wrote, under the requester's key."""
    return Content(requester, {"subject": subject, "body": body})
