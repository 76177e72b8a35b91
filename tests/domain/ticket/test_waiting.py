from typing import Any

import pytest

from domain.clock import Why
from domain.deadline import due
from domain.event import Id
from domain.instant import DAY, HOUR, MINUTE, Duration
from domain.policy import Clock
from domain.ticket import Event, Stage
from domain.ticket.conversation import Noted
from domain.ticket.outcome import Closed, Closing, resolve
from domain.ticket.state import DESK, WaitFor
from domain.ticket.waiting import Waited, WaitEnded, answer_and_wait, go_on, wait
from tests.cast import ANN, AROUND_THE_CLOCK, AT, OPENED, accepted, answered, given, refused, wrote

UNTIL = AT + 9 * HOUR


def waited(what: WaitFor, after: Duration = HOUR, agreed: Id | None = None) -> Waited:
    return Waited(at=AT + after, what=what, until=UNTIL, by=ANN, agreed=agreed)


def resolution_due(*events: Event) -> int | None:
    clocks = given(*events).clocks
    (run,) = (run for run in clocks.runs if run.clock is Clock.RESOLUTION)
    return due(clocks, run, AROUND_THE_CLOCK)


def test_a_ticket_waits_until_an_instant() -> None:
    ticket = given(OPENED, accepted())
    assert wait(ticket, what=WaitFor.CLIENT, until=UNTIL, by=ANN, at=AT + HOUR) == [waited(WaitFor.CLIENT)]
    assert given(OPENED, accepted(), waited(WaitFor.CLIENT)).waits_until == UNTIL


def test_whoever_makes_a_ticket_wait_has_taken_it() -> None:
    events = wait(given(OPENED), what=WaitFor.VENDOR, until=UNTIL, by=ANN, at=AT + HOUR)
    assert events == [accepted(after=HOUR), waited(WaitFor.VENDOR)]
    assert given(OPENED, *events).stage is Stage.WAITING


def test_the_same_wait_again_is_no_news() -> None:
    waiting = given(OPENED, accepted(), waited(WaitFor.CLIENT))
    assert wait(waiting, what=WaitFor.CLIENT, until=UNTIL, by=ANN, at=AT + 2 * HOUR) == []
    assert wait(waiting, what=WaitFor.CLIENT, until=UNTIL + 1, by=ANN, at=AT + 2 * HOUR) != []


def test_a_wait_to_which_the_client_agrees_later_pauses_from_then_on() -> None:
    story = (OPENED, accepted(), waited(WaitFor.DATE), wrote(2 * HOUR))
    again: dict[str, Any] = {"what": WaitFor.DATE, "until": UNTIL, "by": ANN, "at": AT + 3 * HOUR}
    late = wait(given(*story), agreed="message", **again)
    assert late == [waited(WaitFor.DATE, after=3 * HOUR, agreed="message")]
    assert given(*story, *late).clocks.waits_for is Why.DATE
    assert wait(given(*story, *late), agreed="message", **again) == []
    assert wait(given(*story, *late), **again) == []


def test_a_wait_ends_in_the_future_but_not_in_a_far_one() -> None:
    facts: dict[str, Any] = {"what": WaitFor.CLIENT, "by": ANN, "at": AT}
    assert refused(wait, given(OPENED), until=AT, **facts) == "wait_in_the_past"
    assert refused(wait, given(OPENED), until=AT + 400 * DAY + 1, **facts) == "wait_too_long"
    assert wait(given(OPENED), until=AT + 400 * DAY, **facts)


def test_work_that_is_done_does_not_wait() -> None:
    resolved = given(OPENED, *resolve(given(OPENED), message="end", by=ANN, body="Done.", at=AT))
    assert refused(wait, resolved, what=WaitFor.CLIENT, until=UNTIL, by=ANN, at=AT) == "ticket_not_open"
    assert refused(go_on, resolved, by=ANN, at=AT) == "ticket_not_open"


def test_an_answer_that_waits_in_one_step_counts() -> None:
    events = answer_and_wait(
        given(OPENED),
        message="answer",
        by=ANN,
        channel="mail",
        body="Which telephone?",
        what=WaitFor.CLIENT,
        until=UNTIL,
        at=AT + MINUTE,
    )
    assert [type(event).__name__ for event in events] == ["Accepted", "Answered", "Waited"]
    running = {run.clock for run in given(OPENED, *events).clocks.runs if run.stopped is None}
    assert running == {Clock.RESOLUTION, Clock.UPDATE}


@pytest.mark.parametrize(
    ("wait", "paused"),
    [
        (waited(WaitFor.CLIENT), True),
        (waited(WaitFor.VENDOR), False),
        (waited(WaitFor.DATE), False),
        (waited(WaitFor.DATE, agreed="message"), True),
    ],
)
def test_only_a_wait_for_the_client_or_one_that_the_client_agreed_to_pauses(wait: Waited, *, paused: bool) -> None:
    story = (OPENED, accepted(), wrote(MINUTE), answered(2 * MINUTE), wait)
    assert (given(*story).clocks.waits_for is not None) is paused
    ended = WaitEnded(at=AT + 3 * HOUR, by=ANN)
    assert resolution_due(*story, ended) == AT + (6 if paused else 4) * HOUR


def test_an_agreement_is_a_message_of_the_client() -> None:
    ticket = given(OPENED)
    assert refused(wait, ticket, what=WaitFor.DATE, until=UNTIL, by=ANN, at=AT, agreed="x") == "agreement_unknown"


def test_another_wait_that_pauses_nothing_ends_the_pause() -> None:
    story = (OPENED, accepted(), waited(WaitFor.CLIENT), waited(WaitFor.VENDOR, after=2 * HOUR))
    assert resolution_due(*story) == AT + 5 * HOUR


def test_a_wait_ends() -> None:
    waiting = given(OPENED, accepted(), waited(WaitFor.CLIENT))
    assert go_on(waiting, by=ANN, at=AT + 2 * HOUR) == [WaitEnded(at=AT + 2 * HOUR, by=ANN)]
    assert go_on(given(OPENED), by=ANN, at=AT) == []
    ticket = given(OPENED, accepted(), waited(WaitFor.CLIENT), WaitEnded(at=AT + 2 * HOUR, by=ANN))
    assert (ticket.stage, ticket.waits_for, ticket.waits_until) == (Stage.ACCEPTED, None, None)


def test_the_end_of_a_wait_opens_nothing_that_is_over() -> None:
    closed = Closed(at=AT + HOUR, how=Closing.WITHDRAWN, by=ANN)
    assert given(OPENED, accepted(), closed, WaitEnded(at=AT + 2 * HOUR, by=ANN)).stage is Stage.CLOSED


@pytest.mark.parametrize(
    "late",
    [
        WaitEnded(at=UNTIL + 5 * HOUR, by=DESK),
        wrote(14 * HOUR),
        Noted(at=UNTIL + HOUR, message="note", by=ANN, text=OPENED.text),
    ],
)
def test_a_wait_pauses_nothing_beyond_its_promised_end(late: Event) -> None:
    assert resolution_due(OPENED, accepted(), waited(WaitFor.CLIENT), late) == AT + 12 * HOUR


def test_a_wait_is_no_longer_than_it_was() -> None:
    ended = WaitEnded(at=UNTIL, by=DESK)
    assert resolution_due(OPENED, accepted(), waited(WaitFor.CLIENT), ended) == AT + 12 * HOUR
