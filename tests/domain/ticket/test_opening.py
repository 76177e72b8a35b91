import pytest

from domain.policy import Clock
from domain.ticket import Stage, Ticket
from domain.ticket.opening import Publicity, open_ticket
from tests.cast import ANN, OPENED, given, opened, refused


def test_a_ticket_is_opened() -> None:
    assert open_ticket(Ticket(), OPENED) == [OPENED]


def test_a_ticket_is_opened_once() -> None:
    assert open_ticket(given(OPENED), opened(by=ANN)) == []


@pytest.mark.parametrize("field", ["line", "team"])
def test_a_ticket_that_nobody_would_look_at_is_not_opened(field: str) -> None:
    assert refused(open_ticket, Ticket(), opening=opened(**{field: ""})) == "team_missing"


def test_an_opened_ticket_waits_for_somebody_to_take_it() -> None:
    ticket = given(OPENED)
    assert (ticket.stage, ticket.team, ticket.owner, ticket.taken) == (Stage.OPENED, "front", None, False)
    assert {run.clock for run in ticket.clocks.runs} == {Clock.REACTION, Clock.FIRST_RESPONSE, Clock.RESOLUTION}


def test_a_ticket_is_published_or_not_from_the_start() -> None:
    assert given(OPENED).published
    assert not given(opened(publicity=Publicity.OPAQUE)).published
