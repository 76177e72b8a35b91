"""The share of clocks kept, how many more may be missed, and the month in which each counts."""

from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from domain.instant import Instant
from domain.opening_hours import EPOCH, instant_at

ALL: Final = 100_000
"""Thousandths of a percent: 100.000 %."""

FREEZING_DAY: Final = 5


def attainment(decided: int, breached: int) -> int | None:
    """`attainment/1`: verdicts met, in thousandths of a percent, floored: (decided - breached) * 100000 // decided.

    Excluded and refused verdicts are in neither number. None if nothing was decided.
    """
    return (decided - breached) * ALL // decided if decided else None


def allowed(decided: int, goal: int) -> int:
    """How many of them may be breached: decided * (100000 - goal) // 100000, the goal in thousandths of a percent."""
    return decided * (ALL - goal) // ALL


def budget(decided: int, breached: int, goal: int) -> int:
    """`budget/1`: how many more may be breached so that the goal is kept; below zero it is missed by so many."""
    return allowed(decided, goal) - breached


def month_of(instant: Instant, zone: str) -> str:
    """The calendar month (YYYY-MM) of an instant in an IANA zone: a verdict counts in that of its due instant."""
    local = (EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone))
    return f"{local.year:04}-{local.month:02}"


def freezes_at(month: str, zone: str) -> Instant:
    """The 5th of the next month at 00:00 in the zone; a month that is not YYYY-MM is a `ValueError`."""
    next_month = date.fromisoformat(f"{month}-01") + timedelta(days=31)
    return instant_at(zone, next_month.replace(day=FREEZING_DAY), 0)


def frozen(month: str, zone: str, at: Instant, undecided: int) -> bool:
    """Whether the month is fixed: its day has come, and no clock that is due in it is undecided."""
    return undecided == 0 and at >= freezes_at(month, zone)
