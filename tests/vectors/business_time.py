"""Business-time arithmetic: schedule, operation, input."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from domain.calendar import Calendar, CalendarEnded, Slice
from domain.instant import HOUR, MINUTE, SECOND
from domain.opening_hours import instant_at
from tests.vectors.outcome import Excluded, Failed, Outcome, Passed
from tests.vectors.schedule import WEEKDAYS, calendar_of, instant, iso, minute_of

Given: TypeAlias = dict[str, Any]

UNITS = {"seconds": SECOND, "minutes": MINUTE, "hours": HOUR}
ALL_WEEK = {weekday: [["00:00", "24:00"]] for weekday in WEEKDAYS}
DAYS_AROUND = (9, 90, 900, 9000)


def run_case(case: dict[str, Any]) -> Outcome:
    if case["op"] in {"add_days", "add_workdays", "days_between"} or case["input"].get("unit") == "days":
        return Excluded("a target is an amount of open time; working days are no unit of it")
    got = _answer(case["op"], case["schedule"], case["input"])
    if case["reference_check"] == "source_raises":
        return Passed()
    expected = case.get("expected_alt", case.get("expected"))
    return Passed() if got == expected else Failed(expected, got)


def _answer(op: str, schedule: Given, given: Given) -> Any:
    """From the narrowest calendar around the input that knows the answer."""
    if op in OF_SCHEDULE:
        return OF_SCHEDULE[op](schedule, given)
    days = [
        date.fromisoformat(given[name][:10]) for name in ("time", "start", "end", "origin", "until") if name in given
    ]
    for around in DAYS_AROUND:
        calendar = calendar_of(schedule, min(days) - timedelta(around), max(days) + timedelta(around))
        with suppress(CalendarEnded):
            return OF_CALENDAR[op](calendar, given)
    raise LookupError(f"no answer within {DAYS_AROUND[-1]} days")


def _add(calendar: Calendar, given: Given) -> str:
    amount = given["amount"] * UNITS[given["unit"]]
    return _later(calendar, given, amount) if amount >= 0 else _earlier(calendar, given, -amount)


def _sub(calendar: Calendar, given: Given) -> str:
    amount = given["amount"] * UNITS[given["unit"]]
    return _earlier(calendar, given, amount) if amount >= 0 else _later(calendar, given, -amount)


def _later(calendar: Calendar, given: Given, amount: int) -> str:
    return iso(calendar.after(instant(given["time"]), amount))


def _earlier(calendar: Calendar, given: Given, amount: int) -> str:
    return iso(calendar.before(instant(given["time"]), amount))


def _within(calendar: Calendar, given: Given) -> float:
    return calendar.elapsed(instant(given["start"]), instant(given["end"])) / SECOND


def _active(calendar: Calendar, given: Given) -> bool:
    return calendar.is_open(instant(given["time"]))


def _next_open(calendar: Calendar, given: Given) -> str:
    return iso(calendar.next_open(instant(given["time"])))


def _next_close(calendar: Calendar, given: Given) -> str:
    return iso(calendar.next_close(instant(given["time"])))


def _prev_open(calendar: Calendar, given: Given) -> str:
    """The source counts a closing instant as open and an opening instant as not yet."""
    time = instant(given["time"])
    begun = [period for period in calendar.periods if period.start < time]
    if not begun:
        raise CalendarEnded(calendar.key, calendar.version, calendar.span.end)
    return iso(min(time, begun[-1].end))


def _periods_after(calendar: Calendar, given: Given) -> list[list[str]]:
    until = instant(given["until"]) if "until" in given else calendar.span.end
    return _listed(calendar, given, list(calendar.slices(instant(given["origin"]), until)))


def _periods_before(calendar: Calendar, given: Given) -> list[list[str]]:
    until = instant(given["until"]) if "until" in given else calendar.span.start
    return _listed(calendar, given, list(calendar.slices(until, instant(given["origin"])))[::-1])


def _listed(calendar: Calendar, given: Given, slices: list[Slice]) -> list[list[str]]:
    found = [[iso(part.start), iso(part.end)] for part in slices if part.open]
    if "count" in given and len(found) <= given["count"]:
        raise CalendarEnded(calendar.key, calendar.version, calendar.span.end)
    return found[: given.get("count")]


def _on_holiday(schedule: Given, given: Given) -> bool:
    return _closed_by(("holidays", "annual_holidays"), schedule, given)


def _on_break(schedule: Given, given: Given) -> bool:
    return _closed_by(("breaks",), schedule, given)


def _closed_by(causes: tuple[str, ...], schedule: Given, given: Given) -> bool:
    """Whether a desk that is else always open is closed then."""
    kept = {cause: schedule[cause] for cause in causes if cause in schedule}
    day = date.fromisoformat(given["time"][:10])
    around = {"time_zone": schedule["time_zone"], "hours": ALL_WEEK} | kept
    return not calendar_of(around, day - timedelta(2), day + timedelta(2)).is_open(instant(given["time"]))


def _working_day(schedule: Given, given: Given) -> bool:
    moment = datetime.fromisoformat(given["time"])
    day = (moment.astimezone(ZoneInfo(schedule["time_zone"])) if moment.tzinfo else moment).date()
    return bool(calendar_of(schedule, day, day).periods)


def _local_to_utc(schedule: Given, given: Given) -> str:
    day, _, clock = given["local"].partition("T")
    return iso(instant_at(schedule["time_zone"], date.fromisoformat(day), minute_of(clock)))


OF_CALENDAR: dict[str, Callable[[Calendar, Given], Any]] = {
    "add": _add,
    "sub": _sub,
    "within": _within,
    "active": _active,
    "next_open": _next_open,
    "next_close": _next_close,
    "prev_open": _prev_open,
    "periods_after": _periods_after,
    "periods_before": _periods_before,
}
OF_SCHEDULE: dict[str, Callable[[Given, Given], Any]] = {
    "on_holiday": _on_holiday,
    "on_break": _on_break,
    "working_day": _working_day,
    "local_to_utc": _local_to_utc,
}
