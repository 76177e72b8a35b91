from collections.abc import Callable
from typing import Any

import pytest

from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.deadline import due
from domain.instant import HOUR, MINUTE
from domain.policy import Clock
from domain.ticket import Event, Ticket
from domain.ticket.classing import (
    Categorised,
    Move,
    Reclassified,
    Reprioritised,
    TermsMoved,
    categorise,
    move_terms,
    reclassify,
    reprioritise,
)
from domain.ticket.conversation import Noted
from domain.ticket.opening import Publicity
from domain.ticket.outcome import resolve
from tests.cast import ANN, AROUND_THE_CLOCK, AT, BARE, LEVEL, OPENED, accepted, given, opened, refused, wrote

URGENT: dict[str, Any] = {"priority": Priority.CRITICAL, "impact": Impact.HIGH, "urgency": Urgency.HIGH}
LESS: dict[str, Any] = {"priority": Priority.LOW, "impact": Impact.LOW, "urgency": Urgency.LOW}
MOVED: dict[str, Any] = {
    "level": LEVEL,
    "policy": 2,
    "published": True,
    "reason": Move.AMENDMENT,
    "book": AROUND_THE_CLOCK,
}
CHANGES = [(reprioritise, URGENT), (reclassify, {"kind": Kind.QUESTION}), (move_terms, MOVED)]


def resolution_due(*events: Event) -> int | None:
    clocks = given(*events).clocks
    (run,) = (run for run in clocks.runs if run.clock is Clock.RESOLUTION)
    return due(clocks, run, AROUND_THE_CLOCK)


def test_a_ticket_is_weighed_anew() -> None:
    assert reprioritise(given(OPENED), by=ANN, at=AT, **URGENT) == [Reprioritised(at=AT, by=ANN, **URGENT)]


def test_a_ticket_is_held_to_be_of_another_kind() -> None:
    assert reclassify(given(OPENED), kind=Kind.QUESTION, by=ANN, at=AT) == [
        Reclassified(at=AT, kind=Kind.QUESTION, by=ANN)
    ]


def test_a_ticket_is_moved_to_another_version_of_its_level() -> None:
    assert move_terms(given(OPENED), by=ANN, at=AT, **MOVED) == [
        TermsMoved(at=AT, level=LEVEL, policy=2, reason=Move.AMENDMENT, by=ANN)
    ]


def test_a_published_ticket_is_not_moved_to_a_level_that_is_not() -> None:
    bare: dict[str, Any] = MOVED | {"level": BARE, "policy": 1, "by": ANN, "at": AT}
    hidden = bare | {"published": False}
    assert refused(move_terms, given(OPENED), **hidden) == "level_not_published"
    assert move_terms(given(OPENED), **bare)
    assert move_terms(given(opened(publicity=Publicity.OPAQUE)), **hidden)


def test_a_published_ticket_moves_within_its_level_whatever_becomes_of_that() -> None:
    assert move_terms(given(OPENED), by=ANN, at=AT, **(MOVED | {"published": False}))


def test_a_ticket_is_not_moved_to_terms_that_nobody_wrote_down() -> None:
    assert refused(move_terms, given(OPENED), by=ANN, at=AT, **(MOVED | {"policy": 9})) == "terms_unknown"


def test_a_ticket_is_filed() -> None:
    filed = categorise(given(OPENED), category="voip", complexity=Complexity.COMPLEX, by=ANN, at=AT)
    assert filed == [Categorised(at=AT, by=ANN, category="voip", complexity=Complexity.COMPLEX)]
    assert categorise(given(OPENED, *filed), category="voip", complexity=Complexity.COMPLEX, by=ANN, at=AT) == []


@pytest.mark.parametrize(("decide", "facts"), CHANGES)
def test_the_same_again_is_no_news(decide: Callable[..., Any], facts: dict[str, Any]) -> None:
    assert decide(given(OPENED, *decide(given(OPENED), by=ANN, at=AT, **facts)), by=ANN, at=AT + HOUR, **facts) == []


@pytest.mark.parametrize(("decide", "facts"), CHANGES)
def test_an_agreement_is_a_message_of_the_client(decide: Callable[..., Any], facts: dict[str, Any]) -> None:
    note = Noted(at=AT, message="note", by=ANN, text=wrote(0).text)
    assert refused(decide, given(OPENED, note), by=ANN, at=AT, agreed="note", **facts) == "agreement_unknown"
    (event,) = decide(given(OPENED, wrote(0)), by=ANN, at=AT, agreed="message", **facts)
    assert event.agreed == "message"


@pytest.mark.parametrize(("decide", "facts"), CHANGES)
def test_the_client_may_agree_later(decide: Callable[..., Any], facts: dict[str, Any]) -> None:
    story = (OPENED, *decide(given(OPENED), by=ANN, at=AT, **facts), wrote(0))
    (late,) = decide(given(*story), by=ANN, at=AT + HOUR, agreed="message", **facts)
    assert late.agreed == "message"
    assert decide(given(*story, late), by=ANN, at=AT + 2 * HOUR, agreed="message", **facts) == []
    assert decide(given(*story, late), by=ANN, at=AT + 2 * HOUR, **facts) == []


@pytest.mark.parametrize(("decide", "facts"), CHANGES)
def test_a_resolved_ticket_keeps_its_terms(decide: Callable[..., Any], facts: dict[str, Any]) -> None:
    resolved = given(OPENED, *resolve(given(OPENED), message="end", by=ANN, body="Done.", at=AT))
    assert refused(decide, resolved, by=ANN, at=AT, **facts) == "ticket_not_open"
    assert refused(decide, Ticket(), by=ANN, at=AT, **facts) == "ticket_unknown"


def test_a_higher_priority_counts_from_the_opening_but_leaves_its_grace() -> None:
    raised = Reprioritised(at=AT + 10 * MINUTE, by=ANN, **URGENT)
    late = Reprioritised(at=AT + 2 * HOUR, by=ANN, **URGENT)
    assert resolution_due(OPENED, accepted(), raised) == AT + HOUR
    assert resolution_due(OPENED, accepted(), late) == AT + 2 * HOUR + 10 * MINUTE


def test_a_later_deadline_in_the_last_quarter_needs_the_agreement_of_the_client() -> None:
    story = (OPENED, accepted(), wrote(MINUTE))
    at = AT + 3 * HOUR + 30 * MINUTE
    assert resolution_due(*story, *reprioritise(given(*story), by=ANN, at=at, **LESS)) == AT + 4 * HOUR
    agreed = reprioritise(given(*story), by=ANN, at=at, agreed="message", **LESS)
    assert resolution_due(*story, *agreed) == AT + 8 * HOUR


def test_a_later_deadline_holds_from_the_late_agreement_on() -> None:
    at = AT + 3 * HOUR + 30 * MINUTE
    story = (OPENED, accepted(), wrote(MINUTE), *reprioritise(given(OPENED), by=ANN, at=at, **LESS))
    agreed = reprioritise(given(*story), by=ANN, at=at + MINUTE, agreed="message", **LESS)
    assert (resolution_due(*story), resolution_due(*story, *agreed)) == (AT + 4 * HOUR, AT + 8 * HOUR)


def test_a_level_without_a_target_promises_nothing() -> None:
    moved = TermsMoved(at=AT + HOUR, level=BARE, policy=1, reason=Move.CONTRACT, by=ANN)
    assert resolution_due(OPENED, accepted(), moved) is None
