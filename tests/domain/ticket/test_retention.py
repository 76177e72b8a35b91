from typing import Any

import pytest

from domain.event import Id
from domain.instant import DAY, HOUR, Instant
from domain.refusal import Refused
from domain.ticket import Event, Ticket, folded
from domain.ticket.consequences import consequences
from domain.ticket.conversation import note
from domain.ticket.feedback import rate
from domain.ticket.joining import Merged, link
from domain.ticket.notices import ClientToBeTold, told
from domain.ticket.outcome import Closed, Closing, Objection, Reopened, reopen
from domain.ticket.retention import TextsExpired, demand_texts, expire, kept_since
from domain.ticket.state import Stage
from tests.cast import ANN, AROUND_THE_CLOCK, AT, CY, OPENED, given

ERASURE: Id = "e" * 32
CLOSED = Closed(at=AT + HOUR, how=Closing.WITHDRAWN, by=CY)
MERGED = Merged(at=AT + HOUR, by=ANN, into="22" * 16)
EXPIRED = TextsExpired(at=AT + DAY, erasure=ERASURE)


def after(*events: Event, until: Instant = AT + DAY) -> list[Event]:
    return [*expire(given(OPENED, *events), erasure=ERASURE, until=until, at=AT + DAY)]


def test_the_texts_of_a_ticket_expire_once_it_has_been_over_for_long_enough() -> None:
    for end in (CLOSED, MERGED):
        assert after(end) == after(end, until=end.at) == [EXPIRED]
        assert kept_since(given(OPENED, end)) == end.at
        assert given(OPENED, end, EXPIRED).texts_expired_at == EXPIRED.at


REOPENED = Reopened(at=AT + 2 * HOUR, why=Objection.RETURNED, by=CY)
LEFT_ALONE: list[tuple[list[Event], Instant]] = [
    ([], AT + DAY),
    ([CLOSED], CLOSED.at - 1),
    ([CLOSED, REOPENED], AT + DAY),
]


@pytest.mark.parametrize(("events", "until"), LEFT_ALONE)
def test_they_stay_while_the_ticket_goes_on_or_is_not_over_for_long_enough(events: list[Event], until: Instant) -> None:
    with pytest.raises(Refused, match="ticket_in_use"):
        after(*events, until=until)


def test_nobody_is_told_any_more_of_what_became_of_it() -> None:
    waiting = given(OPENED, CLOSED, ClientToBeTold(at=CLOSED.at, notice=1, stage=Stage.CLOSED), EXPIRED)
    assert waiting.untold == frozenset()
    assert told(waiting, notice=1, attempts=1, at=AT + 2 * DAY) == []


def test_a_ticket_that_was_reopened_counts_from_its_last_closing() -> None:
    again = Closed(at=AT + 5 * HOUR, how=Closing.CONFIRMED, by=CY)
    assert kept_since(given(OPENED, CLOSED, REOPENED, again)) == again.at


def test_they_expire_once() -> None:
    with pytest.raises(Refused, match="ticket_in_use"):
        after(CLOSED, EXPIRED)


def test_nothing_is_written_on_the_ticket_any_more() -> None:
    ticket = given(OPENED, CLOSED, EXPIRED)
    facts: dict[str, Any] = {"by": ANN, "at": AT + 2 * DAY}
    for events in (
        reopen(ticket, **facts),
        note(ticket, message="m", body="Odd.", **facts),
        rate(ticket, csat=5, **facts),
        link(ticket, ticket_id="1" * 32, to="2" * 32, how="related", **facts),
    ):
        with pytest.raises(Refused) as refused:
            consequences(ticket, events, book=AROUND_THE_CLOCK)
        assert refused.value == Refused("texts_expired", reference=OPENED.reference)
    assert consequences(ticket, [], book=AROUND_THE_CLOCK) == []


def test_a_ticket_that_has_its_texts_goes_on() -> None:
    demand_texts(Ticket())
    demand_texts(folded([OPENED, CLOSED]))
