from typing import Any

import pytest

from domain.erasure import (
    ErasedKind,
    Erasure,
    ErasureCompleted,
    ErasureKeysDestroyed,
    ErasureRequested,
    ErasureStep,
    ErasureTextsChosen,
    Event,
    Ground,
    chosen,
    complete,
    destroyed,
    evolve,
    request,
    request_of_tickets,
)
from domain.refusal import Refused
from tests.cast import ANN, AT, BORIS, CY

ASKED: dict[str, Any] = {
    "ground": Ground.CONSENT_WITHDRAWN,
    "kind": ErasedKind.PERSON,
    "subject": CY,
    "identities": [CY, BORIS],
    "administrators": [ANN],
    "at": AT,
}
COUNTED: dict[str, Any] = {
    "keys": 2,
    "digest": "ab" * 32,
    "until": 17,
    "counts": {"ticket.opened": 2, "ticket.noted": 1},
}


def after(*events: Event) -> Erasure:
    state = Erasure()
    for event in events:
        state = evolve(state, event)
    return state


def requested(**changes: Any) -> list[Event]:
    return request(Erasure(), **(ASKED | changes))


def without_keys() -> list[Event]:
    return [*requested(), *destroyed(after(*requested()), **COUNTED, at=AT + 1)]


def test_an_erasure_is_of_all_identities_on_a_stated_ground() -> None:
    ground, kind = Ground.CONSENT_WITHDRAWN, ErasedKind.PERSON
    assert requested(number="17-2026", by=ANN) == [
        ErasureRequested(at=AT, ground=ground, kind=kind, subject=CY, identities=(BORIS, CY), number="17-2026", by=ANN)
    ]
    state = after(*requested())
    assert (state.step, state.ground, state.kind) == (ErasureStep.REQUESTED, ground, kind)
    assert (state.subject, state.identities, state.requested_at) == (CY, (BORIS, CY), AT)


def test_it_is_requested_once() -> None:
    assert request(after(*requested()), **ASKED) == []


@pytest.mark.parametrize("administrators", [[CY], [CY, BORIS]])
def test_the_last_administrator_stays(administrators: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        requested(administrators=administrators)
    assert refused.value == Refused("last_administrator")


@pytest.mark.parametrize("administrators", [[], [ANN, CY]])
def test_whoever_is_not_the_last_administrator_is_erased(administrators: list[str]) -> None:
    assert requested(administrators=administrators)


@pytest.mark.parametrize("number", ["17-2026", "Вх.№15/4", "x" * 64])
def test_a_number_of_a_registry_may_be_told(number: str) -> None:
    (event,) = requested(number=number)
    assert isinstance(event, ErasureRequested)
    assert event.number == number


@pytest.mark.parametrize("number", ["of Cy Young", "17\n", "x" * 65, "cy@example.org"])
def test_a_number_is_no_place_for_a_name(number: str) -> None:
    with pytest.raises(Refused) as refused:
        requested(number=number)
    assert refused.value == Refused("number_invalid")


def test_what_is_erased_is_counted_when_the_keys_are_gone() -> None:
    event = ErasureKeysDestroyed(
        at=AT + 1, keys=2, sections=3, digest="ab" * 32, until=17, counts={"ticket.opened": 2, "ticket.noted": 1}
    )
    assert without_keys()[1:] == [event]
    state = after(*without_keys())
    assert (state.step, state.keys, state.sections) == (ErasureStep.KEYS_DESTROYED, 2, 3)
    assert (state.digest, state.until) == ("ab" * 32, 17)


def test_it_is_complete_with_the_same_counts() -> None:
    events = complete(after(*without_keys()), at=AT + 2)
    assert events == [ErasureCompleted(at=AT + 2, keys=2, sections=3, digest="ab" * 32)]
    state = after(*without_keys(), *events)
    assert (state.step, state.completed_at, state.sections) == (ErasureStep.COMPLETED, AT + 2, 3)


def test_each_step_follows_the_one_before_it_and_is_taken_once() -> None:
    over = after(*without_keys(), *complete(after(*without_keys()), at=AT + 2))
    for state in (Erasure(), after(*without_keys()), over):
        assert destroyed(state, **COUNTED, at=AT + 3) == []
    for state in (Erasure(), after(*requested()), over):
        assert complete(state, at=AT + 3) == []


CHOSEN: dict[str, Any] = {"digest": "ab" * 32, "until": 17, "counts": {"ticket.opened": 2, "ticket.noted": 1}}


def of_tickets() -> list[Event]:
    return request_of_tickets(Erasure(), tickets=["2" * 32, "1" * 32], at=AT)


def with_choice() -> list[Event]:
    return [*of_tickets(), *chosen(after(*of_tickets()), **CHOSEN, at=AT + 1)]


def test_an_erasure_of_tickets_is_of_nobody() -> None:
    tickets = ("1" * 32, "2" * 32)
    ground, kind = Ground.RETENTION, ErasedKind.TICKETS
    asked = ErasureRequested(at=AT, ground=ground, kind=kind, subject="", identities=(), tickets=tickets)
    assert of_tickets() == [asked]
    assert (after(asked).kind, after(asked).tickets, after(asked).identities) == (kind, tickets, ())
    assert request_of_tickets(after(asked), tickets=tickets, at=AT) == []


def test_the_texts_of_tickets_are_counted_before_they_go_and_no_key_goes_with_them() -> None:
    assert with_choice()[1:] == [ErasureTextsChosen(at=AT + 1, tickets=2, sections=3, **CHOSEN)]
    state = after(*with_choice())
    assert (state.step, state.keys, state.sections, state.until) == (ErasureStep.TEXTS_CHOSEN, 0, 3, 17)
    done = complete(state, at=AT + 2)
    assert done == [ErasureCompleted(at=AT + 2, keys=0, sections=3, digest="ab" * 32)]
    assert after(*with_choice(), *done).step is ErasureStep.COMPLETED


def test_texts_are_chosen_once_and_of_what_was_asked_for() -> None:
    for state in (Erasure(), after(*with_choice()), after(*with_choice(), *complete(after(*with_choice()), at=AT + 2))):
        assert chosen(state, **CHOSEN, at=AT + 3) == []
