from hypothesis import given
from hypothesis import strategies as st

from domain.attainment import ALL, allowed, attainment, budget, freezes_at, frozen, month_of
from domain.instant import HOUR
from tests.vectors.schedule import instant

MOSCOW = "Europe/Moscow"


def test_one_breach_in_three_is_two_thirds_floored() -> None:
    assert attainment(3, 1) == 66_666


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert attainment(1_000_000, 1) == 99_999


def test_all_and_nothing_are_exact() -> None:
    assert attainment(7, 0) == 100_000
    assert attainment(7, 7) == 0


def test_of_nothing_decided_there_is_no_share() -> None:
    assert attainment(0, 0) is None


@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_the_published_share_never_exceeds_the_true_one(decided: int, other: int) -> None:
    breached = min(decided, other)
    share = attainment(decided, breached)
    assert share is not None
    assert share * decided <= (decided - breached) * 100_000 < (share + 1) * decided


def test_with_a_goal_of_95_percent_one_of_twenty_may_be_breached_and_none_of_nineteen() -> None:
    assert [allowed(decided, 95_000) for decided in (0, 19, 20, 39, 40)] == [0, 0, 1, 1, 2]
    assert [budget(20, breached, 95_000) for breached in range(3)] == [1, 0, -1]


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, ALL))
def test_as_long_as_a_budget_is_left_the_goal_is_kept(decided: int, breached: int, goal: int) -> None:
    breached = min(breached, decided)
    share = attainment(decided, breached)
    assert share is not None
    assert (budget(decided, breached, goal) >= 0) == (share >= goal)


def test_a_month_begins_at_midnight_in_the_zone_of_the_desk() -> None:
    assert month_of(instant("2026-09-30T20:59:59Z"), MOSCOW) == "2026-09"
    assert month_of(instant("2026-09-30T21:00:00Z"), MOSCOW) == "2026-10"


def test_a_month_freezes_on_the_fifth_of_the_next_at_midnight_in_the_zone() -> None:
    assert freezes_at("2026-09", MOSCOW) == instant("2026-10-04T21:00:00Z")
    assert freezes_at("2026-12", "Etc/UTC") == instant("2027-01-05T00:00:00Z")
    assert freezes_at("2027-01", "Etc/UTC") == instant("2027-02-05T00:00:00Z")
    assert freezes_at("2027-02", "Etc/UTC") == instant("2027-03-05T00:00:00Z")


def test_a_month_is_frozen_from_its_day_on() -> None:
    day = freezes_at("2026-09", MOSCOW)
    assert not frozen("2026-09", MOSCOW, day - 1, undecided=0)
    assert frozen("2026-09", MOSCOW, day, undecided=0)


def test_a_clock_that_is_undecided_keeps_its_month_open() -> None:
    assert not frozen("2026-09", MOSCOW, freezes_at("2026-09", MOSCOW) + HOUR, undecided=1)


@given(st.integers(0, 4_000_000_000_000))
def test_no_instant_of_a_month_is_frozen(at: int) -> None:
    assert at < freezes_at(month_of(at, MOSCOW), MOSCOW)
