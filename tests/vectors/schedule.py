"""How the vectors write instants and opening hours, in our terms and back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.calendar import Calendar, Period
from domain.instant import SECOND, Instant
from domain.opening_hours import Hours, OpeningHours, instant_at, open_periods

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def instant(text: str) -> Instant:
    return int(datetime.fromisoformat(text).timestamp()) * SECOND


def iso(at: Instant) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y-%m-%dT%H:%M:%SZ}"


def calendar_of(schedule: Mapping[str, Any], first: date, last: date) -> Calendar:
    """The calendar of the schedule over the local dates from `first` to `last`, both included."""
    zone = schedule["time_zone"]
    span = Period(instant_at(zone, first, 0), instant_at(zone, last, 1440))
    return Calendar("vector", 1, span, open_periods(_opening_hours(schedule, first, last), first, last))


def _opening_hours(schedule: Mapping[str, Any], first: date, last: date) -> OpeningHours:
    annual = set(schedule.get("annual_holidays") or ())
    dates = (first + timedelta(days) for days in range((last - first).days + 1))
    holidays = {date.fromisoformat(day) for day in schedule.get("holidays", ())}
    return OpeningHours(
        zone=schedule["time_zone"],
        weekly={WEEKDAYS.index(day): _hours(hours) for day, hours in schedule["hours"].items()},
        exceptions=_by_date(schedule.get("shifts", {}) | schedule.get("date_overrides", {})),
        holidays=frozenset(holidays | {day for day in dates if f"{day:%m-%d}" in annual}),
        breaks=_by_date(schedule.get("breaks", {})),
    )


def _by_date(days: Mapping[str, list[list[str]]]) -> dict[date, Hours]:
    return {date.fromisoformat(day): _hours(hours) for day, hours in days.items()}


def _hours(hours: list[list[str]]) -> Hours:
    return tuple((minute_of(opens), minute_of(closes)) for opens, closes in hours)


def minute_of(clock: str) -> int:
    """Minutes since midnight of HH:MM, seconds dropped; 24:00 is 1440."""
    hour, minute = clock.split(":")[:2]
    return int(hour) * 60 + int(minute)
