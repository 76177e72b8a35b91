from dataclasses import replace

import pytest

from domain.calendar import Period, always
from domain.instant import HOUR, MINUTE, Instant
from domain.policy import Action, Book, Clock, Step
from domain.refusal import Refused
from domain.ticket import Event, Stage, Ticket, evolve, folded
from domain.ticket.consequences import consequences, tick
from domain.ticket.notices import (
    ClientToBeTold,
    ClientTold,
    NoticeRetried,
    NoticeUndeliverable,
    StaffTold,
    due_of,
    give_up,
    retry,
    told,
)
from domain.ticket.outcome import Closed, Closing, Objection, Reopened, Resolved
from domain.ticket.promise import Escalated
from domain.ticket.state import WaitFor
from domain.ticket.waiting import Waited
from tests.cast import (
    ALWAYS,
    ANN,
    AROUND_THE_CLOCK,
    AT,
    CY,
    LINES,
    OPENED,
    SPAN,
    WITH_LADDER,
    accepted,
    answered,
    book_of,
    given,
)

TO_BE_TOLD = ClientToBeTold(at=AT, notice=1, stage=Stage.OPENED)
ATTEMPT = {"notice": 1, "attempts": 3, "at": AT + MINUTE}
LATE = Escalated(at=AT, clock=Clock.REACTION, instance=1, per_mille=500, action=Action.NOTIFY, whom="lead", notice=2)
WAITED = Waited(at=AT + HOUR, what=WaitFor.CLIENT, until=AT + 9 * HOUR, by=ANN)
CLOSED = Closed(at=AT, how=Closing.WITHDRAWN, by=CY)


def test_a_notice_is_outstanding_until_it_is_delivered() -> None:
    delivered = told(given(OPENED, TO_BE_TOLD), **ATTEMPT)
    assert delivered == [ClientTold(**ATTEMPT)]
    assert told(given(OPENED, TO_BE_TOLD, *delivered), **ATTEMPT) == []


def test_a_notice_is_given_up_once() -> None:
    given_up = give_up(given(OPENED, TO_BE_TOLD), why="no such address", **ATTEMPT)
    assert given_up == [NoticeUndeliverable(why="no such address", **ATTEMPT)]
    assert give_up(given(OPENED, TO_BE_TOLD, *given_up), why="no such address", **ATTEMPT) == []


def test_a_notice_that_nobody_ordered_is_not_delivered() -> None:
    assert told(given(OPENED), **ATTEMPT) == []


def test_a_reopening_makes_outstanding_notices_void() -> None:
    reopened = Reopened(at=AT + MINUTE, why=Objection.RETURNED, by=CY)
    dead = NoticeUndeliverable(at=AT, notice=2, attempts=9, why="no such address")
    ticket = given(OPENED, TO_BE_TOLD, replace(TO_BE_TOLD, notice=2), dead, CLOSED, reopened)
    assert (ticket.untold, ticket.given_up, ticket.notices) == (frozenset(), frozenset(), 2)


def test_what_the_staff_is_to_be_told_a_reopening_leaves() -> None:
    reopened = Reopened(at=AT + MINUTE, why=Objection.RETURNED, by=CY)
    dead = NoticeUndeliverable(at=AT, notice=3, attempts=9, why="no such address")
    ticket = given(OPENED, TO_BE_TOLD, LATE, replace(LATE, per_mille=750, notice=3), dead, CLOSED, reopened)
    assert (set(ticket.untold), set(ticket.given_up), ticket.notices) == ({2}, {3}, 3)


def test_who_was_told_is_stored() -> None:
    both = given(OPENED, TO_BE_TOLD, LATE)
    delivered = [*told(both, notice=1, attempts=1, at=AT), *told(both, notice=2, attempts=1, at=AT)]
    assert delivered == [ClientTold(at=AT, notice=1, attempts=1), StaffTold(at=AT, notice=2, attempts=1)]
    assert folded(delivered, both).untold == frozenset()


def test_a_dead_letter_to_the_staff_can_be_delivered_after_all() -> None:
    dead = NoticeUndeliverable(at=AT, notice=2, attempts=9, why="no such address")
    [retried] = retry(given(OPENED, LATE, dead), notice=2, at=AT)
    assert told(given(OPENED, LATE, dead, retried), notice=2, attempts=1, at=AT)


def test_a_step_that_was_stored_before_there_were_notices_to_the_staff_is_none() -> None:
    ticket = given(OPENED, TO_BE_TOLD, replace(LATE, notice=None))
    assert (ticket.notices, set(ticket.untold), len(ticket.escalated)) == (1, {1}, 1)


def test_a_dead_letter_can_be_delivered_after_all() -> None:
    dead = given(OPENED, TO_BE_TOLD, NoticeUndeliverable(why="no such address", **ATTEMPT))
    assert dead.given_up == {1}
    [retried] = retry(dead, notice=1, at=AT)
    assert retried == NoticeRetried(at=AT, notice=1)
    again = evolve(dead, retried)
    assert again.untold == {1}
    assert not again.given_up
    assert told(again, **ATTEMPT) == [ClientTold(**ATTEMPT)]


def test_what_is_still_to_be_delivered_needs_no_retry() -> None:
    assert retry(given(OPENED, TO_BE_TOLD), notice=1, at=AT) == []


def test_what_was_delivered_is_not_delivered_again() -> None:
    with pytest.raises(Refused, match="notice_not_given_up"):
        retry(given(OPENED, TO_BE_TOLD, ClientTold(**ATTEMPT)), notice=1, at=AT)


def stored(ticket: Ticket, events: list[Event], book: Book) -> list[Event]:
    return [*events, *consequences(ticket, events, book=book)]


def test_steps_that_are_taken_together_each_have_a_notice_of_their_own() -> None:
    ladder = tuple(Step(Clock.REACTION, share, Action.NOTIFY, whom) for share, whom in ((500, "lead"), (750, "owner")))
    ticket = given(OPENED, TO_BE_TOLD)
    events = tick(ticket, at=AT + 20 * MINUTE, book=book_of(ALWAYS, ladder), lines=LINES)
    assert [event.notice for event in events if isinstance(event, Escalated)] == [2, 3]
    assert folded(events, ticket).staff_notices == {2, 3}


def test_only_to_notify_is_a_notice() -> None:
    events = tick(given(OPENED, accepted(), answered(MINUTE)), at=AT + 4 * HOUR, book=WITH_LADDER, lines=LINES)
    steps = [(event.action, event.notice) for event in events if isinstance(event, Escalated)]
    assert steps == [(Action.NOTIFY, 1), (Action.TRANSFER, None), (Action.RAISE_PRIORITY, None)]


def test_the_end_of_a_wait_and_the_steps_that_follow_it_are_told_by_different_numbers() -> None:
    waiting = given(OPENED, TO_BE_TOLD, accepted(), answered(2 * MINUTE), WAITED)
    events = stored(waiting, tick(waiting, at=AT + 20 * HOUR, book=WITH_LADDER, lines=LINES), WITH_LADDER)
    numbers = [event.notice for event in events if isinstance(event, Escalated | ClientToBeTold) and event.notice]
    assert numbers == [2, 3]


def due(
    *past: Event, at: Instant = AT + MINUTE, clock: Clock = Clock.RESOLUTION, book: Book = AROUND_THE_CLOCK
) -> object:
    return due_of(given(OPENED, *past), clock, 1, book=book, at=at)


def test_the_staff_is_told_when_the_clock_is_due() -> None:
    assert due() == AT + 4 * HOUR
    assert due(clock=Clock.UPDATE) is None


def test_a_clock_that_stands_still_is_not_due_until_the_wait_is_over() -> None:
    assert due(WAITED, at=WAITED.until) is None
    assert due(WAITED, at=WAITED.until + 1) == AT + 12 * HOUR


def test_what_has_ended_is_not_due_any_more() -> None:
    assert due(Resolved(at=AT + HOUR, message="end", by=ANN, text=OPENED.text)) is None
    breach = tick(given(OPENED), at=AT + HOUR, book=AROUND_THE_CLOCK, lines=LINES)
    assert due(*breach, clock=Clock.REACTION) is None


def test_beyond_the_calendar_nothing_is_due() -> None:
    assert due(book=book_of(always("always", 1, Period(SPAN.start, AT + HOUR)))) is None
