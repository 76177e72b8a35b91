from domain.calendar import Period, always
from domain.classification import Kind, Priority
from domain.clock import Clocks, Exclusion, Outcome, Verdict, Why
from domain.instant import Instant
from domain.policy import Book, Clock
from domain.verdict import next_due, verdicts_of
from tests.domain.promises import book, critical, h, opened, target

RESOLUTION, FIRST = Clock.RESOLUTION, Clock.FIRST_RESPONSE
POLICIES = book({FIRST: target(2), RESOLUTION: target(8)}, {RESOLUTION: target(4)})
RESOLUTION_ONLY = book({RESOLUTION: target(8)}, {RESOLUTION: target(4)})


def judged(clocks: Clocks, hour: float, policies: Book = RESOLUTION_ONLY) -> list[tuple[Clock, int, Outcome]]:
    return [(verdict.clock, verdict.instance, verdict.outcome) for verdict in verdicts_of(clocks, policies, h(hour))]


def stored(clocks: Clocks, hour: float, policies: Book = RESOLUTION_ONLY) -> Clocks:
    for verdict in verdicts_of(clocks, policies, h(hour)):
        clocks = clocks.decided(verdict)
    return clocks


def test_an_answer_in_time_is_met_at_once() -> None:
    assert judged(opened().answered(h(1)), 1, POLICIES) == [(FIRST, 1, Outcome.MET)]


def test_an_answer_at_the_due_instant_is_in_time_and_a_millisecond_later_it_is_late() -> None:
    assert judged(opened().answered(h(2)), 2, POLICIES) == [(FIRST, 1, Outcome.MET)]
    assert judged(opened().answered(h(2) + 1), 3, POLICIES) == [(FIRST, 1, Outcome.BREACHED)]


def test_an_answer_and_a_wait_in_one_step_fulfil() -> None:
    assert judged(opened().answered(h(1)).waited(h(1), Why.CLIENT), 50, POLICIES) == [(FIRST, 1, Outcome.MET)]


def test_a_breach_happens_when_the_due_instant_has_passed() -> None:
    assert judged(opened(), 8) == []
    assert verdicts_of(opened(), RESOLUTION_ONLY, h(8) + 1) == (
        Verdict(RESOLUTION, 1, h(8), None, Outcome.BREACHED, "gold", 1, Kind.INCIDENT, Priority.NORMAL),
    )


def test_a_paused_clock_is_not_breached() -> None:
    assert judged(opened().waited(h(7), Why.CLIENT), 500) == []


def test_a_breach_before_a_wait_is_a_breach() -> None:
    assert judged(opened().waited(h(9), Why.CLIENT), 9) == [(RESOLUTION, 1, Outcome.BREACHED)]


def test_a_clock_is_judged_once() -> None:
    breached = stored(opened(), 9)
    assert judged(breached, 10) == []
    assert judged(breached.resolved(h(10)).closed(h(11)), 11) == []


def test_a_solution_in_time_is_met_when_the_ticket_closes() -> None:
    resolved = opened().resolved(h(3))
    assert judged(resolved, 100) == []
    assert judged(resolved.closed(h(100)), 100) == [(RESOLUTION, 1, Outcome.MET)]


def test_the_last_solution_counts() -> None:
    again = opened().resolved(h(3)).reopened(h(10)).resolved(h(14))
    (verdict,) = verdicts_of(again.closed(h(20)), RESOLUTION_ONLY, h(20))
    assert (verdict.ended, verdict.due, verdict.outcome) == (h(14), h(15), Outcome.MET)


def test_a_late_solution_is_breached_before_the_ticket_closes() -> None:
    assert judged(opened().resolved(h(9)), 9) == [(RESOLUTION, 1, Outcome.BREACHED)]


def test_a_reopened_clock_can_still_be_breached() -> None:
    assert judged(opened().resolved(h(3)).reopened(h(10)), 16) == [(RESOLUTION, 1, Outcome.BREACHED)]


def test_after_closing_a_second_instance_has_a_verdict_of_its_own() -> None:
    met = stored(opened().resolved(h(3)).closed(h(4)), 4)
    assert judged(met.reopened(h(10)), 19) == [(RESOLUTION, 2, Outcome.BREACHED)]


def test_a_verdict_due_at_closing_is_still_given_after_the_ticket_was_reopened() -> None:
    assert judged(opened().resolved(h(3)).closed(h(4)).reopened(h(5)), 5) == [(RESOLUTION, 1, Outcome.MET)]


def test_a_refusal_in_time_is_shown_apart_and_a_late_one_is_a_breach() -> None:
    assert judged(opened().refused(h(3)), 3) == []
    assert judged(opened().refused(h(3)).closed(h(4)), 4) == [(RESOLUTION, 1, Outcome.REFUSED)]
    assert judged(opened().refused(h(9)), 9) == [(RESOLUTION, 1, Outcome.BREACHED)]


def test_a_merged_ticket_gets_no_verdict() -> None:
    assert judged(opened().merged(), 500) == []


def test_without_a_target_there_is_no_verdict() -> None:
    assert judged(opened().answered(h(1)).accepted(h(1)), 1) == []


def test_a_verdict_names_the_terms_that_the_clock_followed() -> None:
    (followed,) = verdicts_of(opened().retermed(critical(1)), RESOLUTION_ONLY, h(5))
    (stands,) = verdicts_of(opened().retermed(critical(9)), RESOLUTION_ONLY, h(9))
    assert (followed.priority, followed.due) == (Priority.CRITICAL, h(4))
    assert (stands.priority, stands.due) == (Priority.NORMAL, h(8))


def test_a_late_change_that_keeps_the_due_instant_is_followed() -> None:
    policies = book({RESOLUTION: target(8)}, {RESOLUTION: target(4, grace=2)})
    (verdict,) = verdicts_of(opened().retermed(critical(6)), policies, h(9))
    assert (verdict.priority, verdict.due) == (Priority.CRITICAL, h(8))


def test_no_later_agreement_undoes_a_breach() -> None:
    loosening = book({RESOLUTION: target(8)}, {RESOLUTION: target(80)})
    assert judged(opened().retermed(critical(9, agreed=True)), 10, loosening) == [(RESOLUTION, 1, Outcome.BREACHED)]


def test_an_excluded_verdict_is_not_given_again() -> None:
    breached = stored(opened(), 9).excluded(RESOLUTION, 1, Exclusion.AGREED_WITH_CLIENT)
    assert judged(breached, 10) == []


def test_the_earliest_running_due_instant_comes_next() -> None:
    assert next_instant(opened()) == h(2)
    assert next_instant(opened().answered(h(1))) == h(8)


def test_a_breached_clock_is_still_what_comes_next() -> None:
    assert next_instant(stored(opened(), 3, POLICIES)) == h(2)


def test_nothing_comes_next_when_all_is_paused_or_stopped() -> None:
    assert next_instant(opened().answered(h(1)).waited(h(1), Why.CLIENT)) is None
    assert next_instant(opened().resolved(h(1))) is None


def next_instant(clocks: Clocks) -> Instant | None:
    return next_due(clocks, POLICIES)


def test_a_verdict_due_beyond_the_calendar_waits_until_the_calendar_is_extended() -> None:
    extended = book({RESOLUTION: target(8)})
    ending = Book(extended.policies, dict.fromkeys(extended.calendars, always("round the clock", 1, Period(0, h(4)))))
    assert verdicts_of(opened(), ending, h(9)) == ()
    assert judged(opened(), 9, extended) == [(RESOLUTION, 1, Outcome.BREACHED)]
