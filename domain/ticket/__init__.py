"""A ticket, part by part: each module has events, how they change the ticket, and the decisions that make them."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, Final, TypeAlias, get_args

from domain.ticket import (
    assignment,
    classing,
    conversation,
    feedback,
    heir,
    joining,
    notices,
    opening,
    outcome,
    promise,
    provenance,
    retention,
    waiting,
)
from domain.ticket.state import Stage, Ticket

Event: TypeAlias = (
    opening.Event
    | conversation.Event
    | assignment.Event
    | classing.Event
    | waiting.Event
    | outcome.Event
    | joining.Event
    | promise.Event
    | feedback.Event
    | notices.Event
    | provenance.Event
    | heir.Event
    | retention.Event
)

PARTS: Final[tuple[Any, ...]] = (
    opening,
    conversation,
    assignment,
    classing,
    waiting,
    outcome,
    joining,
    promise,
    feedback,
    notices,
    provenance,
    heir,
    retention,
)

EVOLVE: Final[dict[type, Callable[[Ticket, Any], Ticket]]] = {
    event_class: part.evolve for part in PARTS for event_class in get_args(part.Event) or (part.Event,)
}
"""Each event's part folds it; that every part folds all of its own is held by the type checker."""


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket after an event: total, whatever the order of events."""
    return EVOLVE[type(event)](waiting.until_promised(ticket, event.at), event)


def folded(events: Sequence[Event], ticket: Ticket | None = None) -> Ticket:
    """The ticket after these events."""
    return reduce(evolve, events, ticket or Ticket())


__all__ = ["EVOLVE", "PARTS", "Event", "Stage", "Ticket", "evolve", "folded"]
