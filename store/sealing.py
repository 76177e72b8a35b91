"""Sections: sealed with AES-256-GCM, bound to their event, and committed to by a salted digest in the envelope.

The envelope commits to the sections, and the seal of `facts` binds the envelope in return: whoever alters one byte of
a stored event without the desk's key is found at the next read.

What is sealed is the section's disclosure (RFC 9901: the base64url of `[salt, name, value]`); its digest stands in the
envelope. The salt derives from the key, so that destroying one key takes away the text and the means to guess at it.
"""

import hashlib
import hmac
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from domain.canonical import canonical
from domain.event import Id
from store.keys import Key, KeyMissing, Keys
from store.section import Section

FACTS = "facts"
TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
FROM_STANDARD: Final = bytes.maketrans(b"+/", b"-_")
"""From the alphabet of base64url to that of base64 (RFC 4648, 5), and back."""


class Tampered(Exception):
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
        ciphertext = clear.key.cipher.encrypt(nonce, clear.text, bound)
        return Section(clear.stream, clear.version, clear.name, clear.key.key_id, nonce, ciphertext)

    def disclosure(self, section: Section, envelope: bytes = b"") -> bytes | None:
        """The disclosure in clear, or None if it or its key does not exist any more; raises `Tampered`, `KeyMissing`.

        Only `facts` needs the envelope.
        """
        if section.is_deleted:
            return None
        key = self.keys.opened(section.key_id)
        return None if key is None else self._opened(section, key, envelope)

    def _opened(self, section: Section, key: Key, envelope: bytes = b"") -> bytes:
        bound = _bound(section.stream, section.version, section.name, envelope)
        try:
            return key.cipher.decrypt(section.nonce, section.ciphertext, bound)
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

    def texts(self, owned: Sequence[tuple[Id, Section | None]]) -> list[Unsealed]:
        """Content sections as a reader sees them: what cannot be read says so and never stops the rest of a page.

        Each comes with its owner, and is None where it is missing from the log.
        """
        keys = self.keys.opened_all({each.key_id for _, each in owned if each and not each.is_deleted})
        lost = {owner for owner, each in owned if each is None}
        erased = self.keys.erased(lost) if lost else frozenset()
        return [self._text(each, keys) if each else _missing(is_erased=owner in erased) for owner, each in owned]

    def _text(self, section: Section, keys: Mapping[Id, Key | None]) -> Unsealed:
        if section.is_deleted:
            return Erased()
        if section.key_id not in keys:
            return Unreadable(str(KeyMissing.of(section.key_id)))
        key = keys[section.key_id]
        try:
            return Erased() if key is None else value_of(self._opened(section, key))
        except Tampered as fault:
            return Unreadable(str(fault))


def digest_of(disclosure: bytes) -> str:
    """The digest for the envelope: base64url of SHA-256 over the disclosure as transported (RFC 9901)."""
    return _base64url(hashlib.sha256(disclosure).digest())


def value_of(disclosure: bytes) -> Any:
    """What the disclosure discloses."""
    return msgspec.json.decode(a2b_base64(disclosure.translate(TO_STANDARD) + b"=="))[2]


def _missing(*, is_erased: bool) -> Unsealed:
    return Erased() if is_erased else Unreadable("its section is missing from the log")


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
    return b2a_base64(raw, newline=False).translate(FROM_STANDARD).rstrip(b"=").decode()
