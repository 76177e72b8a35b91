from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from domain.classification import Kind, Priority
from domain.clock import Clocks, Exclusion, Gap, Outcome, Verdict, Why
from domain.policy import Clock
from tests.domain.promises import critical, h, opened, run, running, terms

OPENED = {Clock.REACTION, Clock.FIRST_RESPONSE, Clock.RESOLUTION}


def test_an_opened_ticket_waits_for_a_reaction_an_answer_and_a_solution() -> None:
    assert running(opened()) == OPENED


def test_taking_the_ticket_stops_the_reaction_alone() -> None:
    assert running(opened().accepted(h(1))) == OPENED - {Clock.REACTION}


def test_an_answer_is_a_reaction_and_a_first_response_and_promises_an_update() -> None:
    answered = opened().answered(h(1))
    assert running(answered) == {Clock.UPDATE, Clock.RESOLUTION}
    assert run(answered, Clock.FIRST_RESPONSE).stopped == h(1)


def test_each_answer_ends_one_interval_between_updates_and_begins_the_next() -> None:
    answered = opened().answered(h(1)).answered(h(3))
    assert (run(answered, Clock.UPDATE).started, run(answered, Clock.UPDATE).stopped) == (h(1), h(3))
    assert run(answered, Clock.UPDATE, 2).started == h(3)


def test_the_next_response_counts_from_the_oldest_unanswered_message() -> None:
    asked = opened().answered(h(1)).client_wrote(h(2)).client_wrote(h(3))
    assert run(asked, Clock.NEXT_RESPONSE).started == h(2)
    assert run(asked.answered(h(4)), Clock.NEXT_RESPONSE).stopped == h(4)
    assert run(asked.answered(h(4)).client_wrote(h(5)), Clock.NEXT_RESPONSE, 2).started == h(5)


def test_the_opening_message_is_covered_by_the_first_response() -> None:
    assert Clock.NEXT_RESPONSE not in running(opened())


def test_a_wait_for_the_client_ends_when_the_client_writes() -> None:
    waiting = opened().waited(h(1), Why.CLIENT)
    assert waiting.waits_for is Why.CLIENT
    assert waiting.client_wrote(h(3)).gaps == (Gap(h(1), h(3), Why.CLIENT),)


def test_a_wait_until_a_date_outlasts_a_message() -> None:
    waiting = opened().waited(h(1), Why.DATE).client_wrote(h(2))
    assert waiting.waits_for is Why.DATE
    assert waiting.went_on(h(3)).gaps == (Gap(h(1), h(3), Why.DATE),)


def test_waiting_again_for_the_same_changes_nothing_and_for_another_reason_begins_a_new_gap() -> None:
    waiting = opened().waited(h(1), Why.CLIENT)
    assert waiting.waited(h(2), Why.CLIENT) == waiting
    assert waiting.waited(h(2), Why.DATE).gaps == (Gap(h(1), h(2), Why.CLIENT), Gap(h(2), None, Why.DATE))


def test_gaps_told_out_of_order_never_overlap() -> None:
    waiting = opened().waited(h(5), Why.CLIENT).went_on(h(3))
    assert waiting.gaps == (Gap(h(5), h(5), Why.CLIENT),)
    assert waiting.waited(h(4), Why.DATE).gaps[-1] == Gap(h(5), None, Why.DATE)
    assert opened().resolved(h(5)).reopened(h(3)).gaps == (Gap(h(5), h(5), Why.RESOLVED),)


def test_going_on_without_a_wait_changes_nothing() -> None:
    assert opened().went_on(h(1)) == opened()


def test_a_solution_answers_what_was_asked_ends_the_wait_and_promises_no_update() -> None:
    resolved = opened().answered(h(1)).waited(h(1), Why.DATE).client_wrote(h(2)).resolved(h(3))
    assert running(resolved) == set()
    assert resolved.gaps == (Gap(h(1), h(3), Why.DATE),)


def test_a_remark_after_the_solution_promises_no_update() -> None:
    assert running(opened().resolved(h(1)).answered(h(2))) == set()


def test_a_message_after_the_solution_wants_an_answer() -> None:
    assert running(opened().resolved(h(1)).client_wrote(h(2))) == {Clock.NEXT_RESPONSE}


def test_a_resolved_ticket_does_not_wait() -> None:
    assert opened().resolved(h(1)).waited(h(2), Why.CLIENT).waits_for is None


def test_reopening_before_closing_continues_the_resolution_and_leaves_out_the_time_between() -> None:
    reopened = opened().resolved(h(2)).reopened(h(5))
    assert run(reopened, Clock.RESOLUTION).stopped is None
    assert reopened.gaps == (Gap(h(2), h(5), Why.RESOLVED),)
    assert run(reopened, Clock.UPDATE).started == h(5)


def test_reopening_after_closing_begins_a_second_instance() -> None:
    reopened = opened().resolved(h(2)).closed(h(3)).reopened(h(5))
    assert run(reopened, Clock.RESOLUTION).final
    assert run(reopened, Clock.RESOLUTION, 2).started == h(5)
    assert reopened.gaps == ()


def test_an_open_ticket_cannot_be_reopened() -> None:
    assert opened().reopened(h(1)) == opened()


def test_a_refusal_ends_the_resolution_and_reopening_takes_it_back() -> None:
    refused = opened().refused(h(1))
    assert run(refused, Clock.RESOLUTION).refused
    assert running(refused) == set()
    assert not run(refused.reopened(h(2)), Clock.RESOLUTION).refused


def test_a_solved_ticket_cannot_be_refused() -> None:
    assert not run(opened().resolved(h(1)).refused(h(2)), Clock.RESOLUTION).refused


def test_closing_stops_what_runs() -> None:
    closed = opened().closed(h(1))
    assert running(closed) == set()
    assert run(closed, Clock.RESOLUTION).stopped == h(1)


def test_a_closed_ticket_waits_for_nothing() -> None:
    assert opened().waited(h(1), Why.CLIENT).closed(h(2)).gaps == (Gap(h(1), h(2), Why.CLIENT),)


def test_a_closed_ticket_owes_no_answer() -> None:
    closed = opened().closed(h(1))
    assert closed.client_wrote(h(2)).answered(h(3)) == closed


def test_a_merged_ticket_has_no_clocks_whatever_happens_next() -> None:
    merged = opened().answered(h(1)).decided(verdict(Clock.FIRST_RESPONSE)).merged()
    assert merged.runs == ()
    assert merged.client_wrote(h(2)).answered(h(3)).reopened(h(4)).retermed(critical(5)) == merged
    assert merged.verdicts == (verdict(Clock.FIRST_RESPONSE),)


def test_other_terms_are_kept_beside_the_first() -> None:
    assert opened().retermed(critical(1)).terms == (terms(), critical(1))


def test_a_second_opening_changes_nothing() -> None:
    assert opened().opened(h(1), terms(h(1))) == opened()


def test_of_two_manual_deadlines_the_earlier_one_holds() -> None:
    tightened = opened().tightened(Clock.RESOLUTION, h(5))
    assert run(tightened.tightened(Clock.RESOLUTION, h(6)), Clock.RESOLUTION).tightened == h(5)
    assert run(tightened.tightened(Clock.RESOLUTION, h(4)), Clock.RESOLUTION).tightened == h(4)


def test_what_does_not_run_cannot_be_tightened() -> None:
    resolved = opened().resolved(h(1))
    assert resolved.tightened(Clock.RESOLUTION, h(2)) == resolved
    assert resolved.tightened(Clock.UPDATE, h(2)) == resolved


def test_a_verdict_is_stored_once_and_the_stopped_run_goes() -> None:
    decided = opened().answered(h(1)).decided(verdict(Clock.FIRST_RESPONSE))
    assert Clock.FIRST_RESPONSE not in {run.clock for run in decided.runs}
    assert decided.decided(verdict(Clock.FIRST_RESPONSE, Outcome.BREACHED)) == decided


def test_a_breached_clock_runs_on_until_it_is_stopped() -> None:
    breached = opened().decided(verdict(Clock.FIRST_RESPONSE, Outcome.BREACHED))
    assert Clock.FIRST_RESPONSE in running(breached)
    assert Clock.FIRST_RESPONSE not in {run.clock for run in breached.answered(h(9)).runs}


def test_a_breached_resolution_can_be_reopened_until_the_ticket_closes() -> None:
    breached = opened().decided(verdict(Clock.RESOLUTION, Outcome.BREACHED)).resolved(h(9))
    assert run(breached.reopened(h(10)), Clock.RESOLUTION).stopped is None
    assert run(breached.closed(h(10)).reopened(h(11)), Clock.RESOLUTION, 2).started == h(11)


def test_an_excluded_verdict_stays_with_its_reason() -> None:
    known = verdict(Clock.REACTION), verdict(Clock.FIRST_RESPONSE)
    excluded = Clocks(verdicts=known).excluded(Clock.FIRST_RESPONSE, 1, Exclusion.SPAM)
    assert [one.excluded for one in excluded.verdicts] == [None, "spam"]


def test_the_reasons_for_an_exclusion_are_published() -> None:
    assert set(Exclusion) == {"merged", "spam", "clock_error", "agreed_with_client"}


INSTANTS = st.integers(0, 20).map(h)
TRANSITIONS: list[st.SearchStrategy[Callable[[Clocks], Clocks]]] = [
    st.builds(lambda at: lambda clocks: clocks.opened(at, terms(at)), INSTANTS),
    st.builds(lambda at: lambda clocks: clocks.accepted(at), INSTANTS),
    st.builds(lambda at: lambda clocks: clocks.answered(at), INSTANTS),
    st.builds(lambda at: lambda clocks: clocks.client_wrote(at), INSTANTS),
    st.builds(lambda at, why: lambda clocks: clocks.waited(at, why), INSTANTS, st.sampled_from([Why.CLIENT, Why.DATE])),
    st.builds(lambda at: lambda clocks: clocks.went_on(at), INSTANTS),
    st.builds(lambda at: lambda clocks: clocks.resolved(at), INSTANTS),
    st.builds(lambda at: lambda clocks: clocks.refused(at), INSTANTS),
    st.builds(lambda at: lambda clocks: clocks.reopened(at), INSTANTS),
    st.builds(lambda at: lambda clocks: clocks.closed(at), INSTANTS),
    st.just(lambda clocks: clocks.merged()),
    st.builds(lambda at: lambda clocks: clocks.retermed(terms(at)), INSTANTS),
    st.builds(lambda clock, at: lambda clocks: clocks.tightened(clock, at), st.sampled_from(Clock), INSTANTS),
    st.builds(lambda clock: lambda clocks: clocks.decided(verdict(clock)), st.sampled_from(Clock)),
    st.builds(lambda clock: lambda clocks: clocks.excluded(clock, 1, Exclusion.SPAM), st.sampled_from(Clock)),
]


@given(st.lists(st.one_of(TRANSITIONS), max_size=30))
def test_any_order_of_transitions_gives_clocks_that_make_sense(calls: list[Callable[[Clocks], Clocks]]) -> None:
    clocks = Clocks()
    for call in calls:
        clocks = call(clocks)
        assert_sound(clocks)


def assert_sound(clocks: Clocks) -> None:
    identities = [(run.clock, run.instance) for run in clocks.runs]
    live = [run.clock for run in clocks.runs if not run.final]
    ends = [edge for gap in clocks.gaps for edge in (gap.since, gap.until)]
    assert len(identities) == len(set(identities))
    assert len(live) == len(set(live))
    assert all(run.stopped is None or run.stopped >= run.started for run in clocks.runs)
    assert None not in ends[:-1]
    assert [edge for edge in ends if edge is not None] == sorted(edge for edge in ends if edge is not None)


def verdict(clock: Clock, outcome: Outcome = Outcome.MET) -> Verdict:
    return Verdict(clock, 1, h(9), None, outcome, "gold", 1, Kind.INCIDENT, Priority.NORMAL)
