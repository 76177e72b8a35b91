from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Calendar, Period
from domain.instant import HOUR, MINUTE
from domain.opening_hours import Hours, OpeningHours, instant_at, open_periods

DAY = date(2024, 6, 5)
OFFICE: Hours = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
ALL_DAY: Hours = ((0, 1440),)
EVERY_DAY = range(7)


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def periods(*texts: str) -> tuple[Period, ...]:
    return tuple(Period(*map(utc, text.split("/"))) for text in texts)


def daily(zone: str, hours: Hours) -> OpeningHours:
    return OpeningHours(zone, dict.fromkeys(EVERY_DAY, hours))


def test_hours_are_local() -> None:
    assert open_periods(daily("Asia/Kathmandu", ((540, 1080),)), DAY, DAY) == periods(
        "2024-06-05T03:15/2024-06-05T12:15"
    )


def test_a_missing_weekday_is_closed() -> None:
    assert open_periods(OpeningHours("Etc/UTC", {2: OFFICE}), DAY, date(2024, 6, 11)) == periods(
        "2024-06-05T09:00/2024-06-05T12:00", "2024-06-05T13:00/2024-06-05T18:00"
    )


def test_an_exception_replaces_the_hours_of_its_weekday() -> None:
    hours = OpeningHours("Etc/UTC", {2: OFFICE}, exceptions={DAY: ((600, 660),)})
    assert open_periods(hours, DAY, DAY) == periods("2024-06-05T10:00/2024-06-05T11:00")


def test_an_empty_exception_closes_the_date() -> None:
    assert open_periods(OpeningHours("Etc/UTC", {2: OFFICE}, exceptions={DAY: ()}), DAY, DAY) == ()


def test_a_holiday_beats_an_exception() -> None:
    hours = OpeningHours("Etc/UTC", {}, exceptions={DAY: OFFICE}, holidays=frozenset({DAY}))
    assert open_periods(hours, DAY, DAY) == ()


def test_a_break_is_cut_out_of_every_period_it_meets() -> None:
    hours = OpeningHours("Etc/UTC", {2: OFFICE}, breaks={DAY: ((480, 570), (700, 800), (900, 960))})
    assert open_periods(hours, DAY, DAY) == periods(
        "2024-06-05T09:30/2024-06-05T11:40", "2024-06-05T13:20/2024-06-05T15:00", "2024-06-05T16:00/2024-06-05T18:00"
    )


@pytest.mark.parametrize(
    ("pause", "left"),
    [
        ((480, 600), "2024-06-05T10:00/2024-06-05T12:00"),
        ((540, 600), "2024-06-05T10:00/2024-06-05T12:00"),
        ((660, 720), "2024-06-05T09:00/2024-06-05T11:00"),
    ],
)
def test_a_break_at_the_opening_or_the_closing_leaves_no_empty_period(pause: tuple[int, int], left: str) -> None:
    assert open_periods(OpeningHours("Etc/UTC", {2: OFFICE[:1]}, breaks={DAY: (pause,)}), DAY, DAY) == periods(left)


def test_a_break_may_take_the_whole_day() -> None:
    assert open_periods(OpeningHours("Etc/UTC", {2: OFFICE}, breaks={DAY: ALL_DAY}), DAY, DAY) == ()


def test_touching_hours_in_any_order_are_one_period() -> None:
    hours = daily("Etc/UTC", ((720, 1080), (540, 720)))
    assert open_periods(hours, DAY, DAY) == periods("2024-06-05T09:00/2024-06-05T18:00")


def test_open_over_midnight_is_one_period() -> None:
    assert open_periods(daily("Etc/UTC", ALL_DAY), DAY, date(2024, 6, 6)) == periods(
        "2024-06-05T00:00/2024-06-07T00:00"
    )


def test_a_time_inside_a_gap_moves_forward_by_the_gap() -> None:
    assert instant_at("Europe/Berlin", date(2024, 3, 31), 150) == utc("2024-03-31T01:30")
    assert instant_at("Australia/Lord_Howe", date(2024, 10, 6), 135) == utc("2024-10-05T15:45")


def test_an_ambiguous_time_is_its_first_occurrence() -> None:
    assert instant_at("Europe/Berlin", date(2024, 10, 27), 150) == utc("2024-10-27T00:30")
    assert instant_at("Europe/Moscow", date(2014, 10, 26), 90) == utc("2014-10-25T21:30")


def test_a_time_before_1970_is_negative() -> None:
    assert instant_at("Etc/UTC", date(1969, 12, 31), 23 * 60) == -HOUR


def test_hours_that_a_gap_turns_round_do_not_exist() -> None:
    assert open_periods(daily("Europe/Berlin", ((150, 195),)), date(2024, 3, 31), date(2024, 3, 31)) == ()


def test_hours_that_a_gap_swallows_do_not_exist() -> None:
    assert open_periods(daily("Europe/Berlin", ((120, 180),)), date(2024, 3, 31), date(2024, 3, 31)) == ()


def test_hours_that_a_gap_pushes_over_the_next_ones_are_counted_once() -> None:
    hours = daily("Europe/Berlin", ((60, 150), (180, 195)))
    assert open_periods(hours, date(2024, 3, 31), date(2024, 3, 31)) == periods("2024-03-31T00:00/2024-03-31T01:30")


@pytest.mark.parametrize(("day", "length"), [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25), (DAY, 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, length: int) -> None:
    (period,) = open_periods(daily("Europe/Berlin", ALL_DAY), day, day)
    assert period.end - period.start == length * HOUR


def test_a_date_that_the_zone_skipped_has_no_hours() -> None:
    thursday_and_friday = OpeningHours("Pacific/Apia", {3: ((540, 600),), 4: ((540, 600),)})
    assert open_periods(thursday_and_friday, date(2011, 12, 29), date(2011, 12, 31)) == periods(
        "2011-12-29T19:00/2011-12-29T20:00"
    )


def test_no_dates_have_no_periods() -> None:
    assert open_periods(daily("Etc/UTC", ALL_DAY), DAY, date(2024, 6, 4)) == ()


@pytest.mark.parametrize("zone", ["", "Europe", "Mars/Olympus", "/etc/localtime", "../UTC"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        OpeningHours(zone, {})


@pytest.mark.parametrize("hours", [((600, 600),), ((660, 600),), ((-1, 600),), ((600, 1441),)])
def test_hours_outside_of_a_day_are_refused(hours: Hours) -> None:
    with pytest.raises(ValueError, match="are no part of a day"):
        OpeningHours("Etc/UTC", {0: hours})


def test_overlapping_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="hours from minute 600 begin before those until minute 601 end"):
        OpeningHours("Etc/UTC", {}, exceptions={DAY: ((600, 720), (540, 601))})


def test_overlapping_breaks_are_refused() -> None:
    with pytest.raises(ValueError, match="begin before those until"):
        OpeningHours("Etc/UTC", {}, breaks={DAY: ((540, 601), (600, 720))})


def test_an_eighth_weekday_is_refused() -> None:
    with pytest.raises(ValueError, match="7 is no weekday"):
        OpeningHours("Etc/UTC", {7: OFFICE})


@st.composite
def quarters(draw: st.DrawFn) -> Hours:
    """Hours that begin and end on a quarter of an hour."""
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return tuple((opens * 15, closes * 15) for opens, closes in zip(edges[::2], edges[1::2], strict=False))


@given(
    st.builds(
        OpeningHours,
        zone=st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Etc/UTC"]),
        weekly=st.dictionaries(st.sampled_from(EVERY_DAY), quarters()),
        exceptions=st.dictionaries(st.sampled_from([DAY, date(2024, 6, 6)]), quarters()),
        holidays=st.frozensets(st.sampled_from([DAY, date(2024, 6, 6)]), max_size=1),
        breaks=st.dictionaries(st.sampled_from([DAY, date(2024, 6, 6)]), quarters()),
    )
)
def test_where_no_clock_changes_a_quarter_is_open_if_its_wall_clock_says_so(hours: OpeningHours) -> None:
    span = Period(instant_at(hours.zone, DAY, 0), instant_at(hours.zone, date(2024, 6, 6), 1440))
    calendar = Calendar("any", 1, span, open_periods(hours, DAY, date(2024, 6, 6)))
    for at in range(*span, 15 * MINUTE):
        assert calendar.is_open(at) == wall_clock_says_open(hours, at)


def wall_clock_says_open(hours: OpeningHours, at: int) -> bool:
    local = datetime.fromtimestamp(at / 1000, ZoneInfo(hours.zone))
    day, minute = local.date(), local.hour * 60 + local.minute
    stated = hours.exceptions.get(day, hours.weekly.get(day.weekday(), ()))
    return (
        day not in hours.holidays
        and any(opens <= minute < closes for opens, closes in stated)
        and not any(opens <= minute < closes for opens, closes in hours.breaks.get(day, ()))
    )
