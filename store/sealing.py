"""Sections: sealed with AES-256-GCM, bound to their event, and committed to by a salted digest in the envelope.

The envelope commits to the sections, and the seal of `facts` binds the envelope in return: whoever alters one byte of
a stored event without the desk's key is found at the next read.

What is sealed is the section's disclosure (RFC 9901: the base64url of `[salt, name, value]`); its digest stands in the
envelope. The salt derives from the key, so that destroying one key takes away the text and the means to guess at it.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.canonical import canonical
from domain.event import Id
from store.keys import Key, KeyMissing, Keys
from store.section import Section

FACTS = "facts"


class Tampered(Exception):  # noqa: N818
    """A section is missing or does not open with its key at its place: it or its envelope was altered or moved."""


@dataclass(frozen=True)
class Disclosure:
    """A section in clear, and the key that is to seal it."""

    stream: UUID
    version: int
    name: str
    key: Key
    text: bytes

    @property
    def digest(self) -> str:
        """What the envelope says of it."""
        return digest_of(self.text)


@dataclass(frozen=True)
class Erased:
    """The text was erased, lawfully and for ever."""


@dataclass(frozen=True)
class Unreadable:
    """The text cannot be read now, and why; it was not erased."""

    reason: str


Unsealed: TypeAlias = Mapping[str, str] | Erased | Unreadable


class Sealer:
    """Seals and opens sections with the keys of their owners."""

    def __init__(self, keys: Keys, random: Callable[[int], bytes]) -> None:
        self.keys = keys
        self._random = random

    def disclose(self, stream: UUID, version: int, name: str, key: Key, value: Any) -> Disclosure:
        """The value as it will be disclosed, with its salt."""
        salt = _salt(key, _place(stream, version, name))
        return Disclosure(stream, version, name, key, _disclosure(salt, name, value))

    def seal(self, clear: Disclosure, envelope: bytes) -> Section:
        """The section as it is stored beside the envelope."""
        nonce, bound = self._random(12), _bound(clear.stream, clear.version, clear.name, envelope)
        ciphertext = AESGCM(clear.key.secret).encrypt(nonce, clear.text, bound)
        return Section(clear.stream, clear.version, clear.name, clear.key.key_id, nonce, ciphertext)

    def disclosure(self, section: Section, envelope: bytes = b"") -> bytes | None:
        """The disclosure in clear, or None if it or its key does not exist any more; raises `Tampered`, `KeyMissing`.

        Only `facts` needs the envelope.
        """
        if section.is_deleted:
            return None
        key = self.keys.opened(section.key_id)
        if key is None:
            return None
        bound = _bound(section.stream, section.version, section.name, envelope)
        try:
            return AESGCM(key.secret).decrypt(section.nonce, section.ciphertext, bound)
        except InvalidTag:
            where = f"section {section.name!r} of {section.stream.hex}:{section.version}"
            raise Tampered(f"{where} does not open: it or its envelope was altered or moved") from None

    def facts(self, section: Section, envelope: bytes) -> dict[str, Any]:
        """What the `facts` section says."""
        if section.is_deleted:
            raise Tampered(f"section {FACTS!r} of {section.stream.hex}:{section.version} is missing")
        disclosure = self.disclosure(section, envelope)
        if disclosure is None:
            raise KeyMissing("the desk's own key was destroyed: restore the newest copy of the key store")
        facts: dict[str, Any] = value_of(disclosure)
        return facts

    def text(self, owner: Id, section: Section | None) -> Unsealed:
        """A content section as a reader sees it: what cannot be read says so and never stops the rest of a page."""
        if section is None:
            return Erased() if self.keys.is_erased(owner) else Unreadable("its section is missing from the log")
        try:
            disclosure = self.disclosure(section)
        except (KeyMissing, Tampered) as fault:
            return Unreadable(str(fault))
        return Erased() if disclosure is None else value_of(disclosure)


def digest_of(disclosure: bytes) -> str:
    """The digest for the envelope: base64url of SHA-256 over the disclosure as transported (RFC 9901)."""
    return _base64url(hashlib.sha256(disclosure).digest())


def value_of(disclosure: bytes) -> Any:
    """What the disclosure discloses."""
    return json.loads(base64.urlsafe_b64decode(disclosure + b"=" * (-len(disclosure) % 4)))[2]


def _disclosure(salt: str, name: str, value: Any) -> bytes:
    return _base64url(canonical([salt, name, value])).encode()


def _salt(key: Key, place: bytes) -> str:
    return _base64url(hmac.digest(key.secret, b"salt|" + place, "sha256")[:16])


def _bound(stream: UUID, version: int, name: str, envelope: bytes) -> bytes:
    """The associated data: a section opens nowhere else, and `facts` beside no other envelope."""
    return _place(stream, version, name) + (b"|" + envelope if name == FACTS else b"")


def _place(stream: UUID, version: int, name: str) -> bytes:
    return f"{stream.hex}:{version}:{name}".encode()


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
