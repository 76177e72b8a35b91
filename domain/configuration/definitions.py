"""Things with a key that are defined, defined anew and withdrawn; what is kept of each is its last definition."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple, TypeAlias

from domain.configuration.alert_rules import NONE, AlertRulesSet
from domain.configuration.category import CategoryDefined, CategoryWithdrawn
from domain.configuration.component import (
    ComponentDefined,
    ComponentGroupDefined,
    ComponentGroupWithdrawn,
    ComponentWithdrawn,
)
from domain.configuration.contract import ContractEnded, ContractSigned
from domain.configuration.incident_template import IncidentTemplateDefined, IncidentTemplateWithdrawn
from domain.configuration.line import LineDefined, LineWithdrawn
from domain.configuration.page import PLAIN, PageDescribed
from domain.configuration.priorities import PrioritiesSet
from domain.configuration.probe import ProbeDefined, ProbeWithdrawn
from domain.configuration.reason import ReasonDefined, ReasonWithdrawn
from domain.configuration.retention import KEPT, RetentionSet
from domain.configuration.routing import RoutingSet
from domain.configuration.team import TeamDefined, TeamWithdrawn
from domain.configuration.uptime import USUAL, UptimeRuleSet
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
    | UptimeRuleSet
    | RetentionSet
    | IncidentTemplateDefined
    | ProbeDefined
    | AlertRulesSet
    | PageDescribed
    | ContractSigned
)
Withdrawal: TypeAlias = (
    LineWithdrawn
    | TeamWithdrawn
    | ReasonWithdrawn
    | CategoryWithdrawn
    | ComponentGroupWithdrawn
    | ComponentWithdrawn
    | IncidentTemplateWithdrawn
    | ProbeWithdrawn
    | ContractEnded
)

WITHDRAWALS: Final[Mapping[str, Callable[..., Withdrawal]]] = {
    "line": LineWithdrawn,
    "team": TeamWithdrawn,
    "reason": ReasonWithdrawn,
    "category": CategoryWithdrawn,
    "component_group": ComponentGroupWithdrawn,
    "component": ComponentWithdrawn,
    "incident_template": IncidentTemplateWithdrawn,
    "probe": ProbeWithdrawn,
    "contract": ContractEnded,
}
"""By noun; the matrix, the page and the rules of routing, uptime, alerts, retention are told anew, never withdrawn."""


class Name(NamedTuple):
    """A thing by its noun and key; the noun is the first half of the names of its events."""

    noun: str
    key: str


Definitions: TypeAlias = Mapping[Name, Definition]


def name_of(event: Definition | Withdrawal) -> Name:
    return Name(shape_of(type(event)).name.partition(".")[0], event.key)


UNSAID: Final[Definitions] = {name_of(each): each for each in (USUAL, PLAIN, KEPT, NONE)}
"""What is in force without having been defined."""


def evolve(known: Definitions, event: Definition | Withdrawal) -> Definitions:
    """What is defined after an event."""
    if isinstance(event, Definition):
        return {**known, name_of(event): event}
    return {name: each for name, each in known.items() if name != name_of(event)}


def changes(known: Definitions, wanted: Iterable[Definition], *, at: Instant) -> list[Definition | Withdrawal]:
    """Define what is new or different, then withdraw what is not wanted."""
    wished = {name_of(each): each for each in wanted}
    in_force = {**UNSAID, **known}
    gone = [name for name in known if name not in wished and name.noun in WITHDRAWALS]
    return [
        *(replace(each, at=at) for name, each in wished.items() if not _is_same(in_force.get(name), each)),
        *(WITHDRAWALS[name.noun](at=at, key=name.key) for name in gone),
    ]


def _is_same(known: Definition | None, wanted: Definition) -> bool:
    return known is not None and known == replace(wanted, at=known.at)
