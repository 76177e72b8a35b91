from collections.abc import Callable
from typing import Any

import pytest

from domain.instant import HOUR, MINUTE
from domain.policy import Clock
from domain.ticket import Stage, Ticket
from domain.ticket.assignment import Assigned, Because, OwnerLeft, accept, assign, hand_over, taken_by
from domain.ticket.outcome import Closed, Closing
from tests.cast import ANN, AT, BORIS, CY, DORA, LINES, OPENED, REASONS, accepted, given, handed_over, refused

FRONT = frozenset({"front"})
NETWORK = frozenset({"network"})
OF_FRONT: dict[str, Any] = {"teams": FRONT, "serves": False, "lines": LINES}
LEFT = OwnerLeft(at=AT + HOUR, owner=ANN, team="front")


def assigned(owner: str, team: str = "front", because: Because = Because.CHOSEN) -> Assigned:
    return Assigned(at=AT + HOUR, by=ANN, team=team, owner=owner, because=because)


def test_a_person_of_the_team_takes_the_ticket() -> None:
    assert accept(given(OPENED), by=ANN, teams=FRONT, at=AT + MINUTE) == [accepted()]


def test_the_owner_of_a_ticket_has_taken_it_already() -> None:
    assert accept(given(OPENED, accepted()), by=ANN, teams=FRONT, at=AT + HOUR) == []


def test_a_ticket_is_not_taken_from_its_owner() -> None:
    assert refused(accept, given(OPENED, accepted()), by=DORA, teams=FRONT, at=AT) == "already_accepted"


def test_nobody_of_another_team_takes_the_ticket() -> None:
    assert refused(accept, given(OPENED), by=BORIS, teams=NETWORK, at=AT) == "not_in_team"


def test_taking_it_is_the_reaction() -> None:
    ticket = given(OPENED, accepted())
    assert (ticket.stage, ticket.owner, ticket.taken) == (Stage.ACCEPTED, ANN, True)
    assert Clock.REACTION not in {run.clock for run in ticket.clocks.runs if run.stopped is None}


def test_being_assigned_is_not_taking_it() -> None:
    ticket = given(OPENED, *assign(given(OPENED), by=ANN, owner=BORIS, at=AT + HOUR, **OF_FRONT))
    assert (ticket.stage, ticket.owner, ticket.taken) == (Stage.OPENED, BORIS, False)


def test_another_person_is_made_responsible() -> None:
    assert assign(given(OPENED, accepted()), by=ANN, owner=DORA, at=AT + HOUR, **OF_FRONT) == [assigned(DORA)]


def test_the_same_person_again_is_no_news() -> None:
    assert assign(given(OPENED, accepted()), by=ANN, owner=ANN, at=AT + HOUR, **OF_FRONT) == []


def test_a_person_of_another_team_of_the_line_is_made_responsible() -> None:
    events = assign(given(OPENED), by=ANN, owner=DORA, team="front-night", at=AT + HOUR, **OF_FRONT)
    assert events == [assigned(DORA, team="front-night")]
    assert (given(OPENED, *events).line, given(OPENED, *events).team) == ("1", "front-night")


@pytest.mark.parametrize(("team", "code"), [("network", "hand_over_needed"), ("choir", "team_unknown")])
def test_a_person_of_another_line_needs_a_hand_over(team: str, code: str) -> None:
    assert refused(assign, given(OPENED), by=ANN, owner=BORIS, team=team, at=AT, **OF_FRONT) == code


def test_nobody_of_another_line_is_made_responsible_but_who_serves_the_organisation() -> None:
    boris: dict[str, Any] = {"by": ANN, "owner": BORIS, "lines": LINES, "at": AT + HOUR}
    for teams in (NETWORK, frozenset({"choir"}), frozenset[str]()):
        code = refused(assign, given(OPENED), teams=teams, serves=False, **boris)
        assert code == "owner_of_another_line"
        assert assign(given(OPENED), teams=teams, serves=True, **boris) == [assigned(BORIS)]


def test_what_nobody_is_there_for_waits_for_its_team_again() -> None:
    left = given(OPENED, accepted(), LEFT)
    assert (left.owner, left.team, left.stage, left.awaits_acceptance) == (None, "front", Stage.ACCEPTED, True)
    assert left.clocks == given(OPENED, accepted()).clocks
    taken = accept(left, by=DORA, teams=FRONT, at=AT + 2 * HOUR)
    assert taken == taken_by(left, by=DORA, at=AT + 2 * HOUR) == [accepted(by=DORA, after=2 * HOUR)]
    assert given(OPENED, accepted(), LEFT, *taken).owner == DORA


def test_a_hand_over_names_its_reason() -> None:
    events = hand_over(
        given(OPENED, accepted()),
        by=ANN,
        team="network",
        reason="skill",
        reasons=REASONS,
        lines=LINES,
        at=AT + 2 * MINUTE,
    )
    assert events == [handed_over()]


@pytest.mark.parametrize(
    ("team", "reason", "code"),
    [("network", "mood", "reason_unknown"), ("network", "", "reason_unknown"), ("choir", "skill", "team_unknown")],
)
def test_a_hand_over_without_a_known_reason_or_team_is_refused(team: str, reason: str, code: str) -> None:
    ticket = given(OPENED)
    assert refused(hand_over, ticket, by=ANN, team=team, reason=reason, reasons=REASONS, lines=LINES, at=AT) == code


def test_a_ticket_is_not_handed_over_to_where_it_is() -> None:
    assert hand_over(given(OPENED), by=ANN, team="front", reason="skill", reasons=REASONS, lines=LINES, at=AT) == []


def test_the_owner_stays_responsible_until_somebody_of_the_new_team_takes_it() -> None:
    handed = given(OPENED, accepted(), handed_over())
    assert (handed.line, handed.team, handed.owner, handed.awaits_acceptance) == ("2", "network", ANN, True)
    taken = given(OPENED, accepted(), handed_over(), *accept(handed, by=BORIS, teams=NETWORK, at=AT + HOUR))
    assert (taken.owner, taken.awaits_acceptance) == (BORIS, False)


def test_the_old_team_does_not_take_it_back_without_a_hand_over() -> None:
    handed = given(OPENED, accepted(), handed_over())
    assert refused(accept, handed, by=ANN, teams=FRONT, at=AT) == "not_in_team"


def test_a_deputy_of_the_old_owner_does_not_take_it_from_the_new_team() -> None:
    absent = given(OPENED, accepted(), handed_over(), assigned(DORA, team="network", because=Because.ABSENCE))
    assert (absent.owner, absent.awaits_acceptance) == (DORA, True)
    assert accept(absent, by=BORIS, teams=NETWORK, at=AT + HOUR) == [accepted(by=BORIS, after=HOUR, team="network")]


@pytest.mark.parametrize(
    ("decide", "facts"),
    [
        (accept, {"teams": FRONT}),
        (assign, {"owner": DORA, **OF_FRONT}),
        (hand_over, {"team": "network", "reason": "skill", "reasons": REASONS, "lines": LINES}),
    ],
)
def test_nobody_becomes_responsible_for_a_closed_ticket(decide: Callable[..., Any], facts: dict[str, Any]) -> None:
    closed = given(OPENED, Closed(at=AT, how=Closing.WITHDRAWN, by=CY))
    assert refused(decide, closed, by=ANN, at=AT, **facts) == "ticket_closed"
    assert refused(decide, Ticket(), by=ANN, at=AT, **facts) == "ticket_unknown"
