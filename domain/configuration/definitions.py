"""Things with a key that are defined, defined anew and withdrawn; what is kept of each is its last definition."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from domain.configuration.category import CategoryDefined, CategoryWithdrawn
from domain.configuration.component import (
    ComponentDefined,
    ComponentGroupDefined,
    ComponentGroupWithdrawn,
    ComponentWithdrawn,
)
from domain.configuration.contract import ContractEnded, ContractSigned
from domain.configuration.line import LineDefined, LineWithdrawn
from domain.configuration.priorities import PrioritiesSet
from domain.configuration.reason import ReasonDefined, ReasonWithdrawn
from domain.configuration.routing import RoutingSet
from domain.configuration.team import TeamDefined, TeamWithdrawn
from domain.event import shape_of
from domain.instant import Instant

Definition: TypeAlias = (
    LineDefined
    | TeamDefined
    | ReasonDefined
    | CategoryDefined
    | PrioritiesSet
    | RoutingSet
    | ComponentGroupDefined
    | ComponentDefined
    | ContractSigned
)
Withdrawal: TypeAlias = (
    LineWithdrawn
    | TeamWithdrawn
    | ReasonWithdrawn
    | CategoryWithdrawn
    | ComponentGroupWithdrawn
    | ComponentWithdrawn
    | ContractEnded
)

WITHDRAWALS: Final[Mapping[str, Callable[..., Withdrawal]]] = {
    "line": LineWithdrawn,
    "team": TeamWithdrawn,
    "reason": ReasonWithdrawn,
    "category": CategoryWithdrawn,
    "component_group": ComponentGroupWithdrawn,
    "component": ComponentWithdrawn,
    "contract": ContractEnded,
}
"""By noun; the matrix and the routing rules are set anew, never withdrawn."""


class Name(NamedTuple):
    """A thing by its noun and key; the noun is the first half of the names of its events."""

    noun: str
    key: str


Definitions: TypeAlias = Mapping[Name, Definition]


def name_of(event: Definition | Withdrawal) -> Name:
    return Name(shape_of(type(event)).name.partition(".")[0], event.key)


def evolve(known: Definitions, event: Definition | Withdrawal) -> Definitions:
    """What is defined after an event."""
    if isinstance(event, Definition):
        return {**known, name_of(event): event}
    return {name: each for name, each in known.items() if name != name_of(event)}


def changes(known: Definitions, wanted: Iterable[Definition], *, at: Instant) -> list[Definition | Withdrawal]:
    """Define what is new or different, then withdraw what is not wanted."""
    wished = {name_of(each): each for each in wanted}
    gone = [name for name in known if name not in wished and name.noun in WITHDRAWALS]
    return [
        *(replace(each, at=at) for name, each in wished.items() if not _is_same(known.get(name), each)),
        *(WITHDRAWALS[name.noun](at=at, key=name.key) for name in gone),
    ]


def _is_same(known: Definition | None, wanted: Definition) -> bool:
    return known is not None and known == replace(wanted, at=known.at)
