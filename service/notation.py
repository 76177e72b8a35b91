"""How a desk file writes durations, hours and weekdays."""

import re
from typing import Final

from domain.instant import DAY, HOUR, MINUTE, SECOND, Duration
from domain.opening_hours import END_OF_DAY, Hours

UNITS: Final = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
DURATION: Final = re.compile(r"(?=.)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
YEARS: Final = re.compile(r"([1-9]\d*)y")
STRETCH: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS: Final = "24x7"
CLOSED: Final = "closed"


def duration(text: str) -> Duration:
    """Milliseconds of `1d12h`, `4h`, `1h30m`, `45s`: a day is 24 hours of open time, whatever the opening hours."""
    found = DURATION.fullmatch(text)
    numbers = found.groups(default="0") if found else ()
    amount = sum(int(number) * unit for number, unit in zip(numbers, UNITS.values(), strict=False))
    if not amount:
        raise ValueError(f"{text!r} is no duration: write for example 30m, 4h, 1h30m or 2d")
    return amount


def period(text: str) -> Duration:
    """Milliseconds of `3y`, or of a duration: elapsed time, where a year is 365 days."""
    years = YEARS.fullmatch(text)
    return int(years[1]) * 365 * DAY if years else duration(text)


def duration_text(amount: Duration) -> str:
    """The shortest way to write whole seconds; nothing is `0s`."""
    parts = []
    for letter, unit in UNITS.items():
        number, amount = divmod(amount, unit)
        parts += [f"{number}{letter}"] if number else []
    return "".join(parts) or "0s"


def hours(text: str) -> Hours:
    """Stretches of a day as minutes since midnight: `09:00-18:00, 19:00-21:00`, `00:00-24:00` or `closed`."""
    return () if text == CLOSED else tuple(_stretch(part.strip()) for part in text.split(","))


def weekdays(text: str) -> range:
    """Weekdays, Monday is 0: `mon`, `mon-fri`; a range does not run over the end of the week."""
    first, dash, last = text.partition("-")
    last = last if dash else first
    if first not in WEEKDAYS or last not in WEEKDAYS:
        raise ValueError(f"{text!r} is no weekday: write {', '.join(WEEKDAYS)} or a range such as mon-fri")
    days = range(WEEKDAYS.index(first), WEEKDAYS.index(last) + 1)
    if not days:
        raise ValueError(f"{text!r} runs over the end of the week: write two lines")
    return days


def _stretch(text: str) -> tuple[int, int]:
    found = STRETCH.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} are no hours: write for example 09:00-18:00, or {CLOSED}")
    hour, minute, last_hour, last_minute = map(int, found.groups())
    opens, closes = hour * 60 + minute, last_hour * 60 + last_minute
    if max(minute, last_minute) > 59 or not opens < closes <= END_OF_DAY:  # noqa: PLR2004 -- minutes of an hour
        raise ValueError(f"{text!r} is no part of a day: it opens before it closes, 24:00 at the latest")
    return opens, closes
