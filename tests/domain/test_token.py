from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusal import Refused
from domain.token import (
    Event,
    Token,
    TokenIssued,
    TokenRevoked,
    TokenScope,
    authenticated,
    evolve,
    issue,
    read_text,
    revoke,
    text_of,
)

ANN, BEN, SECRET = "a" * 32, "b" * 32, "s" * 43
SCOPES = frozenset({TokenScope.TICKETS_WRITE, TokenScope.TICKETS_READ})


def issued(
    *, secret: str = SECRET, scopes: frozenset[TokenScope] = SCOPES, expires_at: int | None = None
) -> list[Event]:
    return issue(Token(), secret=secret, person=ANN, scopes=scopes, label="CI", expires_at=expires_at, at=10)


def token(*, expires_at: int | None = None) -> Token:
    (event,) = issued(expires_at=expires_at)
    return evolve(Token(), event)


def test_a_token_is_for_a_person_and_scopes() -> None:
    assert (token().person, token().scopes) == (ANN, SCOPES)


def test_it_is_known_who_issued_and_who_revoked_a_token_and_when() -> None:
    scopes = tuple(sorted(SCOPES))
    facts: dict[str, Any] = {"person": ANN, "label": "CI", "expires_at": 20, "at": 10, "by": BEN}
    events = issue(Token(), secret=SECRET, scopes=SCOPES, **facts)
    assert events == [TokenIssued(hash=sha256(SECRET.encode()).hexdigest(), scopes=scopes, **facts)]
    assert revoke(token(), at=11, by=BEN) == [TokenRevoked(at=11, by=BEN)]


def test_the_secret_is_not_stored() -> None:
    assert SECRET not in str(issued())


def test_a_token_is_issued_once() -> None:
    assert issue(token(), secret=SECRET, person=ANN, scopes=SCOPES, label="", expires_at=None, at=11) == []


def test_a_token_has_a_scope() -> None:
    with pytest.raises(Refused) as refused:
        issued(scopes=frozenset())
    assert refused.value == Refused("token_without_scope")


def test_a_token_expires_in_the_future() -> None:
    with pytest.raises(Refused) as refused:
        issued(expires_at=10)
    assert refused.value == Refused("token_expired_already", expires_at=10)


def test_only_its_own_secret_proves_a_token() -> None:
    assert authenticated(token(), SECRET, 10)
    assert not authenticated(token(), "t" * 43, 10)


def test_a_token_that_was_never_issued_is_proved_by_nothing() -> None:
    assert not authenticated(Token(), "", 10)


def test_a_token_holds_until_just_before_it_expires() -> None:
    assert authenticated(token(expires_at=20), SECRET, 19)
    assert not authenticated(token(expires_at=20), SECRET, 20)


def test_a_revoked_token_holds_no_longer() -> None:
    (event,) = revoke(token(), at=11)
    revoked = evolve(token(), event)
    assert not authenticated(revoked, SECRET, 12)
    assert revoke(revoked, at=12) == []


def test_what_was_never_issued_cannot_be_revoked() -> None:
    with pytest.raises(Refused) as refused:
        revoke(Token(), at=1)
    assert refused.value == Refused("token_unknown")


@given(st.from_regex(r"[0-9a-f]{32}", fullmatch=True), st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
def test_a_token_is_read_as_it_was_written(stream: str, secret: str) -> None:
    assert read_text(text_of(stream, secret)) == (stream, secret)


@pytest.mark.parametrize("text", ["", "glasno_", f"glasno_{ANN}_short", f"glasno_{ANN.upper()}_{SECRET}", SECRET])
def test_what_is_no_token_is_not_read(text: str) -> None:
    assert read_text(text) is None
