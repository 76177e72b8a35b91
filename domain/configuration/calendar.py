"""Calendars in the log: a version's open periods never change, its span only grows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, assert_never

from domain.calendar import Calendar, Period
from domain.event import Public, Visibility, event
from domain.instant import Instant
from domain.policy import CalendarRef

LIMIT: Final = 1_200
"""Periods in one event: its envelope stays far below the 65,535 bytes of a C2SP tlog-tiles entry."""


@event(
    "calendar.published",
    visibility=Visibility.CLEAR,
    en="Version {version} of calendar {key} was published",
    ru="Опубликована версия {version} календаря {key}",
)
class CalendarPublished:
    """A version of a calendar with all its open periods, so that nobody needs hours or time zone data to check it."""

    at: Public[Instant]
    key: Public[str]
    version: Public[int]
    zone: Public[str]
    """IANA name; with `tz_data` and `hours` it says where the periods come from, no formula reads it."""
    tz_data: Public[str]
    """The release of the IANA time zone database."""
    hours: Public[tuple[str, ...]]
    """Opening hours in words: weekdays, holidays, exceptional dates."""
    span_start: Public[Instant]
    span_end: Public[Instant]
    periods: Public[tuple[Period, ...]]


@event(
    "calendar.extended",
    visibility=Visibility.CLEAR,
    en="Version {version} of calendar {key} was extended",
    ru="Версия {version} календаря {key} продлена",
)
class CalendarExtended:
    """Later open periods of the same version: from the end of its span so far to `span_end`."""

    at: Public[Instant]
    key: Public[str]
    version: Public[int]
    tz_data: Public[str]
    span_end: Public[Instant]
    periods: Public[tuple[Period, ...]]


Event: TypeAlias = CalendarPublished | CalendarExtended
Calendars: TypeAlias = Mapping[CalendarRef, Calendar]


@dataclass(frozen=True)
class Timetable:
    """What a calendar is to be: the open periods of a whole span, and where they come from."""

    key: str
    zone: str
    tz_data: str
    hours: tuple[str, ...]
    span: Period
    periods: tuple[Period, ...]


def evolve(calendars: Calendars, event: Event) -> Calendars:
    """The calendars after an event."""
    ref = CalendarRef(event.key, event.version)
    match event:
        case CalendarPublished():
            span = Period(event.span_start, event.span_end)
            return {**calendars, ref: Calendar(event.key, event.version, span, event.periods)}
        case CalendarExtended():
            known = calendars[ref]
            span = Period(known.span.start, event.span_end)
            return {**calendars, ref: replace(known, span=span, periods=_joined(known.periods, event.periods))}
        case _:
            assert_never(event)


def changes(calendars: Calendars, wanted: Timetable, *, at: Instant) -> list[Event]:
    """Publish a new calendar, extend a known one in time, or publish its next version if known time changes."""
    known = latest(calendars, wanted.key)
    if known is None:
        return list(_published(wanted, 1, at))
    if is_amended(calendars, wanted):
        return list(_published(wanted, known.version + 1, at))
    return list(_extended(wanted, known.version, known.span.end, at))


def is_amended(calendars: Calendars, wanted: Timetable) -> bool:
    """Whether the open periods would differ within the time that the newest version already covers."""
    known = latest(calendars, wanted.key)
    if known is None:
        return False
    common = Period(max(known.span.start, wanted.span.start), min(known.span.end, wanted.span.end))
    return common.start > common.end or _within(known.periods, common) != _within(wanted.periods, common)


def latest(calendars: Calendars, key: str) -> Calendar | None:
    """The newest version of a calendar."""
    versions = (calendar for ref, calendar in calendars.items() if ref.key == key)
    return max(versions, key=lambda calendar: calendar.version, default=None)


def _published(wanted: Timetable, version: int, at: Instant) -> Iterator[Event]:
    """What one event cannot hold follows as extensions: each leaves a calendar that is true as far as it goes."""
    periods = wanted.periods[:LIMIT]
    rest = wanted.periods[LIMIT:]
    yield CalendarPublished(
        at=at,
        key=wanted.key,
        version=version,
        zone=wanted.zone,
        tz_data=wanted.tz_data,
        hours=wanted.hours,
        span_start=wanted.span.start,
        span_end=rest[0].start if rest else wanted.span.end,
        periods=periods,
    )
    if rest:
        yield from _extended(wanted, version, rest[0].start, at)


def _extended(wanted: Timetable, version: int, since: Instant, at: Instant) -> Iterator[CalendarExtended]:
    while since < wanted.span.end:
        later = _within(wanted.periods, Period(since, wanted.span.end))
        periods, rest = later[:LIMIT], later[LIMIT:]
        since = rest[0].start if rest else wanted.span.end
        yield CalendarExtended(
            at=at, key=wanted.key, version=version, tz_data=wanted.tz_data, span_end=since, periods=periods
        )


def _within(periods: tuple[Period, ...], span: Period) -> tuple[Period, ...]:
    cut = (Period(max(period.start, span.start), min(period.end, span.end)) for period in periods)
    return tuple(period for period in cut if period.start < period.end)


def _joined(earlier: tuple[Period, ...], later: tuple[Period, ...]) -> tuple[Period, ...]:
    """A period that lasts across the end of the old span is one period."""
    if earlier and later and earlier[-1].end == later[0].start:
        return (*earlier[:-1], Period(earlier[-1].start, later[0].end), *later[1:])
    return (*earlier, *later)
