"""Where NATS is, and what lets us in: read when it is needed, and in no error."""

import base64
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ADDRESS: Final = re.compile(r"(nats|tls)://([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?")
BLOCK: Final = re.compile(r"-+BEGIN ([A-Z ]+)-+\s+(\S+)\s+-+END \1-+")
SEED: Final = slice(2, 34)
"""Of a decoded seed: before it stand its kind, and behind it a checksum."""


@dataclass(frozen=True)
class Server:
    """One server, or several of one cluster."""

    addresses: tuple[str, ...]
    credentials: Path | None = None
    authority: Path | None = None
    """Who vouches for the certificate of the server; None: whom the system trusts."""


@dataclass(frozen=True)
class Password:
    """A user and what only that user knows."""

    user: str
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Token:
    """A token (JWT), and the key that proves it to be ours."""

    token: bytes = field(repr=False)
    key: Ed25519PrivateKey = field(repr=False)


def addresses_of(value: str) -> tuple[str, ...]:
    """The addresses, several by comma; `ValueError` says what is wrong with them."""
    addresses = tuple(each.strip() for each in value.split(","))
    if any("@" in each for each in addresses):
        raise ValueError("user and password are to be in the file that GLASNO_NATS_CREDENTIALS names")
    found = [ADDRESS.fullmatch(each) for each in addresses]
    if not all(found) or len({each[1] for each in found if each}) > 1:
        raise ValueError("expected nats://HOST:4222 or tls://HOST:4222, several of one kind by comma")
    return addresses


def login_of(path: Path) -> Password | Token:
    """What a file of credentials says; `ValueError` if it says nothing of the kind."""
    text = path.read_text().strip()
    blocks = dict(BLOCK.findall(text))
    if blocks.keys() >= {"NATS USER JWT", "USER NKEY SEED"}:
        seed = blocks["USER NKEY SEED"]
        raw = base64.b32decode(seed + "=" * (-len(seed) % 8))[SEED]
        return Token(blocks["NATS USER JWT"].encode(), Ed25519PrivateKey.from_private_bytes(raw))
    user, _, secret = text.partition(":")
    if not (user and secret) or "\n" in text:
        raise ValueError("expected a file as nsc makes it (.creds), or one line USER:PASSWORD")
    return Password(user, secret)


def trust_of(authority: Path | None) -> ssl.SSLContext:
    """What checks the certificate of the server; `OSError` if the file is none of certificates."""
    return ssl.create_default_context(cafile=authority)
