"""What somebody wants the configuration to be, as a whole, and whether it holds together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.configuration.alert_rules import AlertRulesSet
from domain.configuration.calendar import Timetable
from domain.configuration.component import ComponentDefined
from domain.configuration.contract import ContractSigned
from domain.configuration.definitions import Definition, Name, name_of
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.configuration.level import LevelPublished
from domain.configuration.page import PageDescribed
from domain.configuration.probe import ProbeDefined
from domain.configuration.routing import RoutingSet
from domain.configuration.team import TeamDefined
from domain.routing import Fact

ROLES: Final = frozenset({"", "owner", "lead"})
"""Whom a step of a ladder may name beside a team: the ticket's owner, the team's lead, nobody."""


@dataclass(frozen=True)
class Wanted:
    """Everything: what is not here is withdrawn. `configure` fills in instants, versions and `open_tickets`."""

    calendars: tuple[Timetable, ...]
    levels: tuple[LevelPublished, ...]
    definitions: tuple[Definition, ...]
    moves_open_tickets: bool | None = None
    """Whether open tickets go over to the versions that this brings; an amended calendar must say."""


class Missing(NamedTuple):
    """Something that is named, but not there, and what names it."""

    name: Name
    needed_by: Name


def missing(wanted: Wanted) -> list[Missing]:
    """Every reference that leads nowhere."""
    there = {
        *(Name("calendar", each.key) for each in wanted.calendars),
        *(Name("level", each.level) for each in wanted.levels),
        *(name_of(each) for each in wanted.definitions),
    }
    return [each for each in _references(wanted) if each.name not in there]


def _references(wanted: Wanted) -> Iterator[Missing]:
    for level in wanted.levels:
        yield from (Missing(name, Name("level", level.level)) for name in _of_level(level))
    for each in wanted.definitions:
        yield from (Missing(name, name_of(each)) for name in _of_definition(each))


def _of_level(level: LevelPublished) -> list[Name]:
    calendars = dict.fromkeys((*(each.calendar for each in level.targets), level.confirmation_calendar))
    teams = dict.fromkeys(step.whom for step in level.ladder if step.whom not in ROLES)
    return [*(Name("calendar", key) for key in calendars), *(Name("team", key) for key in teams)]


def _of_definition(definition: Definition) -> Iterator[Name]:
    match definition:
        case TeamDefined():
            yield Name("line", definition.line)
        case ComponentDefined():
            yield Name("component_group", definition.group)
        case IncidentTemplateDefined():
            yield from (Name("component", key) for key in definition.components)
        case ProbeDefined():
            yield from [Name("component", definition.component)] if definition.component else []
        case AlertRulesSet():
            yield from dict.fromkeys(_of_alerts(definition))
        case ContractSigned():
            yield Name("level", definition.level)
        case PageDescribed():
            yield from _of_page(definition)
        case RoutingSet():
            yield from dict.fromkeys(_of_routing(definition))
        case _:
            pass


def _of_page(page: PageDescribed) -> Iterator[Name]:
    yield from dict.fromkeys(Name("calendar", each.calendar) for each in page.channels)
    yield from (Name("level", key) for key in page.owed)


def _of_alerts(alerts: AlertRulesSet) -> Iterator[Name]:
    if alerts.heartbeat:
        yield Name("probe", alerts.heartbeat)
    for rule in alerts.rules:
        named = Name("component", rule.component), Name("incident_template", rule.template)
        yield from (name for name in named if name.key)


def _of_routing(routing: RoutingSet) -> Iterator[Name]:
    yield from (Name("level", routing.level), Name("line", routing.rules.line), Name("team", routing.rules.team))
    for rule in routing.rules.ordered:
        yield from (Name("line", rule.line), Name("team", rule.team))
        categories = (rule.category, *rule.conditions.get(Fact.CATEGORY, ()))
        yield from (Name("category", key) for key in categories if key)
        yield from (Name("level", key) for key in rule.conditions.get(Fact.LEVEL, ()))
