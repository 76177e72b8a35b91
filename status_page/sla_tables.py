"""Promise and fact of each published service level, this month and the twelve before it.

What is fixed is told as it was published, with its corrections; the other months as the log has them so far.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from domain.attainment import attainment, budget, frozen, month_of
from domain.classification import Class
from domain.configuration import Configuration
from domain.configuration.label import Label
from domain.configuration.level import LevelPublished, Levels
from domain.instant import Duration, Instant
from domain.month import SlaRow, nearest_rank
from domain.policy import CalendarRef, Clock
from projections import months, sla_months
from projections.months import FixedMonth
from projections.sla_months import Cell, Tally
from status_page.edition import Edition

MONTHS: Final = 13


@dataclass(frozen=True)
class Fact:
    """Verdicts added up; what each count means stands at `projections.sla.Figure`."""

    decided: int = 0
    breached: int = 0
    excluded: int = 0
    refused: int = 0
    undecided: int = 0
    reopened: int = 0
    p50: Duration | None = None
    p90: Duration | None = None
    """Open time that the decided clocks took, by nearest rank; None of none, and of several months together."""

    def __add__(self, other: "Fact") -> "Fact":
        return Fact(
            self.decided + other.decided,
            self.breached + other.breached,
            self.excluded + other.excluded,
            self.refused + other.refused,
            self.undecided + other.undecided,
            self.reopened + other.reopened,
        )

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
    """Without percentiles."""


@dataclass(frozen=True)
class Month:
    """The facts of a month (YYYY-MM) by clock; of one that is fixed they are as published, and as corrected since."""

    month: str
    is_frozen: bool
    facts: Mapping[Clock, Fact]
    fixed: FixedMonth | None = None
    """When it was fixed and by which rules, and what was corrected, when and why: of all levels."""

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
    goals: Mapping[Clock, int]
    """The share that is to be kept in each month, in thousandths of a percent, of clocks that have a goal."""

    @property
    def clocks(self) -> Sequence[Clock]:
        """The clocks that are promised or were judged, in their usual order."""
        shown = {each.clock for each in self.promises}
        shown |= {clock for month in self.months for clock, fact in month.facts.items() if fact.has_verdicts}
        return [clock for clock in Clock if clock in shown]

    def budget(self, clock: Clock) -> int | None:
        """How many more may be breached this month, below zero: by how many the goal is missed. None without a goal."""
        fact = self.months[0].facts[clock]
        return budget(fact.decided, fact.breached, self.goals[clock]) if clock in self.goals else None

    @property
    def calendars(self) -> Sequence[CalendarRef]:
        return list(dict.fromkeys(each.calendar for each in self.promises))

    @property
    def promises_by_clock(self) -> Mapping[Clock, Sequence[Promised]]:
        clocks = dict.fromkeys(each.clock for each in self.promises)
        return {clock: [each for each in self.promises if each.clock is clock] for clock in clocks}

    @property
    def twelve_months(self) -> Mapping[Clock, Fact]:
        """The months before this one together."""
        return {clock: sum((month.facts[clock] for month in self.months[1:]), Fact()) for clock in Clock}


@dataclass(frozen=True)
class Known:
    """What is known of a month, of all levels."""

    month: str
    is_frozen: bool
    cells: Sequence[Cell]
    """Of one that is not fixed."""
    fixed: FixedMonth | None

    @property
    def rows(self) -> Sequence[SlaRow]:
        """Of one that is fixed: all kinds and priorities of a clock and level together."""
        return [row for row in self.fixed.current.sla.values() if not row.kind] if self.fixed else []


def tables(edition: Edition) -> Sequence[LevelTable]:
    """Those of an edition; as long as no clock of these months changes they are those of the edition before."""

    def make() -> Sequence[LevelTable]:
        state, position = edition.configured.state, edition.position
        return level_tables(edition.connection, state, edition.zone, position=position, at=edition.at)

    changed = sla_months.changed(edition.connection)
    if any(month.position > edition.position for month in changed.values()):
        return make()
    return edition.as_before("sla_tables", (_made_of(edition), frozenset(changed.items())), make)


def level_tables(
    connection: Connection, configuration: Configuration, zone: str, *, position: int, at: Instant
) -> list[LevelTable]:
    """Every level that is published, and every other one that has public verdicts in these months."""
    known = _known(connection, zone, position=position, at=at)
    levels = configuration.levels
    offered = [level for level in levels.in_force if configuration.is_published(level, at)]
    return tables_of(levels, known, offered)


def tables_of(levels: Levels, known: Sequence[Known], offered: Sequence[str]) -> list[LevelTable]:
    """The levels that are offered, and every other one that has verdicts in what is known of these months."""
    counted = {cell.level for month in known for cell in month.cells}
    counted |= {row.level for month in known for row in month.rows}
    return [
        _table(newest(levels, level), known, is_offered=level in offered)
        for level in [*offered, *sorted(counted.difference(offered))]
    ]


def months_until(at: Instant, zone: str) -> list[str]:
    """The month of an instant and the twelve before it, the newest first."""
    first = date.fromisoformat(f"{month_of(at, zone)}-01")
    found = [first]
    while len(found) < MONTHS:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return [f"{month:%Y-%m}" for month in found]


def added(cells: Iterable[Cell]) -> Fact:
    """The clocks of several classes as one fact."""
    tally = sla_months.added(cells)
    p50, p90 = (nearest_rank(tally.used, percent) if tally.used else None for percent in (50, 90))
    return replace(_counted(tally), p50=p50, p90=p90)


def newest(levels: Levels, level: str) -> LevelPublished:
    """The newest version of a level, in force or not."""
    return levels.published[max(each for each in levels.published if each[0] == level)]


def _made_of(edition: Edition) -> tuple[Hashable, ...]:
    """All but the clocks: the months and which of them are fixed, and which levels are offered."""
    shown, configured = months_until(edition.at, edition.zone), edition.configured
    claims = months.claims(edition.connection, edition.position)
    return (
        *shown,
        *(frozen(month, edition.zone, edition.at, 0) for month in shown),
        *(tuple(claims.get(month, ())) for month in shown),
        configured.version,
        *(level for level in configured.state.levels.in_force if configured.state.is_published(level, edition.at)),
    )


def _known(connection: Connection, zone: str, *, position: int, at: Instant) -> list[Known]:
    """A month in which nothing was due is as good as fixed when its day has come."""
    shown = months_until(at, zone)
    fixed = months.all_fixed(connection, position, since=shown[-1])
    cells = sla_months.cells(connection, [month for month in shown if month not in fixed], position)
    over = {month: month not in cells and frozen(month, zone, at, 0) for month in shown}
    return [Known(each, each in fixed or over[each], cells.get(each, ()), fixed.get(each)) for each in shown]


def _table(level: LevelPublished, known: Sequence[Known], *, is_offered: bool) -> LevelTable:
    found = [Month(each.month, each.is_frozen, _facts(each, level.level), each.fixed) for each in known]
    promises = _promises(level, known[0].cells) if is_offered else []
    goals = {each.clock: each.share for each in level.goals} if is_offered else {}
    return LevelTable(level.level, level.label, promises, found, goals)


def _facts(known: Known, level: str) -> Mapping[Clock, Fact]:
    if known.fixed:
        published = {row.clock: _published(row) for row in known.rows if row.level == level}
        return {clock: published.get(clock, Fact()) for clock in Clock}
    return {clock: added(each for each in known.cells if (each.clock, each.level) == (clock, level)) for clock in Clock}


def _published(row: SlaRow) -> Fact:
    percentiles = (row.p50, row.p90) if row.timed else (None, None)
    return Fact(row.decided, row.breached, row.excluded, row.refused, 0, row.reopened, *percentiles)


def _promises(level: LevelPublished, cells: Sequence[Cell]) -> list[Promised]:
    """The classes for which a clock promises the same are one row, the strictest first."""
    classes: dict[tuple[Clock, Duration, CalendarRef], set[Class]] = {}
    for each in level.targets:
        promise = each.clock, each.duration, CalendarRef(each.calendar, each.calendar_version)
        classes.setdefault(promise, set()).add((each.kind, each.priority))
    rows = sorted(classes.items(), key=lambda row: ([*Clock].index(row[0][0]), row[0][1]))
    return [
        Promised(
            clock, frozenset(to), duration, calendar, _counted(sla_months.added(_of(cells, level.level, clock, to)))
        )
        for (clock, duration, calendar), to in rows
    ]


def _counted(tally: Tally) -> Fact:
    """Without the percentiles, which cost a look at the clocks."""
    return Fact(tally.decided, tally.breached, tally.excluded, tally.refused, tally.undecided, tally.reopened)


def _of(cells: Sequence[Cell], level: str, clock: Clock, classes: set[Class]) -> Iterable[Cell]:
    named = {(clock, level, *each) for each in classes}
    return (each for each in cells if (each.clock, each.level, each.kind, each.priority) in named)
