"""What the clocks of a ticket do not share, and what happens at one and the same instant."""

from domain.calendar import Calendar, Period, always
from domain.clock import Run, Why
from domain.deadline import Reason, Segment, due, explain
from domain.instant import DAY
from domain.policy import Clock
from tests.domain.promises import ROUND, book, critical, h, opened, run, running, target, terms


def test_a_deadline_by_hand_is_for_one_clock() -> None:
    tightened = opened().tightened(Clock.REACTION, h(1))
    assert {run.clock: run.tightened for run in tightened.runs} == {
        Clock.REACTION: h(1),
        Clock.FIRST_RESPONSE: None,
        Clock.RESOLUTION: None,
    }


def test_only_the_resolution_is_refused() -> None:
    assert {run.clock for run in opened().refused(h(1)).runs if run.refused} == {Clock.RESOLUTION}


def test_a_reopened_refusal_runs_as_if_nothing_had_been_refused() -> None:
    reopened = opened().refused(h(1)).reopened(h(2))
    assert run(reopened, Clock.RESOLUTION) == Run(Clock.RESOLUTION, 1, h(0))


def test_reopening_after_the_closing_promises_updates_again() -> None:
    reopened = opened().answered(h(1)).resolved(h(2)).closed(h(3)).reopened(h(4))
    assert running(reopened) == {Clock.RESOLUTION, Clock.UPDATE}


def test_a_clock_starts_with_the_newest_terms() -> None:
    policies = book({Clock.NEXT_RESPONSE: target(8)}, {Clock.NEXT_RESPONSE: target(4)})
    asked = opened().retermed(critical(1)).retermed(terms(h(2))).client_wrote(h(3))
    assert due(asked, run(asked, Clock.NEXT_RESPONSE), policies) == h(11)


def test_a_change_at_the_start_is_part_of_the_start() -> None:
    policies = book({Clock.RESOLUTION: target(8)}, {Clock.RESOLUTION: target(4, grace=6)})
    changed = opened().retermed(critical(0))
    assert due(changed, run(changed, Clock.RESOLUTION), policies) == h(4)


def test_a_pause_is_told_with_the_calendar_that_it_interrupts() -> None:
    waiting = opened().waited(h(1), Why.CLIENT)
    explanation = explain(waiting, run(waiting, Clock.RESOLUTION), book({Clock.RESOLUTION: target(8)}), h(3))
    assert explanation.segments == (
        Segment(h(0), h(1), counted=True, reason=Reason.OPEN, calendar=ROUND),
        Segment(h(1), h(3), counted=False, reason=Reason.WAITING_CLIENT, calendar=ROUND),
    )


def test_around_the_clock_is_one_period_of_a_calendar_with_a_name_and_a_version() -> None:
    assert always("round the clock", 3, Period(0, DAY)) == Calendar(
        "round the clock", 3, Period(0, DAY), (Period(0, DAY),)
    )
