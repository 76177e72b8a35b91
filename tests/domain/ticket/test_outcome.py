from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from domain.event import Content
from domain.instant import HOUR, MINUTE
from domain.opening_hours import instant_at
from domain.policy import Clock
from domain.ticket import Event, Stage, Ticket
from domain.ticket.conversation import AutoReplied
from domain.ticket.outcome import (
    Closed,
    Closing,
    Objection,
    Reopened,
    Resolved,
    TicketRefused,
    close,
    closes_at,
    object_to,
    refuse,
    reopen,
    resolve,
)
from domain.ticket.promise import NextActStated
from domain.ticket.state import DESK, WaitFor
from domain.ticket.waiting import Waited
from tests.cast import (
    ANN,
    AROUND_THE_CLOCK,
    AT,
    BORIS,
    CAUSES,
    CONFIRMATION,
    CY,
    OFFICE_HOURS,
    OPENED,
    accepted,
    answered,
    given,
    refused,
    wrote,
)

RESOLVED = Resolved(at=AT + HOUR, message="end", by=ANN, text=Content(CY, {"body": "Done."}))
REASONED = Content(CY, {"explanation": "Not ours.", "alternatives": "Ask the carrier."})
REFUSED = TicketRefused(at=AT + HOUR, message="end", by=ANN, cause="out_of_scope", text=REASONED)
CLOSED = Closed(at=AT + 2 * HOUR, how=Closing.CONFIRMED, by=CY)
REOPENED = Reopened(at=AT + 3 * HOUR, why=Objection.RETURNED, by=CY)

SOLUTION: dict[str, Any] = {"message": "end", "by": ANN, "body": "Done.", "at": AT + HOUR}
REFUSAL: dict[str, Any] = {
    "message": "end",
    "by": ANN,
    "cause": "out_of_scope",
    "causes": CAUSES,
    "explanation": "Not ours.",
    "alternatives": "Ask the carrier.",
    "at": AT + HOUR,
}
STILL_BROKEN: dict[str, Any] = {
    "message": "message",
    "by": CY,
    "channel": "telegram",
    "body": "Any news?",
    "at": AT + 3 * HOUR,
}


def closing(how: Closing, **changes: Any) -> dict[str, Any]:
    return {"how": how, "book": AROUND_THE_CLOCK, "by": CY, "at": AT + 2 * HOUR} | changes


@pytest.mark.parametrize(("decide", "facts", "event"), [(resolve, SOLUTION, RESOLVED), (refuse, REFUSAL, REFUSED)])
def test_work_ends_with_a_solution_or_a_refusal(
    decide: Callable[..., Any], facts: dict[str, Any], event: Event
) -> None:
    assert decide(given(OPENED, accepted()), **facts) == [event]
    assert decide(given(OPENED), **facts) == [accepted(after=HOUR), event]
    assert decide(given(OPENED, accepted(), event), **facts) == []


@pytest.mark.parametrize(("decide", "facts", "event"), [(resolve, SOLUTION, REFUSED), (refuse, REFUSAL, RESOLVED)])
def test_work_ends_once(decide: Callable[..., Any], facts: dict[str, Any], event: Event) -> None:
    assert refused(decide, given(OPENED, accepted(), event), **facts) == "ticket_not_open"


@pytest.mark.parametrize(
    ("decide", "facts", "code"),
    [
        (resolve, SOLUTION | {"body": ""}, "text_missing"),
        (refuse, REFUSAL | {"cause": "mood"}, "cause_unknown"),
        (refuse, REFUSAL | {"explanation": " "}, "text_missing"),
        (refuse, REFUSAL | {"alternatives": ""}, "text_missing"),
    ],
)
def test_an_end_without_words_or_reasons_is_none(decide: Callable[..., Any], facts: dict[str, Any], code: str) -> None:
    assert refused(decide, given(OPENED), **facts) == code


@pytest.mark.parametrize(("end", "stage"), [(RESOLVED, Stage.RESOLVED), (REFUSED, Stage.REFUSED)])
def test_nothing_waits_when_work_is_done(end: Event, stage: Stage) -> None:
    waited = Waited(at=AT, what=WaitFor.CLIENT, until=AT + 9 * HOUR, by=ANN)
    stated = NextActStated(at=AT, due=AT + 9 * HOUR, by=ANN, text=REASONED)
    ticket = given(OPENED, accepted(), waited, stated, end)
    assert (ticket.stage, ticket.waits_until, ticket.acts_at) == (stage, None, None)


def test_silence_becomes_consent_in_business_time() -> None:
    assert closes_at(given(OPENED, accepted(), RESOLVED), OFFICE_HOURS) == RESOLVED.at + CONFIRMATION
    in_the_evening = Resolved(at=AT + 7 * HOUR, message="end", by=ANN, text=REASONED)
    tuesday = instant_at("Etc/UTC", date(2026, 11, 3), 11 * 60)
    assert closes_at(given(OPENED, accepted(), in_the_evening), OFFICE_HOURS) == tuesday


def test_while_work_goes_on_nothing_closes() -> None:
    assert closes_at(given(OPENED), AROUND_THE_CLOCK) is None
    assert closes_at(given(OPENED, accepted(), RESOLVED, REOPENED), AROUND_THE_CLOCK) is None


def test_a_message_after_the_resolution_is_no_silence() -> None:
    story = (OPENED, accepted(), RESOLVED, wrote(2 * HOUR))
    assert given(*story).stage is Stage.RESOLVED
    assert closes_at(given(*story), AROUND_THE_CLOCK) is None


def test_an_answer_after_the_resolution_leaves_the_whole_time_to_object() -> None:
    story = (OPENED, accepted(), RESOLVED, wrote(2 * HOUR), answered(9 * HOUR))
    assert closes_at(given(*story), AROUND_THE_CLOCK) == AT + 9 * HOUR + CONFIRMATION


def test_an_automatic_reply_is_no_answer_after_the_resolution_either() -> None:
    robot = AutoReplied(at=AT + 3 * HOUR, message="robot", channel="mail", text=REASONED)
    assert closes_at(given(OPENED, accepted(), RESOLVED, wrote(2 * HOUR), robot), AROUND_THE_CLOCK) is None


def test_the_client_confirms() -> None:
    assert close(given(OPENED, accepted(), RESOLVED), **closing(Closing.CONFIRMED)) == [CLOSED]
    assert close(given(OPENED, accepted(), RESOLVED, CLOSED), **closing(Closing.CONFIRMED)) == []


def test_open_work_is_not_confirmed() -> None:
    assert refused(close, given(OPENED), **closing(Closing.CONFIRMED)) == "nothing_to_confirm"


def test_silence_closes_when_its_time_has_come() -> None:
    ticket = given(OPENED, accepted(), RESOLVED)
    at = RESOLVED.at + CONFIRMATION
    assert close(ticket, **closing(Closing.SILENCE, at=at, by=DESK)) == [Closed(at=at, how=Closing.SILENCE, by=DESK)]
    assert refused(close, ticket, **closing(Closing.SILENCE, at=at - 1)) == "client_may_object"
    assert refused(close, given(OPENED), **closing(Closing.SILENCE, at=at)) == "nothing_to_confirm"


@pytest.mark.parametrize("how", [Closing.WITHDRAWN, Closing.SPAM])
def test_what_nobody_needs_is_closed_as_it_is(how: Closing) -> None:
    closed = Closed(at=AT + 2 * HOUR, how=how, by=ANN, agreed="message")
    assert close(given(OPENED, wrote(MINUTE)), **closing(how, by=ANN, agreed="message")) == [closed]


def test_whoever_closes_for_the_client_refers_to_a_message_of_the_client() -> None:
    assert refused(close, given(OPENED), **closing(Closing.WITHDRAWN, agreed="message")) == "agreement_unknown"


def test_a_ticket_that_is_not_there_is_not_closed() -> None:
    assert refused(close, Ticket(), **closing(Closing.WITHDRAWN)) == "ticket_unknown"


@pytest.mark.parametrize("past", [(accepted(), RESOLVED), (accepted(), REFUSED), (accepted(), RESOLVED, CLOSED)])
def test_a_ticket_is_reopened_before_it_is_closed_or_after(past: tuple[Event, ...]) -> None:
    assert reopen(given(OPENED, *past), by=CY, at=AT + 3 * HOUR) == [REOPENED]
    ticket = given(OPENED, *past, REOPENED)
    assert (ticket.stage, ticket.owner, ticket.silent_since) == (Stage.ACCEPTED, ANN, None)


def test_an_open_ticket_is_not_reopened() -> None:
    assert reopen(given(OPENED), by=CY, at=AT) == []
    assert refused(reopen, Ticket(), by=CY, at=AT) == "ticket_unknown"


def test_the_desk_may_find_out_itself_that_it_was_not_over() -> None:
    corrected = Reopened(at=AT + 3 * HOUR, why=Objection.CORRECTED, by=BORIS)
    assert reopen(given(OPENED, RESOLVED), by=BORIS, at=AT + 3 * HOUR, why=Objection.CORRECTED) == [corrected]


@pytest.mark.parametrize("past", [(RESOLVED,), (RESOLVED, CLOSED)])
def test_an_objection_reopens_and_is_owed_an_answer(past: tuple[Event, ...]) -> None:
    events = object_to(given(OPENED, accepted(), *past), **STILL_BROKEN)
    assert events == [REOPENED, wrote(3 * HOUR)]
    assert given(OPENED, accepted(), *past, *events).owes_answer


def test_an_objection_to_open_work_is_a_message() -> None:
    assert object_to(given(OPENED), **STILL_BROKEN) == [wrote(3 * HOUR)]
    assert object_to(given(OPENED, wrote(3 * HOUR)), **STILL_BROKEN) == []


@pytest.mark.parametrize(("past", "instance"), [((RESOLVED,), 1), ((RESOLVED, CLOSED), 2)])
def test_the_clock_goes_on_before_the_closing_and_begins_anew_after(past: tuple[Event, ...], instance: int) -> None:
    clocks = given(OPENED, accepted(), *past, REOPENED).clocks
    running = {run.clock: run.instance for run in clocks.runs if run.stopped is None}
    assert running[Clock.RESOLUTION] == instance
