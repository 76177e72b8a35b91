"""A token: lets a program act for a person, within scopes, until it expires or is revoked.

Its text is `glasno_<stream id>_<secret>`: found by its id, proved by its secret. The secret is 256 random bits, shown
once; only its SHA-256 is stored. A slow password hash would add nothing, since nobody can guess 256 random bits.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused

TEXT: Final = re.compile(r"glasno_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
"""256 bits are 43 characters of base64url (RFC 4648) without padding."""


class TokenScope(StrEnum):
    """What a token may be used for, as far as its person may do it."""

    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    COMPONENTS_WRITE = "components:write"
    CONFIGURATION_WRITE = "configuration:write"
    PEOPLE_WRITE = "people:write"
    ALERTS_WRITE = "alerts:write"
    AUDIT_READ = "audit:read"


@event(
    "token.issued",
    visibility=Visibility.OPAQUE,
    en="A token was issued to {person} for {scopes}: {label}",
    ru="Выдан ключ доступа, владелец {person}, права {scopes}: {label}",
)
class TokenIssued:
    """A token; without `expires_at` it holds until it is revoked."""

    at: Public[Instant]
    hash: str
    person: Id
    scopes: tuple[TokenScope, ...]
    label: str
    expires_at: Instant | None = None
    by: Id | None = None


@event("token.revoked", visibility=Visibility.OPAQUE, en="The token was revoked", ru="Ключ доступа отозван")
class TokenRevoked:
    """It opens nothing any more."""

    at: Public[Instant]
    by: Id | None = None


Event: TypeAlias = TokenIssued | TokenRevoked


@dataclass(frozen=True)
class Token:
    """The state of a token; as constructed, of one that was never issued."""

    hash: str = ""
    person: Id = ""
    scopes: frozenset[TokenScope] = frozenset()
    expires_at: Instant | None = None
    revoked: bool = False


def evolve(token: Token, event: Event) -> Token:
    """The token after an event."""
    match event:
        case TokenIssued():
            return Token(event.hash, event.person, frozenset(event.scopes), event.expires_at)
        case TokenRevoked():
            return replace(token, revoked=True)
        case _:
            assert_never(event)


def issue(
    token: Token,
    *,
    secret: str,
    person: Id,
    scopes: frozenset[TokenScope],
    label: str,
    expires_at: Instant | None,
    at: Instant,
    by: Id | None = None,
) -> list[Event]:
    """Issue it to a person for at least one scope."""
    if token.hash:
        return []
    if not scopes:
        raise Refused("token_without_scope")
    if expires_at is not None and expires_at <= at:
        raise Refused("token_expired_already", expires_at=expires_at)
    known = tuple(sorted(scopes))
    return [
        TokenIssued(at=at, hash=_hash(secret), person=person, scopes=known, label=label, expires_at=expires_at, by=by)
    ]


def revoke(token: Token, *, at: Instant, by: Id | None = None) -> list[Event]:
    """Revoke it for good."""
    if not token.hash:
        raise Refused("token_unknown")
    return [] if token.revoked else [TokenRevoked(at=at, by=by)]


def authenticated(token: Token, secret: str, at: Instant) -> bool:
    """Whether the secret is the token's and the token holds at that instant; the comparison takes constant time."""
    holds = not token.revoked and (token.expires_at is None or at < token.expires_at)
    return hmac.compare_digest(_hash(secret), token.hash) and holds


def text_of(token: Id, secret: str) -> str:
    """What the bearer presents."""
    return f"glasno_{token}_{secret}"


def read_text(text: str) -> tuple[Id, str] | None:
    """The token's id and the secret; None if the text is no token."""
    found = TEXT.fullmatch(text)
    return (found[1], found[2]) if found else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
