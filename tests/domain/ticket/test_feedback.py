from typing import Any

import pytest

from domain.event import Content
from domain.instant import HOUR
from domain.ticket import Ticket
from domain.ticket.feedback import Rated, rate
from domain.ticket.joining import Merged
from domain.ticket.outcome import Closed, Closing, resolve
from tests.cast import ANN, AT, CY, OPENED, given, refused

RESOLVED = given(OPENED, *resolve(given(OPENED), message="end", by=ANN, body="Done.", at=AT))
CLOSED = given(OPENED, Closed(at=AT, how=Closing.WITHDRAWN, by=CY))


@pytest.mark.parametrize("ended", [RESOLVED, CLOSED])
def test_a_ticket_is_rated_when_it_is_over(ended: Ticket) -> None:
    assert rate(ended, by=CY, at=AT + HOUR, csat=5, nps=10) == [Rated(at=AT + HOUR, by=CY, csat=5, nps=10)]


def test_a_rating_may_have_a_comment_of_the_client() -> None:
    (rated,) = rate(RESOLVED, by=CY, at=AT + HOUR, csat=1, comment="Slow.")
    assert rated.text == Content(CY, {"comment": "Slow."})


@pytest.mark.parametrize("scale", [{"csat": 1}, {"csat": 5}, {"nps": 0}, {"nps": 10}])
def test_the_ends_of_a_scale_belong_to_it(scale: dict[str, Any]) -> None:
    assert rate(RESOLVED, by=CY, at=AT, **scale) == [Rated(at=AT, by=CY, **scale)]


@pytest.mark.parametrize(
    ("scale", "code"),
    [
        ({}, "rating_missing"),
        ({"csat": 0}, "csat_out_of_range"),
        ({"csat": 6}, "csat_out_of_range"),
        ({"nps": -1}, "nps_out_of_range"),
        ({"nps": 11, "csat": 5}, "nps_out_of_range"),
    ],
)
def test_nothing_else_is_a_rating(scale: dict[str, Any], code: str) -> None:
    assert refused(rate, RESOLVED, by=CY, at=AT, **scale) == code


@pytest.mark.parametrize("ticket", [given(OPENED), given(OPENED, Merged(at=AT, by=ANN, into="22" * 16))])
def test_a_ticket_is_not_rated_before_its_end(ticket: Ticket) -> None:
    assert refused(rate, ticket, by=CY, at=AT, csat=5) == "ticket_not_ended"


def test_a_ticket_that_is_not_there_is_not_rated() -> None:
    assert refused(rate, Ticket(), by=CY, at=AT, csat=5) == "ticket_unknown"


def test_a_new_rating_may_follow() -> None:
    (first,) = rate(RESOLVED, by=CY, at=AT, csat=1)
    rated = given(OPENED, *resolve(given(OPENED), message="end", by=ANN, body="Done.", at=AT), first)
    assert rate(rated, by=CY, at=AT + HOUR, csat=5) == [Rated(at=AT + HOUR, by=CY, csat=5)]
