from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.instant import DAY, HOUR, MINUTE, SECOND, Duration
from domain.slowdown import PAST, REACH, WINDOWS, Given, Pace, Times, pace

NOW = 100 * DAY
TIMES = st.lists(st.builds(Given, st.integers(NOW - 2 * REACH, NOW + DAY), st.integers(0, DAY)), max_size=80)
WAITS = st.lists(st.integers(0, DAY), max_size=20)


def many(number: int, ago: Duration, used: Duration) -> list[Given]:
    return [Given(NOW - ago, used)] * number


def told(recent: Sequence[Given], usual: Sequence[Given], waits: Sequence[Duration] = ()) -> Pace:
    return pace([*usual, *recent], waits, "1d", NOW)


def test_a_line_that_takes_twice_as_long_as_usual_slows() -> None:
    found = told(many(10, HOUR, 20 * MINUTE), many(30, 5 * DAY, 10 * MINUTE))
    assert found.recent == Times(10, 20 * MINUTE, 20 * MINUTE)
    assert found.usual == Times(30, 10 * MINUTE, 10 * MINUTE)
    assert found.is_slowing


@pytest.mark.parametrize(("recent", "usual"), [(9, 30), (10, 29), (0, 30), (10, 0)])
def test_of_few_responses_nothing_is_said(recent: int, usual: int) -> None:
    assert not told(many(recent, HOUR, DAY), many(usual, 5 * DAY, MINUTE)).is_slowing


@pytest.mark.parametrize(
    ("now", "usual", "slows"),
    [
        (15 * MINUTE, 10 * MINUTE, False),
        (15 * MINUTE + 1, 10 * MINUTE, True),
        (MINUTE, 0, False),
        (MINUTE + 1, 0, True),
        (70 * SECOND, 20 * SECOND, False),
        (10 * MINUTE, 20 * MINUTE, False),
    ],
)
def test_half_as_long_again_and_a_minute_are_the_bounds(now: Duration, usual: Duration, *, slows: bool) -> None:
    assert told(many(10, HOUR, now), many(30, 5 * DAY, usual)).is_slowing is slows


def test_who_waits_for_longer_than_usual_counts_before_the_answer_is_there() -> None:
    usual = many(30, 5 * DAY, 10 * MINUTE)
    found = told([], usual, [10 * MINUTE] * 5 + [16 * MINUTE] * 10)
    assert (found.recent, found.waiting) == (Times(10, 16 * MINUTE, 16 * MINUTE), 10)
    assert found.is_slowing


def test_who_waits_counts_for_nothing_while_nothing_is_usual() -> None:
    assert told([], [], [DAY] * 50) == Pace(Times(0, None, None), 0, Times(0, None, None))


@pytest.mark.parametrize("window", WINDOWS)
def test_the_window_ends_now_and_its_past_where_it_begins(window: str) -> None:
    length = WINDOWS[window]
    edges = [NOW + 1, NOW, NOW - length + 1, NOW - length, NOW - length - PAST + 1, NOW - length - PAST]
    found = pace([Given(at, number) for number, at in enumerate(edges)], [], window, NOW)
    assert (found.recent, found.usual) == (Times(2, 1, 2), Times(2, 3, 4))


def test_ranks_are_the_nearest() -> None:
    given = [Given(NOW, minutes * MINUTE) for minutes in (9, 1, 8, 2, 7, 3, 6, 4, 5, 10)]
    assert pace(given, [], "1d", NOW).recent == Times(10, 5 * MINUTE, 9 * MINUTE)


@given(TIMES, WAITS, st.sampled_from(sorted(WINDOWS)))
def test_no_wait_changes_what_is_usual_or_makes_a_line_look_quicker(
    given: list[Given], waits: list[Duration], window: str
) -> None:
    without, found = (pace(given, each, window, NOW) for each in ([], waits))
    assert found.usual == without.usual
    assert found.recent.number == without.recent.number + found.waiting
    known = [each for each in (without.recent.median, without.usual.median) if each is not None]
    assert found.recent.median is None or found.recent.median >= min(known)


@given(TIMES, WAITS, st.sampled_from(sorted(WINDOWS)))
def test_all_that_is_older_counts_for_nothing(given: list[Given], waits: list[Duration], window: str) -> None:
    recent = [each for each in given if each.at > NOW - REACH]
    assert pace(recent, waits, window, NOW) == pace(given, waits, window, NOW)
