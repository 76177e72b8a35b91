from collections.abc import Callable
from typing import Any

import pytest

from domain.classification import Kind, Priority
from domain.clock import Exclusion, Outcome
from domain.event import Content
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import Clock
from domain.ticket import Ticket
from domain.ticket.outcome import Closed, Closing, resolve
from domain.ticket.promise import (
    ClockDecided,
    DeadlineTightened,
    NextActDone,
    NextActStated,
    VerdictExcluded,
    exclude,
    finish_next_act,
    is_hanging,
    next_act,
    state_next_act,
    tighten,
)
from domain.ticket.state import WaitFor
from domain.ticket.waiting import Waited
from tests.cast import (
    ANN,
    AROUND_THE_CLOCK,
    AT,
    BARE,
    CONFIRMATION,
    CY,
    LEVEL,
    OPENED,
    accepted,
    given,
    opened,
    refused,
    wrote,
)

BREACHED = ClockDecided(
    at=AT + HOUR,
    clock=Clock.REACTION,
    instance=1,
    due=AT + 20 * MINUTE,
    outcome=Outcome.BREACHED,
    level=LEVEL,
    policy=1,
    kind=Kind.INCIDENT,
    priority=Priority.NORMAL,
)
REACTION: dict[str, Any] = {"clock": Clock.REACTION, "instance": 1, "by": ANN, "at": AT + HOUR}
CALL = NextActStated(at=AT, due=AT + HOUR, by=ANN, text=Content(CY, {"act": "Call the carrier"}))
WAITED = Waited(at=AT + MINUTE, what=WaitFor.CLIENT, until=AT + 9 * HOUR, by=ANN)
RESOLVED = resolve(given(OPENED), message="end", by=ANN, body="Done.", at=AT + HOUR)


def tightening(due: int, **changes: Any) -> dict[str, Any]:
    return {"clock": Clock.RESOLUTION, "due": due, "book": AROUND_THE_CLOCK, "by": ANN, "at": AT + MINUTE} | changes


def test_a_verdict_is_excluded_with_a_reason() -> None:
    excluded = exclude(given(OPENED, BREACHED), reason=Exclusion.CLOCK_ERROR, **REACTION)
    assert excluded == [VerdictExcluded(reason=Exclusion.CLOCK_ERROR, **REACTION)]
    assert exclude(given(OPENED, BREACHED, *excluded), reason=Exclusion.CLOCK_ERROR, **REACTION) == []
    assert given(OPENED, BREACHED, *excluded).clocks.verdicts[0].excluded is Exclusion.CLOCK_ERROR


def test_what_the_client_agreed_to_a_message_shows() -> None:
    reason = Exclusion.AGREED_WITH_CLIENT
    story = given(OPENED, BREACHED, wrote(MINUTE))
    assert refused(exclude, story, reason=reason, **REACTION) == "agreement_missing"
    assert refused(exclude, story, reason=reason, agreed="note", **REACTION) == "agreement_unknown"
    assert exclude(story, reason=reason, agreed="message", **REACTION) == [
        VerdictExcluded(reason=reason, agreed="message", **REACTION)
    ]


@pytest.mark.parametrize("other", [{"clock": Clock.UPDATE}, {"instance": 2}])
def test_a_verdict_that_was_not_given_is_not_excluded(other: dict[str, Any]) -> None:
    ticket = given(OPENED, BREACHED)
    assert refused(exclude, ticket, reason=Exclusion.CLOCK_ERROR, **(REACTION | other)) == "verdict_unknown"


def test_an_earlier_deadline_may_be_promised() -> None:
    tightened = DeadlineTightened(at=AT + MINUTE, clock=Clock.RESOLUTION, due=AT + HOUR, by=ANN)
    assert tighten(given(OPENED), **tightening(AT + HOUR)) == [tightened]
    assert tighten(given(OPENED, tightened), **tightening(AT + HOUR)) == []
    assert refused(tighten, given(OPENED, tightened), **tightening(AT + HOUR + 1)) == "deadline_not_loosened"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (tightening(AT + 4 * HOUR + 1), "deadline_not_loosened"),
        (tightening(AT), "deadline_in_the_past"),
        (tightening(AT + HOUR, clock=Clock.UPDATE), "deadline_missing"),
    ],
)
def test_no_other_deadline_is_promised(facts: dict[str, Any], code: str) -> None:
    assert refused(tighten, given(OPENED), **facts) == code


def test_a_clock_that_stands_still_or_promises_nothing_has_no_deadline() -> None:
    assert refused(tighten, given(OPENED, accepted(), WAITED), **tightening(AT + HOUR)) == "deadline_missing"
    assert refused(tighten, given(opened(level=BARE)), **tightening(AT + HOUR)) == "deadline_missing"


def test_a_deadline_of_this_very_instant_may_be_promised() -> None:
    assert tighten(given(OPENED), **tightening(AT + MINUTE))


def test_the_next_act_is_stated_and_done() -> None:
    assert state_next_act(given(OPENED), what="Call the carrier", due=AT + HOUR, by=ANN, at=AT) == [CALL]
    assert finish_next_act(given(OPENED, CALL), by=ANN, at=AT + MINUTE) == [NextActDone(at=AT + MINUTE, by=ANN)]
    assert finish_next_act(given(OPENED), by=ANN, at=AT) == []


@pytest.mark.parametrize(
    ("what", "due", "code"),
    [
        ("Call", AT, "next_act_in_the_past"),
        ("Call", AT + 400 * DAY + 1, "next_act_too_far"),
        ("", AT + 1, "text_missing"),
    ],
)
def test_an_act_without_words_or_in_the_past_is_none(what: str, due: int, code: str) -> None:
    assert refused(state_next_act, given(OPENED), what=what, due=due, by=ANN, at=AT) == code


@pytest.mark.parametrize(
    ("decide", "facts"),
    [(tighten, tightening(AT + HOUR)), (state_next_act, {"what": "Call", "due": AT + 1}), (finish_next_act, {})],
)
def test_nothing_is_promised_on_a_closed_ticket(decide: Callable[..., Any], facts: dict[str, Any]) -> None:
    closed = given(OPENED, Closed(at=AT, how=Closing.WITHDRAWN, by=CY))
    assert refused(decide, closed, **({"by": ANN, "at": AT} | facts)) == "ticket_closed"


def test_before_anything_is_stated_the_earliest_due_is_next() -> None:
    assert next_act(given(OPENED), AROUND_THE_CLOCK) == AT + 20 * MINUTE
    assert next_act(given(OPENED, accepted()), AROUND_THE_CLOCK) == AT + 40 * MINUTE


def test_what_is_stated_is_next_until_it_is_done() -> None:
    assert next_act(given(OPENED, CALL), AROUND_THE_CLOCK) == AT + HOUR
    assert next_act(given(OPENED, CALL, NextActDone(at=AT, by=ANN)), AROUND_THE_CLOCK) == AT + 20 * MINUTE


def test_the_end_of_a_wait_is_next_unless_something_is_stated_before() -> None:
    assert next_act(given(OPENED, accepted(), WAITED), AROUND_THE_CLOCK) == WAITED.until
    assert next_act(given(OPENED, accepted(), WAITED, CALL), AROUND_THE_CLOCK) == AT + HOUR


def test_after_the_resolution_consent_is_next_or_the_answer_that_is_owed() -> None:
    assert next_act(given(OPENED, *RESOLVED), AROUND_THE_CLOCK) == AT + HOUR + CONFIRMATION
    assert next_act(given(OPENED, *RESOLVED, wrote(2 * HOUR)), AROUND_THE_CLOCK) == AT + 3 * HOUR


@pytest.mark.parametrize("ticket", [Ticket(), given(OPENED, Closed(at=AT, how=Closing.WITHDRAWN, by=CY))])
def test_nobody_has_to_act_on_a_ticket_that_is_over(ticket: Ticket) -> None:
    assert next_act(ticket, AROUND_THE_CLOCK) is None
    assert not is_hanging(ticket, AROUND_THE_CLOCK, AT + 99 * HOUR)


def test_a_ticket_hangs_when_its_next_act_is_overdue() -> None:
    assert not is_hanging(given(OPENED, CALL), AROUND_THE_CLOCK, AT + HOUR)
    assert is_hanging(given(OPENED, CALL), AROUND_THE_CLOCK, AT + HOUR + 1)


def test_a_ticket_without_a_promise_hangs_unless_something_is_stated() -> None:
    taken = (opened(level=BARE), accepted())
    assert is_hanging(given(*taken), AROUND_THE_CLOCK, AT + MINUTE)
    assert not is_hanging(given(*taken, CALL), AROUND_THE_CLOCK, AT + MINUTE)
