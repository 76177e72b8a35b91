from collections.abc import Sequence
from functools import reduce
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.component import WORST_FIRST, ComponentStatus, State
from domain.instant import HOUR, MINUTE
from domain.probe import Pace, Result, Turn, Watch, agreed, fallen_silent, observed, silent_at

GOOD, SLOW, PARTIAL = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED, ComponentStatus.PARTIAL_OUTAGE
BAD = ComponentStatus.MAJOR_OUTAGE
PACE = Pace(MINUTE)
STATES = st.sampled_from([None, GOOD, SLOW, PARTIAL, BAD])


def after(statuses: Sequence[State], pace: Pace = PACE, every: int = MINUTE) -> tuple[Watch, list[Turn]]:
    """One result an interval, the first one at minute one."""
    watch, turns = Watch(), []
    for number, status in enumerate(statuses, 1):
        watch, turn = observed(watch, pace, Result(number, number * every, status))
        turns += [turn] if turn else []
    return watch, turns


def test_the_first_good_result_is_believed() -> None:
    assert after([GOOD])[1] == [Turn(GOOD, MINUTE, 1)]


def test_a_single_bad_result_says_nothing_yet() -> None:
    watch, turns = after([GOOD, BAD, GOOD])
    assert (watch.status, watch.failed, turns[1:]) == (GOOD, 1, [])


def test_an_outage_begins_with_the_first_of_the_results_that_confirm_it() -> None:
    assert after([GOOD, BAD, BAD])[1][-1] == Turn(BAD, 2 * MINUTE, 3)


def test_an_outage_ends_with_the_last_of_the_results_that_confirm_it() -> None:
    assert after([GOOD, BAD, BAD, GOOD, GOOD])[1][-1] == Turn(GOOD, 5 * MINUTE, 5)


def test_a_first_failure_has_to_be_confirmed_too() -> None:
    assert after([BAD])[1] == []
    assert after([BAD, BAD])[1] == [Turn(BAD, MINUTE, 2)]


def test_it_says_no_more_than_all_results_that_confirm_it() -> None:
    assert after([GOOD, BAD, SLOW])[1][-1].status is SLOW
    assert after([GOOD, BAD, BAD, SLOW, GOOD])[1][-1].status is SLOW


def test_whoever_keeps_failing_has_to_be_good_for_longer_each_time() -> None:
    outages = [GOOD, *[BAD, BAD, GOOD, GOOD, GOOD, GOOD] * 2]
    turns = after(outages)[1]
    assert [(turn.status, turn.number) for turn in turns] == [(GOOD, 1), (BAD, 3), (GOOD, 5), (BAD, 9), (GOOD, 13)]


def test_after_an_hour_a_recovery_takes_no_longer_than_at_first() -> None:
    outages = [GOOD, BAD, BAD, *[GOOD] * 60, BAD, BAD, GOOD, GOOD]
    assert after(outages)[1][-1] == Turn(GOOD, 67 * MINUTE, 67)


def test_a_recovery_never_takes_more_than_eight_times_as_long() -> None:
    outages = [GOOD, *[BAD, BAD, *[GOOD] * 16] * 6]
    assert after(outages, every=1000)[1][-1] == Turn(GOOD, 109 * 1000, 109)


def test_a_result_that_was_seen_before_changes_nothing() -> None:
    watch, _ = after([GOOD, BAD])
    assert observed(watch, PACE, Result(2, 5 * MINUTE, BAD)) == (watch, None)


def test_a_gap_confirms_nothing_and_is_counted() -> None:
    watch, _ = after([GOOD, BAD])
    watch, turn = observed(watch, PACE, Result(5, 5 * MINUTE, BAD))
    assert (watch.missed, watch.against, turn) == (2, (BAD,), None)


def test_a_look_that_was_not_possible_says_nothing_of_what_it_looks_at() -> None:
    watch, turns = after([GOOD, None, None])
    assert (watch.status, watch.missed, watch.seen_at, turns[1:]) == (GOOD, 2, MINUTE, [])


def test_what_failed_before_it_saw_nothing_for_three_intervals_confirms_nothing() -> None:
    watch, turns = after([BAD, None, None, BAD])
    assert (watch.against, turns) == ((BAD,), [])
    assert after([BAD, None, None, BAD, BAD])[1] == [Turn(BAD, 4 * MINUTE, 5)]


def test_three_intervals_without_a_result_are_silence_from_their_end_on() -> None:
    watch, _ = after([GOOD])
    assert silent_at(watch, PACE) == 4 * MINUTE
    assert fallen_silent(watch, PACE, 4 * MINUTE - 1) == (watch, None)
    watch, turn = fallen_silent(watch, PACE, HOUR)
    assert turn == Turn(None, 4 * MINUTE, 1)
    assert fallen_silent(watch, PACE, 2 * HOUR) == (watch, None)


def test_what_is_good_after_a_silence_is_believed_at_once() -> None:
    watch, _ = fallen_silent(after([GOOD, BAD, BAD])[0], PACE, HOUR)
    assert observed(watch, PACE, Result(4, HOUR, GOOD))[1] == Turn(GOOD, HOUR, 4)


@given(st.lists(STATES, max_size=80), st.integers(1, 4), st.integers(1, 4))
def test_any_results_are_counted_and_no_turn_repeats_what_was_said(
    statuses: list[State], fails_after: int, recovers_after: int
) -> None:
    watch, turns = after(statuses, Pace(MINUTE, fails_after, recovers_after))
    assert watch.number == len(statuses)
    assert watch.missed + watch.failed + statuses.count(GOOD) == len(statuses)
    said = [None, *(turn.status for turn in turns)]
    assert all(one is not other for one, other in pairwise(said))
    assert watch.status is said[-1]


@given(st.lists(STATES.filter(bool), max_size=80), st.integers(1, 4))
def test_nobody_is_said_to_be_down_who_did_not_fail_often_enough_in_a_row(statuses: list[State], often: int) -> None:
    good = WORST_FIRST.index(GOOD)
    runs = reduce(lambda run, each: [*run, (run[-1] + 1) if WORST_FIRST.index(each) < good else 0], statuses, [0])
    _, turns = after(statuses, Pace(MINUTE, often))
    assert any(turn.status is not GOOD for turn in turns) <= (max(runs) >= often)


@given(st.lists(STATES, max_size=9))
def test_a_probe_says_what_most_of_those_that_know_anything_say_at_the_least(said: list[State]) -> None:
    known = [each for each in said if each is not None]
    found = agreed(said)
    assert (found is None) is (not known)
    for status in WORST_FIRST:
        as_bad = sum(WORST_FIRST.index(each) <= WORST_FIRST.index(status) for each in known)
        believed = found is not None and WORST_FIRST.index(found) <= WORST_FIRST.index(status)
        assert believed is (2 * as_bad > len(known))


def test_of_two_that_see_different_things_neither_makes_an_outage() -> None:
    assert agreed([BAD, GOOD]) is GOOD
    assert agreed([BAD, None]) is BAD
