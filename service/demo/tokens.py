"""One token for each role, so that whoever looks at the demonstration can take part in it."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from domain import token
from domain.event import Id
from domain.instant import DAY, Instant
from domain.token import Token, TokenScope
from service.demo.cast import FIRMS, contact_id, drawn_id, member
from store.log import Change

FILE: Final = "demo-tokens.json"
LASTING: Final = 90 * DAY

WORKING: Final = frozenset(
    {TokenScope.TICKETS_READ, TokenScope.TICKETS_WRITE, TokenScope.COMPONENTS_WRITE, TokenScope.AUDIT_READ}
)
ROLES: Final[Mapping[str, tuple[Id, frozenset[TokenScope]]]] = {
    "client": (contact_id(FIRMS[0], 0), frozenset({TokenScope.TICKETS_READ, TokenScope.TICKETS_WRITE})),
    "agent": (member("belova").id, WORKING),
    "lead": (member("yastrebova").id, WORKING),
    "auditor": (member("sovin").id, frozenset({TokenScope.TICKETS_READ, TokenScope.AUDIT_READ})),
    "administrator": (
        member("vorobyova").id,
        frozenset({TokenScope.CONFIGURATION_WRITE, TokenScope.PEOPLE_WRITE, TokenScope.COMPONENTS_WRITE}),
    ),
}
"""Who has it, and what it is for."""


def issued(at: Instant) -> tuple[dict[str, str], list[Change]]:
    """The texts of the tokens by role, and what is to be stored of them. Their secrets derive from nothing."""
    kept = {role: secrets.token_urlsafe(32) for role in ROLES}
    changes = [_issued(role, secret, at) for role, secret in kept.items()]
    return {role: token.text_of(_stream(role), secret) for role, secret in kept.items()}, changes


def _issued(role: str, secret: str, at: Instant) -> Change:
    person, scopes = ROLES[role]
    label, expires_at = f"demonstration: {role}", at + LASTING
    events = token.issue(
        Token(), secret=secret, person=person, scopes=scopes, label=label, expires_at=expires_at, at=at
    )
    return Change(_stream(role), (), events, published=False)


def _stream(role: str) -> Id:
    return drawn_id("token", role)


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Into a file that its owner alone can read."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(json.dumps(texts, indent=2) + "\n")
