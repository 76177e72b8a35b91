"""From the desk file to what the configuration is to be: keys to ids, dates to instants, tables filled in."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Final

from domain.classification import Kind, Priority
from domain.component import ComponentStatus
from domain.configuration import Wanted
from domain.configuration.calendar import Calendars
from domain.configuration.category import CategoryDefined
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.configuration.contract import ContractSigned
from domain.configuration.definitions import Definition
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.configuration.label import Label
from domain.configuration.level import Goal, LevelPublished, OpenTickets, Promise
from domain.configuration.line import LineDefined
from domain.configuration.page import Channel, PageDescribed
from domain.configuration.priorities import PrioritiesSet
from domain.configuration.reason import ReasonDefined
from domain.configuration.retention import RetentionSet
from domain.configuration.routing import RoutingSet
from domain.configuration.team import TeamDefined
from domain.configuration.uptime import UptimeRuleSet
from domain.instant import Instant
from domain.opening_hours import instant_at
from domain.policy import Clock, Step
from domain.routing import Fact, Rule, Rules
from service.desk_fields import Explained, Labelled, Worded
from service.desk_file import DeskFile, LevelSection, RuleSection, TargetSection
from service.desk_status import IncidentTemplateSection, PageSection, UptimeSection
from service.timetables import timetable
from service.wanted_alerts import alert_rules
from service.wanted_probes import probe_of
from store.names import Naming

USUAL_GRACE: Final = 4
"""The share of a target that is its grace unless the file says another: a quarter."""
NOWHERE: Final = ""
"""The line of a team that is not there: the missing team is reported."""


def wanted_of(file: DeskFile, calendars: Calendars, name: Naming, at: Instant) -> Wanted:
    """What the file wants at an instant, given the calendars so far; it may still name what is not there."""
    return Wanted(
        calendars=tuple(timetable(key, section, calendars, at) for key, section in file.calendars.items()),
        levels=tuple(_level(key, section, at) for key, section in file.levels.items()),
        definitions=(*_definitions(file, name, at), _routing(file, name, at), *_contracts(file, name, at)),
        moves_open_tickets=file.moves_open_tickets,
    )


def _level(key: str, section: LevelSection, at: Instant) -> LevelPublished:
    return LevelPublished(
        at=at,
        level=key,
        version=0,
        label=_label(section.label),
        targets=tuple(_promises(section)),
        at_risk_per_mille=section.at_risk_per_mille,
        confirmation=section.confirmation.after,
        confirmation_calendar=section.confirmation.calendar or section.calendar,
        confirmation_calendar_version=0,
        ladder=tuple(Step(step.clock, step.at_per_mille, step.action, step.whom) for step in section.ladder),
        open_tickets=OpenTickets.STAY,
        goals=tuple(Goal(clock, section.goals[clock]) for clock in Clock if clock in section.goals),
    )


def _promises(section: LevelSection) -> Iterator[Promise]:
    for kind, priority, clock in product(Kind, Priority, Clock):
        target = _target(section, kind, priority, clock)
        if target:
            grace = target.grace or target.within // USUAL_GRACE
            yield Promise(kind, priority, clock, target.within, grace, target.calendar or section.calendar, 0)


def _target(section: LevelSection, kind: Kind, priority: Priority, clock: Clock) -> TargetSection | None:
    """The narrowest row that names the clock: kind and priority, then priority, then kind, then default."""
    for cell in ((kind, priority), (None, priority), (kind, None), (None, None)):
        row = section.targets.get(cell, {})
        if clock in row:
            return row[clock]
    return None


def _definitions(file: DeskFile, name: Naming, at: Instant) -> Iterator[Definition]:
    for key, label in file.lines.items():
        yield LineDefined(at=at, key=key, label=_label(label))
    for key, team in file.teams.items():
        yield TeamDefined(at=at, key=key, label=_label(team.label), line=team.line)
    for occasion, reasons in file.reasons.items():
        yield from (
            ReasonDefined(at=at, key=key, label=_label(each), occasion=occasion) for key, each in reasons.items()
        )
    for key, label in file.categories.items():
        yield CategoryDefined(at=at, key=key, label=_label(label))
    yield PrioritiesSet(at=at, matrix=file.priorities)
    yield from _components(file, at)
    yield from (probe_of(key, each, at) for key, each in file.probes.items())
    yield _uptime_rule(file.uptime, at)
    yield alert_rules(file.alerts, name, at)
    yield RetentionSet(at=at, closed_tickets=file.retention.closed_tickets)
    yield from (_incident_template(key, each, at) for key, each in file.incident_templates.items())
    yield _page(file.page, at)


def _components(file: DeskFile, at: Instant) -> Iterator[Definition]:
    for place, (key, label) in enumerate(file.component_groups.items(), start=1):
        yield ComponentGroupDefined(at=at, key=key, label=_label(label), place=place)
    for place, (key, section) in enumerate(file.components.items(), start=1):
        yield ComponentDefined(
            at=at,
            key=key,
            group=section.group,
            label=_label(section.label),
            place=place,
            uptime_target=section.uptime_target,
            alerts=section.alerts,
        )


def _uptime_rule(section: UptimeSection, at: Instant) -> UptimeRuleSet:
    weights = {ComponentStatus(name): weight for name, weight in section.weights}
    return UptimeRuleSet(at=at, weights={ComponentStatus.OPERATIONAL: 0, **weights}, notice=section.notice)


def _incident_template(key: str, section: IncidentTemplateSection, at: Instant) -> IncidentTemplateDefined:
    return IncidentTemplateDefined(
        at=at,
        key=key,
        title=_label(section.title),
        text=_label(section.text),
        status=section.status,
        components=section.components,
    )


def _page(section: PageSection, at: Instant) -> PageDescribed:
    return PageDescribed(
        at=at,
        name=_label(section.name) if section.name else None,
        channels=tuple(
            Channel(each.kind, _label(each.label), each.address, each.calendar) for each in section.channels
        ),
        priorities={priority: _label(each) for priority, each in section.priorities.items()},
        owed={level: _label(each) for level, each in section.owed.items()},
    )


def _routing(file: DeskFile, name: Naming, at: Instant) -> RoutingSet:
    default = file.routing.default
    rules = tuple(_rule(file, rule, name) for rule in file.routing.rules)
    return RoutingSet(at=at, rules=Rules(rules, _line_of(file, default.team), default.team), level=default.level)


def _rule(file: DeskFile, rule: RuleSection, name: Naming) -> Rule:
    conditions = {fact: _values(fact, values, name) for fact, values in rule.when.items()}
    return Rule(rule.key, conditions, _line_of(file, rule.team), rule.team, rule.priority, rule.category)


def _values(fact: Fact, values: tuple[str, ...], name: Naming) -> tuple[str, ...]:
    return tuple(name("organisation", value) for value in values) if fact is Fact.ORGANISATION else values


def _line_of(file: DeskFile, team: str) -> str:
    return file.teams[team].line if team in file.teams else NOWHERE


def _contracts(file: DeskFile, name: Naming, at: Instant) -> Iterator[ContractSigned]:
    def midnight(day: date) -> Instant:
        return instant_at(file.desk.zone, day, 0)

    for key, section in file.contracts.items():
        yield ContractSigned(
            at=at,
            key=name("contract", key),
            organisation=name("organisation", section.organisation),
            level=section.level,
            since=midnight(section.since),
            consent=section.consent,
            until=midnight(section.until) if section.until else None,
        )


def _label(section: Labelled | Explained | Worded) -> Label:
    return Label(section.ru, section.en)
