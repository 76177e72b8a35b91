"""What a ticket keeps of its events, and what they tell, to the last fact."""

from dataclasses import replace
from typing import Any

import pytest

from domain.calendar import Period, always
from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.clock import Outcome, Verdict
from domain.configuration.level import Levels
from domain.event import Content
from domain.instant import HOUR, MINUTE
from domain.policy import Clock
from domain.refusal import Refused
from domain.routing import Fact, Rule
from domain.ticket import Stage, folded
from domain.ticket.assignment import HandedOver, accept
from domain.ticket.classing import Reprioritised
from domain.ticket.consequences import ESCALATION, consequences, tick
from domain.ticket.conversation import answer, reply_automatically
from domain.ticket.intake import Request, opening
from domain.ticket.notices import ClientToBeTold, NoticeUndeliverable, retry
from domain.ticket.opening import Publicity, TicketOpened
from domain.ticket.outcome import Closed, Closing, resolve
from domain.ticket.promise import ClockDecided, VerdictExcluded
from domain.ticket.state import DESK, WaitFor
from domain.ticket.waiting import Waited, answer_and_wait, go_on, wait
from tests.cast import (
    ACME,
    ANN,
    AROUND_THE_CLOCK,
    AT,
    BORIS,
    CY,
    LADDER,
    LINES,
    OPENED,
    WITH_LADDER,
    accepted,
    answered,
    book_of,
    given,
    handed_over,
    opened,
    wrote,
)
from tests.domain.configuration.wishes import NOW, after, contract, level, routing, wanted

UNTIL = AT + 9 * HOUR
WAITED = Waited(at=AT + HOUR, what=WaitFor.DATE, until=UNTIL, by=ANN, agreed="message")
WAIT: dict[str, Any] = {"what": WaitFor.DATE, "until": UNTIL, "by": ANN, "at": AT + HOUR, "agreed": "message"}
ANSWER: dict[str, Any] = {"message": "answer", "channel": "mail", "body": "We are looking into it."}
REQUEST = Request(
    channel="phone",
    by=ANN,
    requester=CY,
    organisation=ACME,
    kind=Kind.QUESTION,
    impact=Impact.HIGH,
    urgency=Urgency.LOW,
    complexity=Complexity.COMPLEX,
    subject="No dial tone",
    body="Since this morning.",
)
GOLDEN = Rule("golden", {Fact.LEVEL: ("gold",)}, "first", "desk")
CONTRACTED = after(
    wanted(contract("c", ACME), levels=(level(), level("silver")), rules=routing(GOLDEN, standard="silver"))
)


def test_what_is_asked_is_opened_by_the_contract_of_whoever_asks() -> None:
    assert opening(REQUEST, CONTRACTED, reference="123456788", at=NOW) == TicketOpened(
        at=NOW,
        kind=Kind.QUESTION,
        priority=Priority.NORMAL,
        level="gold",
        policy=1,
        reference="123456788",
        publicity=Publicity.OPAQUE,
        channel="phone",
        by=ANN,
        requester=CY,
        organisation=ACME,
        impact=Impact.HIGH,
        urgency=Urgency.LOW,
        complexity=Complexity.COMPLEX,
        line="first",
        team="desk",
        rule="golden",
        text=Content(CY, {"subject": "No dial tone", "body": "Since this morning."}),
    )


def test_a_withdrawn_level_is_named() -> None:
    with pytest.raises(Refused) as refused:
        opening(REQUEST, replace(CONTRACTED, levels=Levels()), reference="123456788", at=NOW)
    assert refused.value == Refused("level_withdrawn", level="gold")


def test_a_ticket_is_what_it_was_opened_as() -> None:
    asked = {"kind": Kind.QUESTION, "impact": Impact.HIGH, "urgency": Urgency.LOW, "complexity": Complexity.COMPLEX}
    filed = {"reference": "222222226", "category": "voip", "priority": Priority.HIGH, "level": "silver", "policy": 7}
    ticket = given(opened(**asked, **filed))
    assert {name: getattr(ticket, name) for name in asked | filed} == asked | filed


def test_taking_over_a_ticket_that_waits_does_not_end_the_wait() -> None:
    waiting = given(OPENED, accepted(), handed_over(), WAITED)
    taken = folded(accept(waiting, by=BORIS, teams=frozenset({"network"}), at=AT + 2 * HOUR), waiting)
    assert (taken.stage, taken.owner, taken.waits_until) == (Stage.WAITING, BORIS, UNTIL)


def test_a_message_that_is_known_already_takes_no_ticket() -> None:
    told = reply_automatically(given(OPENED), message="answer", channel="mail", body="We got it.", at=AT)
    assert answer(given(OPENED, *told), by=ANN, at=AT + MINUTE, **ANSWER) == []


def test_the_solution_is_a_message_among_the_others() -> None:
    story = (OPENED, accepted(), wrote(MINUTE))
    resolved = given(*story, *resolve(given(*story), message="answer", by=ANN, body="Done.", at=AT + HOUR))
    assert resolved.messages == {"message", "answer"}
    assert answer(resolved, by=ANN, at=AT + 2 * HOUR, **ANSWER) == []


def test_nothing_is_waited_for_when_work_is_done() -> None:
    story = (OPENED, accepted(), wrote(MINUTE), WAITED)
    resolved = given(*story, *resolve(given(*story), message="end", by=ANN, body="Done.", at=AT + 2 * HOUR))
    assert (resolved.waits_for, resolved.wait_agreed) == (None, None)


def test_the_agreement_to_a_wait_ends_with_it() -> None:
    waiting = given(OPENED, accepted(), wrote(MINUTE), WAITED)
    assert waiting.wait_agreed == "message"
    assert folded(go_on(waiting, by=ANN, at=AT + 2 * HOUR), waiting).wait_agreed is None


def test_a_wait_names_the_message_that_agreed_to_it() -> None:
    assert wait(given(OPENED, accepted(), wrote(MINUTE)), **WAIT) == [WAITED]


def test_an_answer_that_waits_in_one_step_is_the_answer_and_the_wait() -> None:
    events = answer_and_wait(given(OPENED, wrote(MINUTE)), **ANSWER, **WAIT)
    assert events == [accepted(after=HOUR), answered(HOUR), WAITED]


def test_a_stored_verdict_is_kept_as_it_was_given() -> None:
    facts: dict[str, Any] = {"due": AT + 20 * MINUTE, "ended": AT + MINUTE, "level": "silver", "policy": 7}
    facts |= {"clock": Clock.REACTION, "instance": 1, "outcome": Outcome.MET}
    facts |= {"kind": Kind.QUESTION, "priority": Priority.HIGH}
    assert given(OPENED, ClockDecided(at=AT + MINUTE, **facts)).clocks.verdicts == (Verdict(**facts),)


def test_a_notice_that_is_tried_again_leaves_the_other_dead_letters() -> None:
    ordered = [ClientToBeTold(at=AT, notice=notice, stage=Stage.OPENED) for notice in (1, 2)]
    dead = [NoticeUndeliverable(at=AT, notice=notice, attempts=9, why="no such address") for notice in (1, 2)]
    ticket = given(OPENED, *ordered, *dead)
    again = folded(retry(ticket, notice=1, at=AT), ticket)
    assert again.untold == {1}
    assert again.given_up == {2}


def test_the_exclusions_of_a_withdrawal_show_the_message_that_asked_for_it() -> None:
    closed = Closed(at=AT + 10 * MINUTE, how=Closing.WITHDRAWN, by=ANN, agreed="message")
    events = consequences(given(OPENED, wrote(MINUTE)), [closed], book=AROUND_THE_CLOCK)
    told = {(event.at, event.by, event.agreed) for event in events if isinstance(event, VerdictExcluded)}
    assert told == {(closed.at, DESK, "message")}


def test_the_ladder_raises_the_priority_and_nothing_else() -> None:
    ticket = given(opened(impact=Impact.HIGH, urgency=Urgency.LOW), accepted(), answered(2 * MINUTE))
    at = AT + 4 * HOUR
    [raised] = (e for e in tick(ticket, at=at, book=WITH_LADDER, lines=LINES) if isinstance(e, Reprioritised))
    assert raised == Reprioritised(at=at, priority=Priority.HIGH, by=DESK, impact=Impact.HIGH, urgency=Urgency.LOW)


def test_the_ladder_tells_from_where_to_where_it_moved_the_ticket_and_when() -> None:
    at = AT + 3 * HOUR
    ticket = given(OPENED, accepted(), answered(2 * MINUTE))
    [moved] = (e for e in tick(ticket, at=at, book=WITH_LADDER, lines=LINES) if isinstance(e, HandedOver))
    assert moved == replace(handed_over(), at=at, by=DESK, reason=ESCALATION)


def test_a_step_beyond_the_end_of_the_calendar_is_not_reached_yet() -> None:
    ending = book_of(always("ending", 1, Period(AT, AT + 15 * MINUTE)), LADDER)
    assert tick(given(OPENED), at=AT + 14 * MINUTE, book=ending, lines=LINES) == []
