from dataclasses import replace
from typing import Any

import pytest

from domain.calendar import Period, always
from domain.classification import Kind, Priority
from domain.clock import Exclusion, Outcome
from domain.instant import HOUR, MINUTE
from domain.policy import Action, Book, Clock, Step
from domain.ticket import Event, Stage, Ticket, folded
from domain.ticket.assignment import HandedOver
from domain.ticket.classing import Reprioritised
from domain.ticket.consequences import ESCALATION, consequences, next_tick, tick
from domain.ticket.joining import Merged
from domain.ticket.notices import ClientToBeTold
from domain.ticket.outcome import Closed, Closing, Objection, Reopened, Resolved, TicketRefused
from domain.ticket.promise import ClockDecided, Escalated, VerdictExcluded
from domain.ticket.state import DESK, WaitFor
from domain.ticket.waiting import Waited, WaitEnded
from tests.cast import (
    ALWAYS,
    ANN,
    AROUND_THE_CLOCK,
    AT,
    BARE,
    CONFIRMATION,
    CY,
    LADDER,
    LINES,
    OFFICE_HOURS,
    OPENED,
    SPAN,
    WITH_LADDER,
    accepted,
    answered,
    book_of,
    given,
    opened,
    wrote,
)

RESOLVED = Resolved(at=AT + HOUR, message="end", by=ANN, text=OPENED.text)
IN_TIME = (OPENED, accepted(), answered(2 * MINUTE), RESOLVED)
WAITED = Waited(at=AT + HOUR, what=WaitFor.CLIENT, until=AT + 9 * HOUR, by=ANN)
TICK: dict[str, Any] = {"book": AROUND_THE_CLOCK, "lines": LINES}


def story(*events: Event) -> Ticket:
    """The ticket after each of these events with its consequences."""
    ticket = Ticket()
    for event in events:
        ticket = folded([event, *consequences(ticket, [event], book=AROUND_THE_CLOCK)], ticket)
    return ticket


def judged(ticket: Ticket) -> dict[tuple[Clock, int], Outcome]:
    return {(verdict.clock, verdict.instance): verdict.outcome for verdict in ticket.clocks.verdicts}


def test_nothing_follows_from_nothing() -> None:
    assert consequences(given(OPENED), [], book=AROUND_THE_CLOCK) == []


def test_the_client_is_told_of_every_new_stage() -> None:
    first = ClientToBeTold(at=AT, notice=1, stage=Stage.OPENED)
    assert consequences(Ticket(), [OPENED], book=AROUND_THE_CLOCK) == [first]
    _, second = consequences(given(OPENED, first), [accepted()], book=AROUND_THE_CLOCK)
    assert second == ClientToBeTold(at=AT + MINUTE, notice=2, stage=Stage.ACCEPTED)


def test_the_client_is_not_told_what_did_not_change() -> None:
    assert consequences(given(OPENED), [wrote(MINUTE)], book=AROUND_THE_CLOCK) == []


def test_a_verdict_is_stored_with_what_ended_the_clock() -> None:
    verdict, _ = consequences(given(OPENED), [accepted()], book=AROUND_THE_CLOCK)
    assert verdict == ClockDecided(
        at=AT + MINUTE,
        clock=Clock.REACTION,
        instance=1,
        due=AT + 20 * MINUTE,
        ended=AT + MINUTE,
        outcome=Outcome.MET,
        level=OPENED.level,
        policy=OPENED.policy,
        kind=OPENED.kind,
        priority=OPENED.priority,
    )


def test_an_end_at_the_due_instant_is_in_time_and_one_later_is_not() -> None:
    assert judged(story(OPENED, accepted(after=20 * MINUTE))) == {(Clock.REACTION, 1): Outcome.MET}
    assert judged(story(OPENED, accepted(after=20 * MINUTE + 1))) == {(Clock.REACTION, 1): Outcome.BREACHED}


def test_an_action_judges_no_clock_that_runs_on() -> None:
    assert judged(story(OPENED, wrote(HOUR))) == {}
    assert judged(story(OPENED, accepted(after=HOUR))) == {(Clock.REACTION, 1): Outcome.BREACHED}


def test_a_resolution_in_time_is_met_when_the_ticket_closes() -> None:
    closed = Closed(at=AT + 2 * HOUR, how=Closing.CONFIRMED, by=CY)
    assert (Clock.RESOLUTION, 1) not in judged(story(*IN_TIME))
    assert judged(story(*IN_TIME, closed))[Clock.RESOLUTION, 1] is Outcome.MET


def test_a_refusal_in_time_is_shown_apart() -> None:
    refusal = TicketRefused(at=AT + HOUR, message="end", by=ANN, cause="out_of_scope", text=OPENED.text)
    closed = Closed(at=AT + 2 * HOUR, how=Closing.CONFIRMED, by=CY)
    assert judged(story(OPENED, accepted(), refusal, closed))[Clock.RESOLUTION, 1] is Outcome.REFUSED


def test_after_the_closing_a_reopened_ticket_gets_another_verdict() -> None:
    closed = Closed(at=AT + 2 * HOUR, how=Closing.CONFIRMED, by=CY)
    reopened = Reopened(at=AT + 3 * HOUR, why=Objection.RETURNED, by=CY)
    again = judged(story(*IN_TIME, closed, reopened, replace(RESOLVED, at=AT + 8 * HOUR)))
    assert again[Clock.RESOLUTION, 1] is Outcome.MET
    assert again[Clock.RESOLUTION, 2] is Outcome.BREACHED


def test_what_was_late_before_the_merge_stays_late() -> None:
    merged = Merged(at=AT + 5 * HOUR, by=ANN, into="22" * 16)
    assert judged(story(OPENED, accepted(), answered(2 * MINUTE), merged))[Clock.RESOLUTION, 1] is Outcome.BREACHED
    assert (Clock.RESOLUTION, 1) not in judged(story(OPENED, Merged(at=AT + HOUR, by=ANN, into="22" * 16)))


@pytest.mark.parametrize(
    ("how", "reason"), [(Closing.WITHDRAWN, Exclusion.AGREED_WITH_CLIENT), (Closing.SPAM, Exclusion.SPAM)]
)
def test_a_clock_that_only_the_closing_stopped_counts_for_nobody(how: Closing, reason: Exclusion) -> None:
    closed = Closed(at=AT + HOUR, how=how, by=CY)
    verdicts = story(OPENED, accepted(), wrote(2 * MINUTE), answered(3 * MINUTE), closed).clocks.verdicts
    assert {verdict.clock for verdict in verdicts if verdict.excluded is reason} == {Clock.UPDATE, Clock.RESOLUTION}


def test_a_withdrawal_does_not_excuse_a_breach() -> None:
    withdrawn = Closed(at=AT + 5 * HOUR, how=Closing.WITHDRAWN, by=CY)
    assert not any(verdict.excluded for verdict in story(OPENED, withdrawn).clocks.verdicts)


def test_a_withdrawal_leaves_what_was_met_before() -> None:
    withdrawn = Closed(at=AT + 2 * HOUR, how=Closing.WITHDRAWN, by=CY)
    assert not any(verdict.excluded for verdict in story(*IN_TIME, withdrawn).clocks.verdicts)


def test_a_confirmation_answers_for_nobody() -> None:
    confirmed = Closed(at=AT + 2 * HOUR, how=Closing.CONFIRMED, by=CY)
    verdicts = story(*IN_TIME, wrote(HOUR + MINUTE), confirmed).clocks.verdicts
    excluded = [(verdict.clock, verdict.excluded) for verdict in verdicts if verdict.excluded]
    assert excluded == [(Clock.NEXT_RESPONSE, Exclusion.AGREED_WITH_CLIENT)]


def test_a_confirmation_at_the_instant_of_the_resolution_leaves_that_met() -> None:
    closed = Closed(at=RESOLVED.at, how=Closing.CONFIRMED, by=CY)
    verdicts = story(*IN_TIME, closed).clocks.verdicts
    assert [verdict.excluded for verdict in verdicts if verdict.clock is Clock.RESOLUTION] == [None]


def test_a_confirmation_of_what_was_answered_excludes_nothing() -> None:
    closed = Closed(at=AT + 2 * HOUR, how=Closing.CONFIRMED, by=CY)
    events = consequences(given(*IN_TIME), [closed], book=AROUND_THE_CLOCK)
    assert not [event for event in events if isinstance(event, VerdictExcluded)]


def test_time_alone_stores_the_breach_of_a_running_clock() -> None:
    assert tick(given(OPENED), at=AT + 20 * MINUTE, **TICK) == []
    (breach,) = tick(given(OPENED), at=AT + 20 * MINUTE + 1, **TICK)
    assert isinstance(breach, ClockDecided)
    assert (breach.clock, breach.outcome, breach.ended) == (Clock.REACTION, Outcome.BREACHED, None)
    assert tick(given(OPENED, breach), at=AT + 20 * MINUTE + 1, **TICK) == []


def test_time_alone_ends_a_wait() -> None:
    waiting = story(OPENED, accepted(), answered(2 * MINUTE), WAITED)
    assert tick(waiting, at=WAITED.until - 1, **TICK) == []
    assert tick(waiting, at=WAITED.until, **TICK) == [WaitEnded(at=WAITED.until, by=DESK)]


def test_a_late_tick_finds_what_the_end_of_the_wait_made_late() -> None:
    waiting = story(OPENED, accepted(), answered(2 * MINUTE), WAITED)
    ended, *late = tick(waiting, at=AT + 20 * HOUR, **TICK)
    assert ended == WaitEnded(at=AT + 20 * HOUR, by=DESK)
    assert {event.due for event in late if isinstance(event, ClockDecided)} == {
        AT + 12 * HOUR,
        AT + 10 * HOUR + 2 * MINUTE,
    }


def test_a_late_tick_takes_the_steps_that_the_end_of_the_wait_brought() -> None:
    late: dict[str, Any] = {"book": WITH_LADDER, "lines": LINES, "at": AT + 20 * HOUR}
    waiting = given(OPENED, accepted(), answered(2 * MINUTE), WAITED)
    events = tick(waiting, **late)
    assert [event.per_mille for event in events if isinstance(event, Escalated)] == [750, 750, 1000]
    assert tick(folded(events, waiting), **late) == []


def test_silence_closes_by_time_alone() -> None:
    closes = RESOLVED.at + CONFIRMATION
    assert tick(story(*IN_TIME), at=closes - 1, **TICK) == []
    closed, verdict = tick(story(*IN_TIME), at=closes, **TICK)
    assert closed == Closed(at=closes, how=Closing.SILENCE, by=DESK)
    assert isinstance(verdict, ClockDecided)
    assert verdict.outcome is Outcome.MET


def test_silence_beyond_the_end_of_the_calendar_closes_nothing() -> None:
    short = book_of(always("always", 1, Period(SPAN.start, RESOLVED.at + HOUR)))
    assert tick(story(*IN_TIME), at=AT + 99 * HOUR, book=short, lines=LINES) == []


def test_a_message_of_the_client_keeps_time_from_closing() -> None:
    asked = story(*IN_TIME, wrote(2 * HOUR))
    assert not any(isinstance(event, Closed) for event in tick(asked, at=AT + 99 * HOUR, **TICK))


def test_over_is_over() -> None:
    closed = story(OPENED, Closed(at=AT, how=Closing.WITHDRAWN, by=CY))
    assert tick(closed, at=AT + 99 * HOUR, **TICK) == []
    assert next_tick(closed, book=AROUND_THE_CLOCK) is None


def test_the_next_tick_is_the_earliest_of_all_that_can_happen() -> None:
    assert next_tick(given(OPENED), book=AROUND_THE_CLOCK) == AT + 20 * MINUTE + 1
    assert next_tick(given(OPENED), book=WITH_LADDER) == AT + 10 * MINUTE
    assert next_tick(story(OPENED, accepted(), answered(2 * MINUTE), WAITED), book=AROUND_THE_CLOCK) == WAITED.until
    assert next_tick(story(*IN_TIME), book=AROUND_THE_CLOCK) == RESOLVED.at + CONFIRMATION


def test_without_a_promise_only_people_act() -> None:
    ticket = given(opened(level=BARE, kind=Kind.QUESTION), accepted())
    assert next_tick(ticket, book=WITH_LADDER) is None
    assert tick(ticket, at=AT + 99 * HOUR, book=WITH_LADDER, lines=LINES) == []


def test_a_night_is_not_late() -> None:
    evening = opened(at=AT + 8 * HOUR - 10 * MINUTE)
    assert next_tick(given(evening), book=OFFICE_HOURS) == AT + 23 * HOUR + 10 * MINUTE + 1


def test_a_step_of_the_ladder_is_taken_once() -> None:
    at = AT + 10 * MINUTE
    steps = tick(given(OPENED), at=at, book=WITH_LADDER, lines=LINES)
    assert steps == [
        Escalated(at=at, clock=Clock.REACTION, instance=1, per_mille=500, action=Action.NOTIFY, whom="lead", notice=1)
    ]
    assert tick(given(OPENED, *steps), at=at, book=WITH_LADDER, lines=LINES) == []


def test_the_ladder_moves_a_ticket_and_keeps_its_owner() -> None:
    ticket = given(OPENED, accepted(), answered(2 * MINUTE))
    events = tick(ticket, at=AT + 3 * HOUR, book=WITH_LADDER, lines=LINES)
    (moved,) = (event for event in events if isinstance(event, HandedOver))
    assert (moved.by, moved.to_line, moved.to_team, moved.reason) == (DESK, "2", "network", ESCALATION)
    after = given(OPENED, accepted(), *events)
    assert (after.owner, after.awaits_acceptance) == (ANN, True)


@pytest.mark.parametrize(("priority", "raised"), [(Priority.NORMAL, [Priority.HIGH]), (Priority.CRITICAL, [])])
def test_the_ladder_raises_the_priority_as_far_as_it_goes(priority: Priority, raised: list[Priority]) -> None:
    ticket = given(opened(priority=priority), accepted(), answered(2 * MINUTE))
    events = tick(ticket, at=AT + 4 * HOUR, book=WITH_LADDER, lines=LINES)
    assert [event.priority for event in events if isinstance(event, Reprioritised)] == raised


def test_steps_that_are_reached_together_follow_one_another() -> None:
    thrice = tuple(Step(Clock.REACTION, share, Action.RAISE_PRIORITY, "lead") for share in (750, 500, 900))
    events = tick(given(OPENED), at=AT + 20 * MINUTE, book=book_of(ALWAYS, thrice), lines=LINES)
    assert [event.per_mille for event in events if isinstance(event, Escalated)] == [500, 750, 900]
    assert [event.priority for event in events if isinstance(event, Reprioritised)] == [
        Priority.HIGH,
        Priority.CRITICAL,
    ]


@pytest.mark.parametrize("late", [0, 1, HOUR])
def test_the_verdict_on_what_raised_the_priority_is_the_same_however_late_the_timer_looks(late: int) -> None:
    at, book = AT + 20 * MINUTE + late, without_grace(Step(Clock.REACTION, 1000, Action.RAISE_PRIORITY, ""))
    raised = folded(tick(given(OPENED), at=at, book=book, lines=LINES), given(OPENED))
    after = folded(tick(raised, at=at + 1, book=book, lines=LINES), raised)
    verdict, *_ = after.clocks.verdicts
    assert (after.priority, verdict.priority, verdict.due) == (Priority.HIGH, Priority.NORMAL, AT + 20 * MINUTE)


def without_grace(*ladder: Step) -> Book:
    """A raised priority may make a clock due at once."""
    book = book_of(ALWAYS, ladder)
    gold = book.policies[OPENED.level, OPENED.policy]
    rows = {key: {clock: replace(each, grace=0) for clock, each in row.items()} for key, row in gold.targets.items()}
    return replace(book, policies={(OPENED.level, OPENED.policy): replace(gold, targets=rows)})


def test_a_step_to_where_the_ticket_is_or_to_nowhere_moves_nothing() -> None:
    for team in ("front", "choir"):
        ladder = (replace(LADDER[0], action=Action.TRANSFER, whom=team),)
        events = tick(given(OPENED), at=AT + 10 * MINUTE, book=book_of(ALWAYS, ladder), lines=LINES)
        assert [type(event) for event in events] == [Escalated]
