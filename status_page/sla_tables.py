"""Promise and fact of each published service level, this month and the twelve before it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

from sqlalchemy import Connection

from domain.attainment import attainment, frozen, month_of
from domain.classification import Kind, Priority
from domain.configuration import Configuration
from domain.configuration.label import Label
from domain.configuration.level import LevelPublished, Levels
from domain.instant import Duration, Instant
from domain.policy import CalendarRef, Clock
from projections import sla
from projections.sla import Figure

MONTHS: Final = 13

Class: TypeAlias = tuple[Kind, Priority]
Figures: TypeAlias = Mapping[str, Sequence[Figure]]
"""By month."""


@dataclass(frozen=True)
class Fact:
    """Verdicts added up; what each count means stands at `projections.sla.Figure`."""

    decided: int
    breached: int
    excluded: int
    refused: int
    undecided: int

    @property
    def attainment(self) -> int | None:
        """Thousandths of a percent, floored: `attainment/1`; None if nothing was decided."""
        return attainment(self.decided, self.breached)

    @property
    def has_verdicts(self) -> bool:
        return bool(self.decided or self.excluded or self.refused)


@dataclass(frozen=True)
class Promised:
    """A promise in open time of a calendar, the classes of tickets that it is made for, and this month's fact."""

    clock: Clock
    classes: frozenset[Class]
    duration: Duration
    calendar: CalendarRef
    fact: Fact


@dataclass(frozen=True)
class Month:
    """The facts of a month (YYYY-MM) by clock."""

    month: str
    is_frozen: bool
    facts: Mapping[Clock, Fact]

    @property
    def has_verdicts(self) -> bool:
        return any(fact.has_verdicts for fact in self.facts.values())


@dataclass(frozen=True)
class LevelTable:
    """A level with the promises in force (none if it is no longer offered) and its months, the newest first."""

    key: str
    label: Label
    promises: Sequence[Promised]
    months: Sequence[Month]

    @property
    def clocks(self) -> Sequence[Clock]:
        """The clocks that are promised or were judged, in their usual order."""
        shown = {each.clock for each in self.promises}
        shown |= {clock for month in self.months for clock, fact in month.facts.items() if fact.has_verdicts}
        return [clock for clock in Clock if clock in shown]

    @property
    def calendars(self) -> Sequence[CalendarRef]:
        return list(dict.fromkeys(each.calendar for each in self.promises))

    @property
    def promises_by_clock(self) -> Mapping[Clock, Sequence[Promised]]:
        clocks = dict.fromkeys(each.clock for each in self.promises)
        return {clock: [each for each in self.promises if each.clock is clock] for clock in clocks}


def level_tables(
    connection: Connection, configuration: Configuration, zone: str, *, position: int, at: Instant
) -> list[LevelTable]:
    """Every level that is published, and every other one that has public verdicts in these months."""
    figures = {month: _figures(connection, month, zone, position) for month in months_until(at, zone)}
    fixed = frozenset(each for each in figures if frozen(each, zone, at, added(figures[each]).undecided))
    levels = configuration.levels
    offered = [level for level in levels.in_force if configuration.is_published(level, at)]
    counted = {figure.group["level"] for found in figures.values() for figure in found}
    return [
        _table(_newest(levels, level), _of_level(level, figures), fixed, is_offered=level in offered)
        for level in [*offered, *sorted(counted.difference(offered))]
    ]


def months_until(at: Instant, zone: str) -> list[str]:
    """The month of an instant and the twelve before it, the newest first."""
    first = date.fromisoformat(f"{month_of(at, zone)}-01")
    months = [first]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return [f"{month:%Y-%m}" for month in months]


def _figures(connection: Connection, month: str, zone: str, position: int) -> list[Figure]:
    since, until = sla.month(month, zone)
    return sla.figures(connection, since=since, until=until, published=True, position=position)


def _newest(levels: Levels, level: str) -> LevelPublished:
    return levels.published[max(each for each in levels.published if each[0] == level)]


def _of_level(level: str, figures: Figures) -> Figures:
    return {month: [each for each in found if each.group["level"] == level] for month, found in figures.items()}


def _table(level: LevelPublished, figures: Figures, fixed: frozenset[str], *, is_offered: bool) -> LevelTable:
    months = [Month(month, month in fixed, _by_clock(found)) for month, found in figures.items()]
    this_month = next(iter(figures.values()))
    return LevelTable(level.level, level.label, _promises(level, this_month) if is_offered else [], months)


def _promises(level: LevelPublished, figures: Sequence[Figure]) -> list[Promised]:
    """The classes for which a clock promises the same are one row, the strictest first."""
    classes: dict[tuple[Clock, Duration, CalendarRef], set[Class]] = {}
    for each in level.targets:
        promise = each.clock, each.duration, CalendarRef(each.calendar, each.calendar_version)
        classes.setdefault(promise, set()).add((each.kind, each.priority))
    rows = sorted(classes.items(), key=lambda row: ([*Clock].index(row[0][0]), row[0][1]))
    return [
        Promised(clock, frozenset(to), duration, calendar, added(_of(figures, clock, to)))
        for (clock, duration, calendar), to in rows
    ]


def _of(figures: Sequence[Figure], clock: Clock, classes: set[Class]) -> Iterable[Figure]:
    named = {(clock.value, kind.value, priority.value) for kind, priority in classes}
    return (each for each in figures if (each.group["clock"], each.group["kind"], each.group["priority"]) in named)


def _by_clock(figures: Sequence[Figure]) -> Mapping[Clock, Fact]:
    return {clock: added(each for each in figures if each.group["clock"] == clock) for clock in Clock}


def added(figures: Iterable[Figure]) -> Fact:
    """The figures of several groups as one."""
    counts = [(each.decided, each.breached, each.excluded, each.refused, each.undecided) for each in figures]
    return Fact(*(sum(column) for column in zip((0, 0, 0, 0, 0), *counts, strict=True)))
