"""People that the tests are about, and the shortest ways to make them."""

from collections.abc import Sequence
from functools import reduce
from typing import Final

from domain.person import Event, Grant, Person, Right, evolve

ANN: Final = "a" * 32
BEN: Final = "b" * 32
CAT: Final = "c" * 32
ACME: Final = "1" * 32
BOLT: Final = "2" * 32


def registered(person: str, *roles: Right) -> Person:
    return Person(id=person, grants=frozenset(map(Grant, roles)))


def after(person: Person, events: Sequence[Event]) -> Person:
    return reduce(evolve, events, person)
