from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from domain.event import Content
from domain.instant import HOUR, MINUTE
from domain.policy import Clock
from domain.refusal import Refused
from domain.ticket import Stage, Ticket
from domain.ticket.conversation import AutoReplied, Noted, answer, note, reply_automatically, write
from domain.ticket.joining import Merged
from domain.ticket.outcome import Closed, Closing
from domain.ticket.state import WaitFor, demand_agreement
from domain.ticket.waiting import Waited
from tests.cast import ACME, ANN, AT, BORIS, CY, OPENED, accepted, answered, given, refused, wrote

CLOSED = Closed(at=AT + HOUR, how=Closing.WITHDRAWN, by=CY)
ANSWER = {"message": "answer", "by": ANN, "channel": "mail", "body": "We are looking into it."}
WORDS = {"message": "message", "by": CY, "channel": "telegram", "body": "Any news?"}
AUTOMATIC = {"message": "robot", "channel": "mail", "body": "We got your message."}
NOTE = {"message": "note", "by": ANN, "body": "He is angry."}

SAYINGS = [(write, WORDS), (answer, ANSWER), (reply_automatically, AUTOMATIC), (note, NOTE)]


def running(ticket: Ticket) -> set[Clock]:
    return {run.clock for run in ticket.clocks.runs if run.stopped is None}


def test_a_client_writes() -> None:
    assert write(given(OPENED), at=AT + MINUTE, **WORDS) == [wrote(MINUTE)]


def test_a_message_of_the_client_is_owed_an_answer() -> None:
    assert given(OPENED, wrote(MINUTE)).owes_answer
    assert not given(OPENED, wrote(MINUTE), answered(HOUR)).owes_answer


def test_what_staff_take_down_is_a_message_of_the_client_but_no_agreement() -> None:
    (said,) = write(given(OPENED), at=AT + MINUTE, taken_down_by=ANN, **WORDS)
    assert said == replace(wrote(MINUTE), taken_down_by=ANN)
    ticket = given(OPENED, said)
    assert (ticket.owes_answer, ticket.messages, ticket.client_messages) == (True, frozenset({"message"}), frozenset())
    assert refused(demand_agreement, ticket, agreed="message") == "agreement_unknown"


def test_whoever_answers_a_ticket_that_nobody_has_taken_takes_it() -> None:
    assert answer(given(OPENED), at=AT + MINUTE, **ANSWER) == [accepted(), answered(MINUTE)]


def test_an_answer_does_not_take_a_ticket_from_its_owner() -> None:
    events = answer(given(OPENED, accepted()), at=AT + HOUR, **(ANSWER | {"by": BORIS}))
    assert events == [answered(HOUR, by=BORIS)]
    assert given(OPENED, accepted(), *events).owner == ANN


def test_an_answer_ends_the_first_response_and_begins_the_updates() -> None:
    assert running(given(OPENED, answered(MINUTE))) == {Clock.RESOLUTION, Clock.UPDATE}


def test_an_automatic_reply_never_counts() -> None:
    told = reply_automatically(given(OPENED, wrote(MINUTE)), at=AT + MINUTE, **AUTOMATIC)
    assert told == [
        AutoReplied(at=AT + MINUTE, message="robot", channel="mail", text=Content(CY, {"body": "We got your message."}))
    ]
    assert given(OPENED, wrote(MINUTE), *told).clocks == given(OPENED, wrote(MINUTE)).clocks


def test_a_note_is_for_the_staff() -> None:
    noted = note(given(OPENED), at=AT + MINUTE, **NOTE)
    assert noted == [Noted(at=AT + MINUTE, message="note", by=ANN, text=Content(CY, {"body": "He is angry."}))]
    assert given(OPENED, *noted).clocks == given(OPENED).clocks


def test_a_closed_ticket_may_still_get_a_note() -> None:
    assert note(given(OPENED, CLOSED), at=AT + 2 * HOUR, **NOTE)


@pytest.mark.parametrize(("say", "what"), SAYINGS)
def test_nothing_is_said_twice(say: Callable[..., Any], what: dict[str, Any]) -> None:
    said = say(given(OPENED), at=AT + MINUTE, **what)
    assert say(given(OPENED, *said), at=AT + HOUR, **what) == []


@pytest.mark.parametrize(("say", "what"), SAYINGS)
def test_nothing_is_said_on_a_ticket_that_is_not_there(say: Callable[..., Any], what: dict[str, Any]) -> None:
    assert refused(say, Ticket(), at=AT, **what) == "ticket_unknown"


@pytest.mark.parametrize(("say", "what"), SAYINGS[:3])
def test_no_word_goes_to_or_from_the_client_on_a_closed_ticket(say: Callable[..., Any], what: dict[str, Any]) -> None:
    assert refused(say, given(OPENED, CLOSED), at=AT + 2 * HOUR, **what) == "ticket_closed"


def test_a_conversation_does_not_go_on_in_a_merged_ticket() -> None:
    merged = given(OPENED, Merged(at=AT, by=ANN, into=ACME))
    with pytest.raises(Refused) as refusal:
        write(merged, at=AT, **WORDS)
    assert refusal.value == Refused("ticket_merged", reference=OPENED.reference)


def test_an_answer_without_words_is_none() -> None:
    assert refused(answer, given(OPENED), at=AT, **(ANSWER | {"body": " "})) == "text_missing"


def test_a_message_ends_the_wait_for_the_client_through_whatever_channel() -> None:
    waited = Waited(at=AT + MINUTE, what=WaitFor.CLIENT, until=AT + 9 * HOUR, by=ANN)
    ticket = given(OPENED, accepted(), waited, wrote(HOUR))
    assert (ticket.stage, ticket.waits_for, ticket.waits_until) == (Stage.ACCEPTED, None, None)
    assert ticket.clocks.waits_for is None
    assert ticket.owes_answer


def test_a_message_does_not_end_another_wait() -> None:
    waited = Waited(at=AT + MINUTE, what=WaitFor.VENDOR, until=AT + 9 * HOUR, by=ANN)
    assert given(OPENED, accepted(), waited, wrote(HOUR)).stage is Stage.WAITING
