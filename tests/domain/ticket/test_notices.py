from dataclasses import replace

import pytest

from domain.instant import MINUTE
from domain.refusal import Refused
from domain.ticket import Stage, evolve
from domain.ticket.notices import ClientToBeTold, ClientTold, NoticeRetried, NoticeUndeliverable, give_up, retry, told
from domain.ticket.outcome import Closed, Closing, Objection, Reopened
from tests.cast import AT, CY, OPENED, given

TO_BE_TOLD = ClientToBeTold(at=AT, notice=1, stage=Stage.OPENED)
ATTEMPT = {"notice": 1, "attempts": 3, "at": AT + MINUTE}


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
    closed = Closed(at=AT, how=Closing.WITHDRAWN, by=CY)
    reopened = Reopened(at=AT + MINUTE, why=Objection.RETURNED, by=CY)
    dead = NoticeUndeliverable(at=AT, notice=2, attempts=9, why="no such address")
    ticket = given(OPENED, TO_BE_TOLD, replace(TO_BE_TOLD, notice=2), dead, closed, reopened)
    assert (ticket.untold, ticket.given_up, ticket.notices) == (frozenset(), frozenset(), 2)


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
