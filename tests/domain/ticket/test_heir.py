from typing import Any

from domain.instant import HOUR, MINUTE
from domain.ticket import Event
from domain.ticket.conversation import answer, note, reply_automatically
from domain.ticket.heir import RequesterErased, pass_on
from domain.ticket.joining import Merged
from domain.ticket.outcome import Closed, Closing, refuse, resolve
from domain.ticket.promise import state_next_act
from tests.cast import ACME, ANN, AT, BORIS, CAUSES, CY, OPENED, accepted, given

PASSED = RequesterErased(at=AT + HOUR, organisation=ACME)
OVER: list[Event] = [Closed(at=AT + HOUR, how=Closing.WITHDRAWN, by=CY), Merged(at=AT + HOUR, by=ANN, into="22" * 16)]


def test_a_live_ticket_of_whoever_is_erased_goes_on_as_the_organisations() -> None:
    assert pass_on(given(OPENED), erased=[CY, BORIS], at=AT + HOUR) == [PASSED]
    assert given(OPENED).subject == CY
    assert given(OPENED, PASSED).subject == ACME
    assert given(OPENED, PASSED).requester == CY


def test_a_ticket_of_somebody_else_stays_as_it_is() -> None:
    assert pass_on(given(OPENED), erased=[BORIS], at=AT + HOUR) == []


def test_a_ticket_that_is_over_stays_as_it_is() -> None:
    for end in OVER:
        assert pass_on(given(OPENED, end), erased=[CY], at=AT + HOUR) == []


def test_it_passes_on_once() -> None:
    assert pass_on(given(OPENED, PASSED), erased=[CY], at=AT + HOUR) == []


def test_whatever_staff_write_from_then_on_belongs_to_the_organisation() -> None:
    ticket, said = given(OPENED, accepted(), PASSED), dict[str, Any](message="m", by=ANN, at=AT + 2 * HOUR)
    written: list[Any] = [
        *answer(ticket, channel="mail", body="Try now.", **said),
        *note(ticket, body="Was a cable.", **said),
        *reply_automatically(ticket, message="m", channel="mail", body="We got it.", at=AT + 2 * HOUR),
        *resolve(ticket, body="A new cable.", **said),
        *refuse(ticket, cause="out_of_scope", causes=CAUSES, explanation="No.", alternatives="A shop.", **said),
        *state_next_act(ticket, what="Call", due=AT + 3 * HOUR, by=ANN, at=AT + 2 * HOUR + MINUTE),
    ]
    assert [event.text.owner for event in written] == [ACME] * 6
