"""From the opening hours of a desk file to the open periods that the log stores."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Final
from zoneinfo import TZPATH, ZoneInfo

from domain.calendar import Period
from domain.configuration.calendar import Calendars, Timetable, latest
from domain.instant import SECOND, Instant
from domain.opening_hours import END_OF_DAY, Hours, OpeningHours, instant_at, open_periods
from service.desk_file import CalendarSection
from service.notation import CLOSED, WEEKDAYS
from service.public_holidays import PublicHolidays, public_holidays

BEFORE: Final = 1
AFTER: Final = 2
ROUND_THE_CLOCK_AFTER: Final = 50
"""Whole local years around the current one that a calendar covers; one that never closes is a single period."""


def timetable(key: str, section: CalendarSection, calendars: Calendars, at: Instant) -> Timetable:
    """The calendar over whole local years around `at`, and over all that its newest version covers."""
    known = latest(calendars, key)
    after = ROUND_THE_CLOCK_AFTER if _never_closes(section) else AFTER
    first, last = _span(section.zone, at, since=known.span.start if known else at, after=after)
    years = range(first.year, last.year + 1)
    public = public_holidays(section.holidays.country, years) if section.holidays else None
    span = Period(instant_at(section.zone, first, 0), instant_at(section.zone, last, END_OF_DAY))
    return Timetable(
        key=key,
        zone=section.zone,
        tz_data=_tz_data(),
        hours=tuple(_in_words(section, public)),
        span=span,
        periods=(span,) if _never_closes(section) else open_periods(opening_hours(section, public), first, last),
    )


def opening_hours(section: CalendarSection, public: PublicHolidays | None) -> OpeningHours:
    """The hours with the public holidays; the file's own exceptions win over those."""
    own = section.exceptions
    working = {day: _worked_hours(section.weekly, day) for day in (public.working if public else ())}
    return OpeningHours(
        zone=section.zone,
        weekly=section.weekly,
        exceptions={**working, **own},
        holidays=(public.days_off if public else frozenset()) - own.keys(),
    )


def _never_closes(section: CalendarSection) -> bool:
    whole = ((0, END_OF_DAY),)
    return not section.holidays and not section.exceptions and all(section.weekly.get(day) == whole for day in range(7))


def _span(zone: str, at: Instant, since: Instant, after: int) -> tuple[date, date]:
    first = min(_local(zone, at).year - BEFORE, (_local(zone, since) + timedelta(days=1)).year)
    return date(first, 1, 1), date(_local(zone, at).year + after, 12, 31)


def _local(zone: str, at: Instant) -> date:
    return datetime.fromtimestamp(at // SECOND, ZoneInfo(zone)).date()


def _worked_hours(weekly: Mapping[int, Hours], day: date) -> Hours:
    """The hours of that weekday, or of the one before it that is worked: on a working Saturday those of Friday."""
    worked = (weekly.get((day - timedelta(back)).weekday()) for back in range(7))
    return next(filter(None, worked), ())


def _in_words(section: CalendarSection, public: PublicHolidays | None) -> Iterator[str]:
    for weekday, hours in sorted(section.weekly.items()):
        yield f"{WEEKDAYS[weekday]} {_hours_text(hours)}"
    if public:
        yield public.source
    for day, hours in sorted(section.exceptions.items()):
        yield f"{day} {_hours_text(hours)}"


def _hours_text(hours: Hours) -> str:
    clock = [f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}" for opens, closes in hours]
    return ", ".join(clock) or CLOSED


def _tz_data() -> str:
    """The release of the time zone data in use: the system's (2026a), else that of the `tzdata` package (2026.1)."""
    files = (Path(folder) / "tzdata.zi" for folder in TZPATH)
    system = next((file for file in files if file.is_file()), None)
    if system is None:
        return version("tzdata")
    with system.open() as lines:
        return str(lines.readline().split()[-1])
