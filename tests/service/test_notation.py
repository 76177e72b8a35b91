import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.instant import DAY, HOUR, MINUTE, SECOND
from service.notation import duration, duration_text, hours, period, weekdays


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("30m", 30 * MINUTE), ("4h", 4 * HOUR), ("1h30m", 90 * MINUTE), ("2d", 2 * DAY), ("1d1h1m1s", 90_061_000)],
)
def test_a_duration_is_written_in_days_hours_minutes_seconds(text: str, milliseconds: int) -> None:
    assert duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "0m", "30", "m", "1m1h", "1.5h", "-1h", "1 h", "1w"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write for example"):
        duration(text)


@given(st.integers(1, 10**7).map(lambda seconds: seconds * SECOND))
def test_a_duration_reads_as_it_is_written(amount: int) -> None:
    assert duration(duration_text(amount)) == amount


@pytest.mark.parametrize(("text", "days"), [("3y", 1095), ("1y", 365), ("100y", 36_500), ("40d", 40), ("48h", 2)])
def test_a_period_may_be_written_in_years_of_365_days(text: str, days: int) -> None:
    assert period(text) == days * DAY


@pytest.mark.parametrize("text", ["0y", "1y6d", "y", "3 years", ""])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        period(text)


def test_no_time_at_all_is_zero_seconds() -> None:
    assert duration_text(0) == "0s"


def test_hours_are_minutes_since_midnight() -> None:
    assert hours("09:00-18:00, 19:00 - 24:00") == ((540, 1080), (1140, 1440))


def test_closed_has_no_hours() -> None:
    assert hours("closed") == ()


@pytest.mark.parametrize("text", ["", "9-18", "09:00", "18:00-09:00", "09:00-24:01", "09:60-18:00", "10:00-10:00"])
def test_what_is_no_part_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hours|part of a day"):
        hours(text)


def test_weekdays_are_single_or_in_a_row() -> None:
    assert (list(weekdays("mon")), list(weekdays("mon-fri"))) == ([0], [0, 1, 2, 3, 4])


@pytest.mark.parametrize("text", ["", "monday", "mon-", "-fri", "mon-fri-sun", "sat-mon"])
def test_what_is_no_weekday_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"weekday|end of the week"):
        weekdays(text)
