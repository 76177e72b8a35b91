"""When the desk is open: now, from when or until when, and on which days otherwise than in other weeks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from domain.calendar import Calendar, CalendarEnded
from domain.configuration import Configuration
from domain.configuration.calendar import CalendarPublished
from domain.instant import Instant
from domain.opening_hours import END_OF_DAY, Hours, instant_at
from status_page.words import WEEKDAYS, local

AHEAD: Final = 365
"""Days."""


@dataclass(frozen=True)
class Opening:
    """Whether it is open, and until when it is so; None: for ever, or for as long as anybody knows."""

    is_open: bool
    until: Instant | None


@dataclass(frozen=True)
class SpecialDays:
    """Days in a row with the same hours, which are not those of their weekday; no hours: it is closed."""

    first: date
    last: date
    hours: Hours


def opening(calendar: Calendar, at: Instant) -> Opening | None:
    """How it stands at an instant; None where the calendar does not know."""
    try:
        is_open = calendar.is_open(at)
    except CalendarEnded:
        return None
    try:
        return Opening(is_open, calendar.next_close(at) if is_open else calendar.next_open(at))
    except CalendarEnded:
        return Opening(is_open, None)


def edges(configuration: Configuration, at: Instant) -> list[Instant]:
    """When a channel of the page opens or closes next, of each that will."""
    calendars = {configuration.calendars[configuration.newest(each.calendar)] for each in configuration.page.channels}
    openings = (opening(calendar, at) for calendar in calendars)
    return [each.until for each in openings if each and each.until is not None]


def special_days(calendar: Calendar, published: CalendarPublished, at: Instant) -> list[SpecialDays]:
    """Those of a year ahead; none of a calendar that names no weekday."""
    weekly = _weekly(published.hours)
    known = _days(calendar, published.zone, at) if weekly else ()
    days = ((day, hours, hours != weekly.get(day.weekday(), ())) for day, hours in known)
    # A weekend that is closed anyway does not part the days off around it.
    rows = (list(group) for _, group in groupby(days, key=lambda each: (each[1], each[2] or not each[1])))
    unlike = ([(day, hours) for day, hours, is_special in row if is_special] for row in rows)
    return [SpecialDays(row[0][0], row[-1][0], row[0][1]) for row in unlike if row]


def _weekly(lines: Sequence[str]) -> Mapping[int, Hours]:
    """The hours by weekday; 0 is Monday."""
    numbers = {name: number for number, name in enumerate(WEEKDAYS["en"])}
    said = (line.partition(" ") for line in lines)
    return {numbers[day]: _hours(told) for day, _, told in said if day in numbers}


def _hours(told: str) -> Hours:
    """`09:00-13:00, 13:00-18:00` as minutes of the day, what touches as one; anything else is closed."""
    merged: list[tuple[int, int]] = []
    for opens, closes in (map(_minute_of, each.split("-")) for each in told.split(", ") if "-" in each):
        joined = merged.pop()[0] if merged and merged[-1][1] == opens else opens
        merged.append((joined, closes))
    return tuple(merged)


def _minute_of(told: str) -> int:
    hours, minutes = told.split(":")
    return int(hours) * 60 + int(minutes)


def _days(calendar: Calendar, zone: str, at: Instant) -> Iterator[tuple[date, Hours]]:
    """The local days from that of an instant on, each with its hours, as far as the calendar goes."""
    today = local(at, zone).date()
    for day in (today + timedelta(ahead) for ahead in range(AHEAD)):
        start, end = instant_at(zone, day, 0), instant_at(zone, day, END_OF_DAY)
        if calendar.span.start <= start and end <= calendar.span.end:
            opens = (each for each in calendar.slices(start, end) if each.open)
            yield day, tuple((_minute_at(each.start, zone), _minute_at(each.end, zone) or END_OF_DAY) for each in opens)


def _minute_at(at: Instant, zone: str) -> int:
    """The minute of the local day."""
    then = local(at, zone)
    return then.hour * 60 + then.minute
