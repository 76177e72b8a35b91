"""In which month a verdict counts is found quickly, and is always the same."""

from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.verifier.tickets import month_around
from domain.attainment import month_of
from domain.instant import DAY, HOUR, Instant

ZONES: Final = ["Europe/Moscow", "America/St_Johns", "Pacific/Apia", "Pacific/Kiritimati", "Africa/Monrovia", "UTC"]
"""St John's went back by an hour at 00:01, on the first of November 2009 too; Apia leapt over a day."""


def instant(year: int, month: int, day: int) -> Instant:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1000


@given(st.integers(-(10**13), 10**14), st.sampled_from(ZONES))
def test_the_month_of_a_day_is_that_of_each_of_its_instants(at: Instant, zone: str) -> None:
    assert month_around(at // DAY, zone) in (None, month_of(at, zone))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("around", [instant(2009, 11, 1), instant(2011, 12, 31), instant(2026, 3, 1)])
def test_around_the_end_of_a_month_it_is_looked_at_closely(zone: str, around: Instant) -> None:
    for at in range(around - 3 * DAY, around + 3 * DAY, HOUR // 6):
        assert month_around(at // DAY, zone) in (None, month_of(at, zone))


def test_in_the_middle_of_a_month_it_is_known_and_beyond_all_calendars_it_is_not() -> None:
    assert month_around(instant(2026, 11, 15) // DAY, "Europe/Moscow") == "2026-11"
    assert month_around(10**12, "Europe/Moscow") is None
