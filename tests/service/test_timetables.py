from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import TZPATH

import pytest

from domain.calendar import Period
from domain.configuration import calendar as calendars
from domain.configuration.calendar import Timetable, evolve
from domain.instant import HOUR, Instant
from service.desk_file import CalendarSection
from service.timetables import timetable


def instant(text: str) -> Instant:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


NOW = instant("2026-06-15")


def made(at: Instant = NOW, **section: Any) -> Timetable:
    values = {"zone": "Europe/Moscow", "hours": {"mon-fri": "09:00-18:00"}} | section
    return timetable("office", CalendarSection.model_validate(values), {}, at)


def hours_on(day: str, **section: Any) -> int:
    """Open hours of a Moscow date."""
    start = instant(day) - 3 * HOUR
    periods = made(**section).periods
    return sum(each.end - each.start for each in periods if start <= each.start < start + 24 * HOUR) // HOUR


RUSSIA = {"country": "RU"}


def test_a_calendar_covers_whole_local_years_from_the_last_to_the_one_after_next() -> None:
    assert made().span == Period(instant("2024-12-31T21:00"), instant("2028-12-31T21:00"))


def test_around_the_clock_is_one_period() -> None:
    always = made(hours="24x7")
    assert always.periods == (always.span,)


def test_a_public_holiday_is_closed() -> None:
    assert (hours_on("2026-01-05"), hours_on("2026-01-05", holidays=RUSSIA)) == (9, 0)


def test_a_moved_day_off_is_closed() -> None:
    assert (hours_on("2025-05-02"), hours_on("2025-05-02", holidays=RUSSIA)) == (9, 0)


def test_a_working_saturday_has_the_hours_of_friday() -> None:
    assert (hours_on("2025-11-01"), hours_on("2025-11-01", holidays=RUSSIA)) == (0, 9)


def test_a_saturday_that_is_worked_anyhow_keeps_its_hours() -> None:
    hours = {"mon-fri": "09:00-18:00", "sat": "10:00-14:00"}
    assert hours_on("2025-11-01", hours=hours, holidays=RUSSIA) == 4


def test_an_own_exception_wins_over_a_holiday() -> None:
    assert hours_on("2026-01-05", holidays=RUSSIA, exceptions={"2026-01-05": "10:00-12:00"}) == 2


def test_an_own_exception_wins_over_a_working_saturday() -> None:
    assert hours_on("2025-11-01", holidays=RUSSIA, exceptions={date(2025, 11, 1): "closed"}) == 0


def test_the_hours_are_told_in_words() -> None:
    told = made(hours={"mon-tue": "09:00-12:30"}, holidays=RUSSIA, exceptions={"2026-12-31": "closed"}).hours
    assert told[:2] == ("mon 09:00-12:30", "tue 09:00-12:30")
    assert told[2].startswith("holidays of RU (holidays 0.")
    assert told[3] == "2026-12-31 closed"


@pytest.mark.parametrize("folders", [TZPATH, ()])
def test_the_release_of_the_time_zone_data_is_told(folders: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.timetables.TZPATH", folders)
    assert made().tz_data.startswith("20")


def test_the_release_of_the_system_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tzdata.zi").write_text("# version 2026a\nR A 1916\n")
    monkeypatch.setattr("service.timetables.TZPATH", (str(tmp_path),))
    assert made().tz_data == "2026a"


def test_a_known_calendar_is_worked_out_from_its_first_year_on() -> None:
    known: calendars.Calendars = {}
    for event in calendars.changes({}, made(), at=NOW):
        known = evolve(known, event)
    section = CalendarSection.model_validate({"zone": "Europe/Moscow", "hours": {"mon-fri": "09:00-18:00"}})
    later = timetable("office", section, known, instant("2030-06-15"))
    assert later.span == Period(instant("2024-12-31T21:00"), instant("2032-12-31T21:00"))
    assert not calendars.is_amended(known, later)
