"""From opening hours, as people state them in their local time, to the open periods that a calendar version stores."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from domain.calendar import Period
from domain.instant import Instant

Hours: TypeAlias = tuple[tuple[int, int], ...]
"""Stretches of one local day: minutes since midnight, from and to; 1440 is the end of the day."""

END_OF_DAY: Final = 1440
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class OpeningHours:
    """When a desk is open, in the local time of an IANA zone; anything malformed is a `ValueError`."""

    zone: str
    weekly: Mapping[int, Hours]
    """By weekday, 0 is Monday; a missing weekday is closed."""
    exceptions: Mapping[date, Hours] = field(default_factory=dict)
    """Instead of the weekday's hours on that date; empty is closed."""
    holidays: frozenset[date] = frozenset()
    """Closed, exceptions notwithstanding."""
    breaks: Mapping[date, Hours] = field(default_factory=dict)
    """Cut out of the hours of that date."""

    def __post_init__(self) -> None:
        _zone(self.zone)
        for weekday in self.weekly:
            if weekday not in range(7):
                raise ValueError(f"{weekday} is no weekday: Monday is 0, Sunday is 6")
        for days in (self.weekly, self.exceptions, self.breaks):
            for hours in days.values():
                _check(hours)


def open_periods(hours: OpeningHours, first: date, last: date) -> tuple[Period, ...]:
    """The open periods of the local dates from `first` to `last` inclusive: ascending, touching ones merged.

    A date that the zone skipped (Pacific/Apia 2011-12-30) has no hours.
    """
    dates = (first + timedelta(days) for days in range((last - first).days + 1))
    return tuple(_merged(period for day in dates for period in _open_on(hours, day)))


def instant_at(zone: str, day: date, minute: int) -> Instant:
    """The instant of a local time, by PEP 495 with fold 0.

    A time inside a gap moves forward by the gap; an ambiguous time is its first occurrence.
    """
    midnight = datetime.combine(day, time())
    local = (midnight + timedelta(minutes=minute)).replace(tzinfo=_zone(zone))
    return (local - EPOCH) // timedelta(milliseconds=1)


def _open_on(hours: OpeningHours, day: date) -> list[Period]:
    if day in hours.holidays or instant_at(hours.zone, day, 0) == instant_at(hours.zone, day, END_OF_DAY):
        return []
    periods = _periods(hours.zone, day, hours.exceptions.get(day, hours.weekly.get(day.weekday(), ())))
    for pause in _periods(hours.zone, day, hours.breaks.get(day, ())):
        periods = [part for period in periods for part in _without(period, pause)]
    return periods


def _periods(zone: str, day: date, hours: Hours) -> list[Period]:
    """Hours that a gap leaves without duration (02:30 moves past 03:15) are none."""
    periods = (Period(instant_at(zone, day, opens), instant_at(zone, day, closes)) for opens, closes in hours)
    return [period for period in periods if period.start < period.end]


def _without(period: Period, pause: Period) -> Iterator[Period]:
    if period.start < min(period.end, pause.start):
        yield Period(period.start, min(period.end, pause.start))
    if max(period.start, pause.end) < period.end:
        yield Period(max(period.start, pause.end), period.end)


def _merged(periods: Iterable[Period]) -> list[Period]:
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and period.start <= merged[-1].end:
            merged[-1] = Period(merged[-1].start, max(merged[-1].end, period.end))
        else:
            merged.append(period)
    return merged


def _check(hours: Hours) -> None:
    for opens, closes in hours:
        if not 0 <= opens < closes <= END_OF_DAY:
            raise ValueError(f"hours from minute {opens} to minute {closes} are no part of a day")
    for earlier, later in pairwise(sorted(hours)):
        if earlier[1] > later[0]:
            raise ValueError(f"hours from minute {later[0]} begin before those until minute {earlier[1]} end")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone") from error
