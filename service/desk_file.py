"""The desk file, `desk.yaml`: what it may say. `docs/desk-file.md` tells what it means.

Shapes only: whether the things that are named are there is for `domain.configuration.missing`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, StringConstraints, model_validator

from domain.attainment import ALL
from domain.classification import Impact, Kind, Priority, Urgency
from domain.configuration.contract import Consent
from domain.configuration.reason import Occasion
from domain.opening_hours import Hours, OpeningHours
from domain.policy import Action, Clock
from domain.routing import DEFAULT, Fact
from service.desk_alerts import AlertsSection
from service.desk_fields import (
    Country,
    Days,
    Kept,
    Key,
    Labelled,
    Languages,
    Lasting,
    Opening,
    Section,
    Text,
    Zone,
    plain,
)
from service.desk_probes import ProbeSection
from service.desk_status import ComponentSection, IncidentTemplateSection, PageSection, UptimeSection
from service.notation import ALWAYS, CLOSED, WEEKDAYS

NOTHING: Final = "none"
"""A target that is taken away where a wider row of the table has one."""
CELL: Final = "write default, a kind, a priority, or kind.priority such as incident.critical"


def _cell(text: str) -> tuple[Kind | None, Priority | None]:
    kind, _, priority = text.rpartition(".")
    try:
        if kind:
            return Kind(kind), Priority(priority)
        if text in set(Kind):
            return Kind(text), None
        return None, None if text == DEFAULT else Priority(text)
    except ValueError:
        raise ValueError(f"{text!r} is no row of the table of targets: {CELL}") from None


def _short_hours(value: Any) -> Any:
    return {"mon-sun": "00:00-24:00"} if value == ALWAYS else value


def _short_target(value: Any) -> Any:
    return None if value == NOTHING else {"within": value} if isinstance(value, str | int) else value


def _short_confirmation(value: Any) -> Any:
    return {"after": value} if isinstance(value, str | int) else value


def _short_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Cell: TypeAlias = Annotated[tuple[Kind | None, Priority | None], PlainValidator(lambda value: _cell(plain(value)))]


class DeskSection(Section):
    zone: Zone = "Etc/UTC"
    languages: Languages = ("ru", "en")
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "RUB"


class HolidaySection(Section):
    country: Country


class CalendarSection(Section):
    zone: Zone
    hours: Annotated[Mapping[Days, Opening], BeforeValidator(_short_hours)]
    holidays: HolidaySection | None = None
    exceptions: Mapping[date, Opening] = {}

    @property
    def weekly(self) -> Mapping[int, Hours]:
        """The hours by weekday."""
        return {day: opening for days, opening in self.hours.items() for day in days}

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        given = [day for days in self.hours for day in days]
        if twice := {WEEKDAYS[day] for day in given if given.count(day) > 1}:
            raise ValueError(f"the hours of {', '.join(sorted(twice))} are given twice: name each day once")
        if not any(self.weekly.values()):
            raise ValueError(f"it is never open: give hours, or {ALWAYS}; {CLOSED} is for single days")
        OpeningHours(self.zone, self.weekly, self.exceptions)
        return self


class TargetSection(Section):
    within: Lasting
    grace: Lasting | None = None
    calendar: Key | None = None


class ConfirmationSection(Section):
    after: Lasting
    calendar: Key | None = None


class StepSection(Section):
    clock: Clock
    at_per_mille: Annotated[int, Field(gt=0, le=10_000)]
    action: Action
    whom: Key | Literal[""] = ""

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if (self.action is Action.RAISE_PRIORITY) == bool(self.whom):
            raise ValueError("notify and transfer need whom: a team, owner or lead; raise_priority has none")
        if self.action is Action.TRANSFER and self.whom in ("owner", "lead"):
            raise ValueError("transfer goes to a team: give its key as whom")
        return self


Row: TypeAlias = Mapping[Clock, Annotated[TargetSection | None, BeforeValidator(_short_target)]]


class LevelSection(Section):
    label: Labelled
    calendar: Key
    targets: Annotated[Mapping[Cell, Row], Field(min_length=1)]
    at_risk_per_mille: Annotated[int, Field(gt=0, le=1000)] = 750
    confirmation: Annotated[ConfirmationSection, BeforeValidator(_short_confirmation)]
    goals: Mapping[Clock, Annotated[int, Field(gt=0, le=ALL)]] = {}
    ladder: tuple[StepSection, ...] = ()

    @model_validator(mode="after")
    def _promises_what_it_aims_at(self) -> Self:
        promised = {clock for row in self.targets.values() for clock, target in row.items() if target}
        for clock in self.goals:
            if clock not in promised:
                raise ValueError(f"there is a goal for {clock} but no target: give one, or leave the goal out")
        return self


class ContractSection(Section):
    organisation: Key
    name: Text
    level: Key
    since: date
    until: date | None = None
    consent: Consent = Consent.NOT_GIVEN

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.until and self.until <= self.since:
            raise ValueError("until is the first day without the contract: it comes after since")
        return self


class TeamSection(Section):
    label: Labelled
    line: Key


class RuleSection(Section):
    key: Key
    when: Mapping[Fact, Annotated[tuple[Text, ...], Field(min_length=1), BeforeValidator(_short_list)]]
    team: Key
    priority: Priority | Literal[""] = ""
    category: Key | Literal[""] = ""

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        for fact, axis in ((Fact.KIND, Kind), (Fact.IMPACT, Impact), (Fact.URGENCY, Urgency)):
            if strange := set(self.when.get(fact, ())) - set(axis):
                raise ValueError(f"there is no {fact} {', '.join(sorted(strange))}: write {', '.join(axis)}")
        return self


class DefaultRoute(Section):
    team: Key
    level: Key


class RoutingSection(Section):
    default: DefaultRoute
    rules: tuple[RuleSection, ...] = ()

    @model_validator(mode="after")
    def _tells_rules_apart(self) -> Self:
        keys = [DEFAULT, *(rule.key for rule in self.rules)]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))}: a key belongs to one rule, and default to the default")
        return self


class RetentionSection(Section):
    closed_tickets: Kept | None = None


def _whole(matrix: Mapping[Impact, Mapping[Urgency, Priority]]) -> Mapping[Impact, Mapping[Urgency, Priority]]:
    cells = [(impact, urgency) for impact in Impact for urgency in Urgency]
    if holes := [f"{impact}.{urgency}" for impact, urgency in cells if urgency not in matrix.get(impact, {})]:
        raise ValueError(f"{', '.join(holes)} is missing: every impact meets every urgency")
    return matrix


def _told_apart(reasons: Mapping[Occasion, Mapping[str, Labelled]]) -> Mapping[Occasion, Mapping[str, Labelled]]:
    keys = [key for each in reasons.values() for key in each]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise ValueError(f"{', '.join(sorted(twice))}: a key belongs to one reason")
    return reasons


def _named_once(contracts: Mapping[str, ContractSection]) -> Mapping[str, ContractSection]:
    names: dict[str, str] = {}
    for contract in contracts.values():
        if names.setdefault(contract.organisation, contract.name) != contract.name:
            raise ValueError(f"{contract.organisation} has two names: write the same in all of its contracts")
    return contracts


class DeskFile(Section):
    """The whole file; what it does not name is withdrawn."""

    moves_open_tickets: bool | None = None
    desk: DeskSection
    calendars: Annotated[Mapping[Key, CalendarSection], Field(min_length=1)]
    levels: Annotated[Mapping[Key, LevelSection], Field(min_length=1)]
    contracts: Annotated[Mapping[Key, ContractSection], AfterValidator(_named_once)] = {}
    lines: Mapping[Key, Labelled]
    teams: Mapping[Key, TeamSection]
    reasons: Annotated[Mapping[Occasion, Mapping[Key, Labelled]], AfterValidator(_told_apart)]
    categories: Mapping[Key, Labelled]
    priorities: Annotated[Mapping[Impact, Mapping[Urgency, Priority]], AfterValidator(_whole)]
    routing: RoutingSection
    component_groups: Mapping[Key, Labelled] = {}
    components: Mapping[Key, ComponentSection] = {}
    probes: Mapping[Key, ProbeSection] = {}
    alerts: AlertsSection = AlertsSection()
    uptime: UptimeSection = UptimeSection()
    retention: RetentionSection = RetentionSection()
    incident_templates: Mapping[Key, IncidentTemplateSection] = {}
    page: PageSection = PageSection()

    @model_validator(mode="after")
    def _is_called_by_the_watchdog(self) -> Self:
        key = self.alerts.heartbeat
        if key in self.probes and self.probes[key].heartbeat is None:
            raise ValueError(f"alerts.heartbeat: {key} is a probe, but no heartbeat: name one that is")
        return self
