"""Levels, calendars, the rule of uptime: what was published is never changed, dated back, or used before its time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from audit.verifier.entry import TOLERATED, Entry
from audit.verifier.report import Fault, Report
from domain import configuration
from domain.calendar import Calendar
from domain.configuration import Configuration
from domain.configuration.calendar import CalendarExtended, CalendarPublished
from domain.configuration.component import ComponentDefined, ComponentWithdrawn
from domain.configuration.level import LevelPublished, LevelWithdrawn
from domain.configuration.uptime import UptimeRuleSet
from domain.event import Source
from domain.instant import Instant
from domain.policy import CalendarRef

Version: TypeAlias = tuple[str, int]
"""Of a service level."""


@dataclass
class Rules:
    """What is configured, as the entries so far have it."""

    report: Report
    configured: Configuration = field(default_factory=Configuration)
    superseded: dict[Version, Instant] = field(default_factory=dict)
    """When versions of levels went out of force."""
    uptime: list[UptimeRuleSet] = field(default_factory=list)
    withdrawn: dict[str, Instant] = field(default_factory=dict)
    """Components that are gone from the page, and since when."""

    def follow(self, entry: Entry, event: Any) -> None:
        """Take in an entry about the configuration."""
        if entry.source is Source.LIVE and entry.is_late:
            self._wrong(entry, f"{entry.name} is dated back: rules hold from when they are stored")
        match event:
            case LevelPublished():
                self._demand_level(entry, event)
                self._supersede(entry, event.level)
            case LevelWithdrawn():
                self._supersede(entry, event.level)
            case CalendarPublished():
                self._demand_next(entry, event.key, event.version, [ref.version for ref in self._calendars(event.key)])
            case CalendarExtended():
                self._demand_later(entry, event)
            case UptimeRuleSet():
                self.uptime.append(event)
            case ComponentDefined():
                self.withdrawn.pop(event.key, None)
            case ComponentWithdrawn():
                self.withdrawn[event.key] = entry.rec
            case _:
                pass
        self.configured = configuration.evolve(self.configured, event)

    def withdrawn_after(self, since: Instant) -> Iterator[str]:
        """The components that are gone from the page, but were still there then."""
        return (key for key, at in self.withdrawn.items() if at > since)

    def demand_in_force(self, entry: Entry, level: str, version: int) -> None:
        """A ticket begins under the version of its level that is in force then, or was until just before."""
        is_in_force = self.configured.levels.in_force.get(level) == version
        if not is_in_force and self.superseded.get((level, version), 0) < entry.rec - TOLERATED:
            self._wrong(entry, f"a ticket begins under version {version} of level {level}, which is not in force")

    def demand_known(self, entry: Entry, level: str, version: int) -> None:
        """What a ticket is moved to was published."""
        if (level, version) not in self.configured.levels.published:
            self._wrong(entry, f"a ticket is moved to version {version} of level {level}, which was never published")

    def _demand_level(self, entry: Entry, told: LevelPublished) -> None:
        versions = [version for level, version in self.configured.levels.published if level == told.level]
        self._demand_next(entry, told.level, told.version, versions)
        promised = [(each.clock, each.kind, each.priority) for each in told.targets]
        wanted = [each.clock for each in told.goals]
        if len(promised) > len({*promised}) or len(wanted) > len({*wanted}):
            self._wrong(entry, f"level {told.level} promises the same thing twice")
        refs = {CalendarRef(each.calendar, each.calendar_version) for each in told.targets}
        for ref in refs - self.configured.calendars.keys():
            self._wrong(entry, f"level {told.level} is measured by a calendar that is not published: {ref.key}")

    def _demand_next(self, entry: Entry, key: str, version: int, known: list[int]) -> None:
        if version != max(known, default=0) + 1:
            self._wrong(entry, f"version {version} of {key} follows version {max(known, default=0)}")

    def _demand_later(self, entry: Entry, told: CalendarExtended) -> None:
        """Time that is known does not change any more."""
        known: Calendar = self.configured.calendars[CalendarRef(told.key, told.version)]
        starts = [known.span.end, *(period.start for period in told.periods)]
        if told.span_end <= known.span.end or min(starts) < known.span.end:
            self._wrong(entry, f"calendar {told.key} is changed where it was known already")

    def _supersede(self, entry: Entry, level: str) -> None:
        if version := self.configured.levels.in_force.get(level):
            self.superseded[level, version] = entry.rec

    def _calendars(self, key: str) -> list[CalendarRef]:
        return [ref for ref in self.configured.calendars if ref.key == key]

    def _wrong(self, entry: Entry, what: str) -> None:
        self.report.find(Fault.RULES, what, entry.place)
