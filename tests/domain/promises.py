"""A service level to test with; time is told in hours since the start of the calendars."""

from collections.abc import Mapping

from domain.calendar import Calendar, Period, always
from domain.classification import Kind, Priority
from domain.clock import Clocks, Run, Terms
from domain.instant import DAY, HOUR, Instant
from domain.policy import Book, CalendarRef, Clock, Policy, Target

SPAN = Period(0, 100 * DAY)
ROUND = CalendarRef("round the clock", 1)
OFFICE = CalendarRef("office", 1)
OFFICE_HOURS = tuple(Period(day * DAY + 9 * HOUR, day * DAY + 18 * HOUR) for day in range(100))
CALENDARS = {ROUND: always("round the clock", 1, SPAN), OFFICE: Calendar("office", 1, SPAN, OFFICE_HOURS)}


def target(hours: float, grace: float = 0, calendar: CalendarRef = ROUND) -> Target:
    return Target(int(hours * HOUR), int(grace * HOUR), calendar)


def book(
    normal: Mapping[Clock, Target], critical: Mapping[Clock, Target] | None = None, at_risk_per_mille: int = 750
) -> Book:
    """One level with targets for incidents of two priorities."""
    targets = {(Kind.INCIDENT, Priority.NORMAL): normal, (Kind.INCIDENT, Priority.CRITICAL): critical or {}}
    return Book({("gold", 1): Policy("gold", 1, targets, 0, ROUND, at_risk_per_mille)}, CALENDARS)


def terms(since: Instant = 0, priority: Priority = Priority.NORMAL, *, agreed: bool = False) -> Terms:
    return Terms(since, "gold", 1, Kind.INCIDENT, priority, agreed)


def opened(hour: float = 0) -> Clocks:
    return Clocks().opened(h(hour), terms(h(hour)))


def critical(hour: float, *, agreed: bool = False) -> Terms:
    return terms(h(hour), Priority.CRITICAL, agreed=agreed)


def h(hours: float) -> Instant:
    return int(hours * HOUR)


def run(clocks: Clocks, clock: Clock, instance: int = 1) -> Run:
    return next(run for run in clocks.runs if (run.clock, run.instance) == (clock, instance))


def running(clocks: Clocks) -> set[Clock]:
    return {run.clock for run in clocks.runs if run.stopped is None}
