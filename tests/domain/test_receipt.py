import pytest

from domain.receipt import Receipt, RequestReceived, evolve, receive
from domain.refusal import Refused

DIGEST, OTHER = "d" * 64, "0" * 64
TICKET = "71" * 16
RECEIVED = RequestReceived(at=1, digest=DIGEST, did=TICKET)


def test_a_request_is_noted_with_what_it_did() -> None:
    assert receive(Receipt(), digest=DIGEST, did=TICKET, at=1) == [RECEIVED]
    assert evolve(Receipt(), RECEIVED) == Receipt(DIGEST, TICKET)


def test_the_same_request_again_is_noted_once() -> None:
    assert receive(Receipt(DIGEST, TICKET), digest=DIGEST, did=TICKET, at=2) == []


def test_a_key_is_for_one_request() -> None:
    with pytest.raises(Refused) as refused:
        receive(Receipt(DIGEST, TICKET), digest=OTHER, did=TICKET, at=2)
    assert refused.value == Refused("idempotency_key_reused")
