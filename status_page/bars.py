"""Bars: ninety days of a component, day by day, as one small drawing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from itertools import groupby, pairwise
from typing import Final

from domain.component import ComponentStatus, State, worst
from domain.instant import Instant
from domain.opening_hours import instant_at
from domain.uptime import Rule, Stretch, Uptime, clipped, uptime
from status_page.edition import Edition
from status_page.words import local

DAYS: Final = 90
REMEMBERED: Final = 1_000
"""Courses until yesterday, of as many components and groups, and the drawings of them with today."""
HEIGHTS: Final[Mapping[State, int]] = {
    ComponentStatus.MAJOR_OUTAGE: 12,
    ComponentStatus.PARTIAL_OUTAGE: 11,
    ComponentStatus.DEGRADED: 10,
    ComponentStatus.UNDER_MAINTENANCE: 9,
    ComponentStatus.OPERATIONAL: 8,
    None: 2,
}
"""Of twelve."""


@dataclass(frozen=True)
class Day:
    """A day of a component, as far as it has come."""

    date: date
    course: Sequence[Stretch]
    """What was said of it, stretch by stretch; nothing of a day before its first."""
    uptime: Uptime

    @cached_property
    def state(self) -> State:
        """The worst of the day."""
        return worst([each.state for each in self.course])


@dataclass(frozen=True)
class Bars:
    """The days, oldest first."""

    days: Sequence[Day]

    @cached_property
    def uptime(self) -> Uptime:
        """What came of all of them."""
        return sum((day.uptime for day in self.days), Uptime())

    @cached_property
    def tally(self) -> Mapping[State, int]:
        """How many days were so at worst."""
        states = [day.state for day in self.days]
        return {state: states.count(state) for state in dict.fromkeys(states)}

    @property
    def paths(self) -> Sequence[tuple[State, str]]:
        """The drawing, one path (SVG 2, 9.3) for days in a row that were alike, so that it stays small.

        A day is one unit wide; worse days are higher, so that nobody has to tell colours apart.
        """
        return _paths(tuple(day.state for day in self.days))


def last_days(edition: Edition) -> list[date]:
    """The day of the edition and those before it, oldest first."""
    today = local(edition.at, edition.zone).date()
    return [today - timedelta(days=before) for before in reversed(range(DAYS))]


def bars(course: Sequence[Stretch], dates: Sequence[date], zone: str, rule: Rule) -> Bars:
    """What was said of a component, cut at the midnights of a zone. Days that are over are cut once."""
    today, tomorrow = (midnight(dates[-1] + timedelta(days=more), zone) for more in (0, 1))
    weights = tuple(rule.weights.items())
    over = _over(tuple(clipped(course, midnight(dates[0], zone), today)), tuple(dates[:-1]), zone, weights)
    part = tuple(clipped(course, today, tomorrow))
    return Bars([*over, Day(dates[-1], part, uptime(part, rule))])


@lru_cache(4 * REMEMBERED)
def midnight(day: date, zone: str) -> Instant:
    """When a day begins."""
    return instant_at(zone, day, 0)


@lru_cache(REMEMBERED)
def _over(
    course: Sequence[Stretch], dates: Sequence[date], zone: str, weights: Sequence[tuple[ComponentStatus, int]]
) -> Sequence[Day]:
    edges, rule = [midnight(day, zone) for day in (*dates, dates[-1] + timedelta(days=1))], Rule(dict(weights))
    parts = [tuple(clipped(course, *ends)) for ends in pairwise(edges)]
    return [Day(day, part, uptime(part, rule)) for day, part in zip(dates, parts, strict=True)]


@lru_cache(REMEMBERED)
def _paths(states: Sequence[State]) -> Sequence[tuple[State, str]]:
    return [*_drawn(states)]


def _drawn(states: Sequence[State]) -> Iterator[tuple[State, str]]:
    for state, days in groupby(enumerate(states), key=lambda each: each[1]):
        numbers = [number for number, _ in days]
        height = HEIGHTS[state]
        yield state, f"M{numbers[0]} {12 - height}" + "m1 0".join([f"h.8v{height}h-.8z"] * len(numbers))
