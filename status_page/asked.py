"""What is asked of the past: `?at=`, an instant or a day."""

from datetime import date, datetime, time, timedelta
from typing import Final, Literal
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from domain.instant import DAY, Instant
from domain.opening_hours import EPOCH

LONGEST: Final = 40


class NotAnInstant(Exception):
    """It cannot be read, or is still to come."""

    def __init__(self, code: Literal["instant", "ahead"]) -> None:
        super().__init__(code)
        self.code = code


def instant_of(query: bytes, zone: str, now: Instant) -> Instant | None:
    """The instant of `at` (RFC 3339; without an offset in the zone of the desk); of a day its end, of today now.

    None if nothing of the past is asked for; `NotAnInstant` if that cannot be answered.
    """
    said = parse_qs(query.decode("latin-1"), keep_blank_values=True).get("at")
    if said is None:
        return None
    at = _read(said[-1].strip().replace(" ", "+"), zone, now)
    if at > now:
        raise NotAnInstant("ahead")
    return at


def _read(text: str, zone: str, now: Instant) -> Instant:
    """A `+` of an offset that was not encoded comes as a blank."""
    try:
        if len(text) > LONGEST:
            raise NotAnInstant("instant")
        if len(text) == len("2026-11-22"):
            day = date.fromisoformat(text)
            end = _instant(datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))) - 1
            return now if end - DAY < now <= end else end
        then = datetime.fromisoformat(text)
        return _instant(then if then.tzinfo else then.replace(tzinfo=ZoneInfo(zone)))
    except (ValueError, OverflowError):
        raise NotAnInstant("instant") from None


def _instant(then: datetime) -> Instant:
    return (then - EPOCH) // timedelta(milliseconds=1)
