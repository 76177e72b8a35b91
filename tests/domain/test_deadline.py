import pytest

from domain.calendar import CalendarEnded
from domain.classification import Priority
from domain.clock import Clocks, Why
from domain.deadline import Reason, Segment, Standing, course_of, due, explain, reached_at, standing, used
from domain.instant import DAY, Instant
from domain.policy import Book, Clock, Target
from tests.domain.promises import OFFICE, ROUND, book, critical, h, opened, run, target

RESOLUTION, FIRST = Clock.RESOLUTION, Clock.FIRST_RESPONSE
EIGHT = book({RESOLUTION: target(8), FIRST: target(2)})
FOUR_IF_CRITICAL = book({RESOLUTION: target(8)}, {RESOLUTION: target(4, grace=1)})
LONGER_IF_CRITICAL = book({RESOLUTION: target(8)}, {RESOLUTION: target(20, grace=1)})
NOTHING_IF_CRITICAL = book({RESOLUTION: target(8)}, {})


def due_of(clocks: Clocks, policies: Book, clock: Clock = RESOLUTION) -> Instant | None:
    return due(clocks, run(clocks, clock), policies)


def test_a_target_counts_open_time_only() -> None:
    assert due_of(opened(16), book({RESOLUTION: target(3, calendar=OFFICE)})) == DAY + h(10)


def test_a_target_that_fills_the_day_exactly_is_due_at_closing() -> None:
    assert due_of(opened(9), book({RESOLUTION: target(9, calendar=OFFICE)})) == h(18)


def test_without_a_target_there_is_no_due_instant() -> None:
    assert due_of(opened(), EIGHT, Clock.REACTION) is None


def test_beyond_the_span_of_the_calendar_nothing_is_known() -> None:
    with pytest.raises(CalendarEnded):
        due_of(opened(), book({RESOLUTION: target(10_000)}))


def test_waiting_for_the_client_pauses_the_resolution_and_shifts_it_by_the_open_time_skipped() -> None:
    office = book({RESOLUTION: target(3, calendar=OFFICE)})
    waiting = opened(16).waited(h(17), Why.CLIENT)
    assert due_of(waiting, office) is None
    assert due_of(waiting.went_on(DAY + h(11)), office) == DAY + h(13)


def test_waiting_pauses_the_updates_but_no_response_and_no_reaction() -> None:
    policies = book(dict.fromkeys(Clock, target(2)))
    waiting = opened().answered(h(1)).client_wrote(h(1)).waited(h(1), Why.CLIENT)
    assert due_of(waiting, policies, Clock.UPDATE) is None
    assert due_of(waiting, policies, Clock.NEXT_RESPONSE) == h(3)
    unanswered = opened().waited(h(1), Why.CLIENT)
    assert due_of(unanswered, policies, FIRST) == due_of(unanswered, policies, Clock.REACTION) == h(2)


def test_an_update_promised_during_a_wait_counts_from_its_end() -> None:
    policies = book({Clock.UPDATE: target(2)})
    waiting = opened().waited(h(1), Why.DATE).answered(h(2))
    assert due_of(waiting, policies, Clock.UPDATE) is None
    assert due_of(waiting.went_on(h(5)), policies, Clock.UPDATE) == h(7)


def test_a_clock_that_was_late_before_the_wait_stays_due_when_it_was() -> None:
    assert due_of(opened().waited(h(9), Why.CLIENT), EIGHT) == h(8)


def test_a_clock_that_was_due_as_the_wait_began_stays_due() -> None:
    assert due_of(opened().waited(h(8), Why.CLIENT), EIGHT) == h(8)
    office = book({RESOLUTION: target(9, calendar=OFFICE)})
    assert due_of(opened(9).waited(h(20), Why.CLIENT), office) == h(18)


def test_a_stopped_clock_keeps_the_due_instant_it_had() -> None:
    assert due_of(opened().waited(h(1), Why.CLIENT).resolved(h(4)), EIGHT) == h(11)


def test_time_between_a_solution_and_its_reopening_does_not_count() -> None:
    assert due_of(opened().resolved(h(2)).reopened(h(10)), EIGHT) == h(16)


def test_used_time_counts_when_the_target_changes() -> None:
    assert due_of(opened().retermed(critical(2)), FOUR_IF_CRITICAL) == h(4)


def test_no_due_instant_falls_before_the_change_and_the_grace() -> None:
    assert due_of(opened().retermed(critical(5)), FOUR_IF_CRITICAL) == h(6)


def test_the_grace_is_open_time_of_the_new_calendar() -> None:
    policies = book({RESOLUTION: target(30)}, {RESOLUTION: target(4, grace=1, calendar=OFFICE)})
    assert due_of(opened().retermed(critical(17.5)), policies) == DAY + h(9.5)


def test_each_stretch_is_counted_by_the_calendar_in_force_then() -> None:
    policies = book({RESOLUTION: target(30, calendar=OFFICE)}, {RESOLUTION: target(30, calendar=ROUND)})
    changed = opened(16).retermed(critical(20))
    assert used(changed, run(changed, RESOLUTION), policies, h(22)) == h(4)
    assert due_of(changed, policies) == h(20 + 28)


def test_before_the_last_quarter_a_change_may_move_the_due_instant_later() -> None:
    assert due_of(opened().retermed(critical(5.9)), LONGER_IF_CRITICAL) == h(20)


def test_in_the_last_quarter_the_earlier_due_instant_stands() -> None:
    assert due_of(opened().retermed(critical(6)), LONGER_IF_CRITICAL) == h(8)


def test_in_the_last_quarter_the_client_may_agree_to_a_later_one() -> None:
    assert due_of(opened().retermed(critical(6, agreed=True)), LONGER_IF_CRITICAL) == h(20)


def test_in_the_last_quarter_a_change_may_still_tighten() -> None:
    policies = book({RESOLUTION: target(8)}, {RESOLUTION: target(4, grace=0.5)})
    assert due_of(opened().retermed(critical(6)), policies) == h(6.5)


def test_what_is_late_already_is_not_agreed_away() -> None:
    assert due_of(opened().retermed(critical(9, agreed=True)), LONGER_IF_CRITICAL) == h(8)


def test_at_its_due_instant_a_clock_is_not_late_yet_and_may_be_agreed_later() -> None:
    assert due_of(opened().retermed(critical(8, agreed=True)), LONGER_IF_CRITICAL) == h(20)


def test_at_its_due_instant_a_clock_follows_no_change_that_nobody_agreed_to() -> None:
    policies = book({RESOLUTION: target(8)}, {RESOLUTION: target(8)})
    for agreed, priority in ((True, Priority.CRITICAL), (False, Priority.NORMAL)):
        changed = opened().retermed(critical(8, agreed=agreed))
        assert due_of(changed, policies) == h(8)
        assert course_of(changed, run(changed, RESOLUTION), policies).phases[-1].terms.priority is priority


def test_a_change_that_ends_the_promise_ends_the_deadline_but_not_in_the_last_quarter() -> None:
    assert due_of(opened().retermed(critical(1)), NOTHING_IF_CRITICAL) is None
    assert due_of(opened().retermed(critical(7)), NOTHING_IF_CRITICAL) == h(8)


def test_a_promise_that_comes_later_counts_from_then() -> None:
    policies = book({}, {RESOLUTION: target(4)})
    assert due_of(opened().retermed(critical(5)), policies) == h(9)


def test_a_change_that_leaves_the_target_leaves_the_deadline() -> None:
    policies = book({RESOLUTION: target(8, grace=6)}, {RESOLUTION: target(8, grace=6)})
    assert due_of(opened().retermed(critical(5)), policies) == h(8)


def test_a_change_in_a_pause_is_compared_as_if_the_clock_went_on_then() -> None:
    waiting = opened().waited(h(6), Why.CLIENT).retermed(critical(50)).went_on(h(60))
    assert due_of(waiting, LONGER_IF_CRITICAL) == h(62)
    assert due_of(opened().waited(h(5), Why.CLIENT).retermed(critical(50)).went_on(h(60)), LONGER_IF_CRITICAL) == h(75)


def test_a_change_with_the_start_is_part_of_the_start_and_one_with_the_stop_comes_too_late() -> None:
    assert due_of(opened().retermed(critical(0)), FOUR_IF_CRITICAL) == h(4)
    resolved = opened().retermed(critical(3, agreed=True)).resolved(h(3))
    assert due_of(resolved, LONGER_IF_CRITICAL) == h(8)


def test_a_clock_starts_under_the_terms_of_its_start() -> None:
    policies = book({Clock.UPDATE: target(8)}, {Clock.UPDATE: target(1)})
    assert due_of(opened().retermed(critical(2)).answered(h(3)), policies, Clock.UPDATE) == h(4)


def test_a_manual_deadline_tightens_and_never_loosens() -> None:
    assert due_of(opened().tightened(RESOLUTION, h(5)), EIGHT) == h(5)
    assert due_of(opened().tightened(RESOLUTION, h(12)), EIGHT) == h(8)


def test_a_manual_deadline_promises_nothing_where_there_is_no_target() -> None:
    assert due_of(opened().tightened(Clock.REACTION, h(5)), EIGHT, Clock.REACTION) is None


def test_a_share_of_the_target_is_reached_in_open_time() -> None:
    policies = book({RESOLUTION: target(4, calendar=OFFICE)})
    clocks = opened(16)
    reached = [reached_at(clocks, run(clocks, RESOLUTION), policies, share) for share in (500, 750, 1000, 1500)]
    assert reached == [h(18), DAY + h(10), DAY + h(11), DAY + h(13)]


def test_a_share_is_reached_when_it_is_used_in_full() -> None:
    policies = book({RESOLUTION: Target(1001, 0, ROUND)})
    assert reached_at(opened(), run(opened(), RESOLUTION), policies, 500) == 501


def test_a_share_of_a_manual_deadline_is_reached_before_it() -> None:
    tightened = opened().tightened(RESOLUTION, h(4))
    assert reached_at(tightened, run(tightened, RESOLUTION), EIGHT, 500) == h(2)


def test_a_paused_clock_reaches_no_share() -> None:
    waiting = opened().waited(h(1), Why.CLIENT)
    assert reached_at(waiting, run(waiting, RESOLUTION), EIGHT, 500) is None


def test_every_segment_says_why_it_counts_or_not() -> None:
    policies = book({RESOLUTION: target(8, calendar=OFFICE)})
    clocks = opened(8).waited(h(10), Why.CLIENT).waited(h(11), Why.DATE).went_on(h(12)).resolved(h(13)).reopened(h(14))
    reasons = [segment.reason for segment in explain(clocks, run(clocks, RESOLUTION), policies, h(19)).segments]
    assert reasons == ["closed", "open", "waiting_client", "waiting_date", "open", "resolved", "open", "closed"]


def test_an_explanation_ends_with_the_clock() -> None:
    clocks = opened().answered(h(1))
    explained = explain(clocks, run(clocks, FIRST), EIGHT, h(9))
    assert explained.segments == (Segment(h(0), h(1), counted=True, reason=Reason.OPEN, calendar=ROUND),)
    assert (explained.target, explained.due, explained.used) == (h(2), h(2), h(1))


def test_where_nothing_is_promised_nothing_counts() -> None:
    clocks = opened()
    explained = explain(clocks, run(clocks, Clock.REACTION), EIGHT, h(1))
    assert explained.segments == (Segment(h(0), h(1), counted=False, reason=Reason.NO_TARGET, calendar=None),)
    assert (explained.target, explained.due, explained.used) == (None, None, 0)


def standing_at(hour: float, clocks: Clocks, clock: Clock = RESOLUTION) -> Standing:
    return standing(clocks, run(clocks, clock), EIGHT, h(hour))


def test_a_clock_is_at_risk_from_three_quarters_on_and_overdue_after_its_due_instant() -> None:
    standings = [standing_at(hour, opened()) for hour in (5.9, 6, 8, 8.001)]
    assert standings == ["on_track", "at_risk", "at_risk", "overdue"]


def test_a_waiting_clock_is_paused_unless_it_is_overdue() -> None:
    assert standing_at(7, opened().waited(h(1), Why.CLIENT)) is Standing.PAUSED
    assert standing_at(10, opened().waited(h(9), Why.CLIENT)) is Standing.OVERDUE


def test_a_stopped_clock_is_stopped_and_one_without_a_target_on_track() -> None:
    assert standing_at(1, opened().resolved(h(1))) is Standing.STOPPED
    assert standing_at(1, opened(), Clock.REACTION) is Standing.ON_TRACK
