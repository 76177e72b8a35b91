"""A person, part by part: each module has events, how they change the person, and the decisions that make them."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, Final, TypeAlias, get_args

from domain.person import absence, identity, membership
from domain.person.state import Absence, Grant, Person, Right

Event: TypeAlias = identity.Event | membership.Event | absence.Event
Decision: TypeAlias = Callable[[Person], Sequence[Event]]

EVOLVE: Final[dict[type, Callable[[Person, Any], Person]]] = {
    event_class: part.evolve for part in (identity, membership, absence) for event_class in get_args(part.Event)
}
"""Each event's part folds it; that every part folds all of its own is held by the type checker."""


def evolve(person: Person, event: Event) -> Person:
    """The person after an event: total, whatever the order of events."""
    return EVOLVE[type(event)](person, event)


def in_turn(person: Person, *decisions: Decision) -> list[Event]:
    """Several decisions at once, each about the person that the ones before it leave: all of them, or `Refused`."""
    events: list[Event] = []
    for decide in decisions:
        events += decide(reduce(evolve, events, person))
    return events


__all__ = ["EVOLVE", "Absence", "Decision", "Event", "Grant", "Person", "Right", "evolve", "in_turn"]
