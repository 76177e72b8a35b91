"""Signed notes (C2SP signed-note): a text, a blank line, and a line for each signature over the text.

Keys are those of Ed25519 (type 0x01) and of its timestamped cosignatures (type 0x04, C2SP tlog-cosignature), which say
in addition when the signer saw the text.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
LARGEST: Final = 1_000_000
"""Bytes of a note."""
MOST: Final = 100
"""Signatures of a note that are read; C2SP demands at least 16."""
LINE: Final = re.compile("— ([^ ]+) ([A-Za-z0-9+/]+={0,2})")
VKEY: Final = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/=]+)")


class Malformed(Exception):
    """It is no signed note, or no key."""


class Unverified(Exception):
    """No known key signed it, or one of them did not sign this."""


@dataclass(frozen=True)
class VerifierKey:
    """Who signs, and what their signatures are verified with."""

    name: str
    id: bytes
    """4 bytes, before each signature: a hint which key it is."""
    type: int
    public: bytes

    def seen_at(self, text: str, signature: bytes) -> int | None:
        """Verify; of a cosignature when the text was seen, in seconds since 1970. `Unverified` if it is not theirs."""
        stamp, proper = (signature[:8], signature[8:]) if self.type == COSIGNATURE else (b"", signature)
        at = int.from_bytes(stamp) if stamp else None
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(proper, _signed(text, at))
        except (InvalidSignature, ValueError):
            raise Unverified(f"{self.name} did not sign this") from None
        return at

    @property
    def text(self) -> str:
        """The vkey, as it is told to verifiers."""
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.type]) + self.public)}"


@dataclass(frozen=True)
class Signer:
    """Signs as `name`; `type` says whether it tells when."""

    name: str
    private: Ed25519PrivateKey
    type: int = ED25519

    @property
    def key(self) -> VerifierKey:
        """What its signatures are verified with."""
        public = self.private.public_key().public_bytes_raw()
        return VerifierKey(self.name, key_id(self.name, self.type, public), self.type, public)

    def line(self, text: str, at: int | None = None) -> str:
        """The signature line; `at`, in seconds since 1970, is for cosignatures."""
        stamp = b"" if at is None else at.to_bytes(8)
        signature = self.key.id + stamp + self.private.sign(_signed(text, at))
        return f"— {self.name} {_base64(signature)}\n"


@dataclass(frozen=True)
class Verified:
    """A text, and who is known to have signed it; of cosigners when they saw it, in seconds since 1970."""

    text: str
    signers: Sequence[tuple[VerifierKey, int | None]]


@dataclass(frozen=True)
class Note:
    """A note as it is written; nothing is verified."""

    text: str
    signatures: Sequence[tuple[str, bytes]]
    """Names, and key id with signature."""


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """SHA-256 of name, newline, type and key, cut to 4 bytes."""
    return hashlib.sha256(f"{name}\n".encode() + bytes([kind]) + public).digest()[:4]


def read_key(vkey: str) -> VerifierKey:
    """`Malformed` unless it is a key of a type that is known here, with its own id."""
    found = VKEY.fullmatch(vkey)
    if not found or not _is_name(found["name"]):
        raise Malformed("a verifier key is NAME+ID+KEY")
    raw = _from_base64(found["key"])
    if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):  # noqa: PLR2004 -- the type and 32 bytes
        raise Malformed("the key is not one of Ed25519")
    key = VerifierKey(found["name"], bytes.fromhex(found["id"]), raw[0], raw[1:])
    if key.id != key_id(key.name, key.type, key.public):
        raise Malformed("the id is not that of the key")
    return key


def read_note(raw: bytes) -> Note:
    """`Malformed` unless it is a text that ends its last line, a blank line, and signature lines."""
    try:
        written = raw.decode()
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8") from None
    text, split, lines = written.rpartition("\n\n")
    too_much = len(raw) > LARGEST or lines.count("\n") > MOST
    if too_much or not split or not lines.endswith("\n") or any(each < " " and each != "\n" for each in written):
        raise Malformed("it has no text and signatures")
    return Note(f"{text}\n", [_signature(line) for line in lines.removesuffix("\n").split("\n")])


def verified(raw: bytes, keys: Iterable[VerifierKey]) -> Verified:
    """The note, signed by at least one of the keys and by none of them wrongly; else `Unverified` or `Malformed`.

    Signatures of others are ignored; a signature that is repeated counts once.
    """
    note, known = read_note(raw), list(keys)
    signers: dict[tuple[str, bytes], tuple[VerifierKey, int | None]] = {}
    for name, signature in note.signatures:
        place = name, signature[:4]
        candidates = [each for each in known if (each.name, each.id) == place]
        if len(candidates) > 1:
            raise Unverified(f"two known keys are {name}+{signature[:4].hex()}")
        for key in candidates:
            if place not in signers:
                signers[place] = key, key.seen_at(note.text, signature[4:])
    if not signers:
        raise Unverified("nobody that is known signed it")
    return Verified(note.text, list(signers.values()))


def signed(text: str, *signers: Signer) -> bytes:
    """The text with the signatures of these."""
    return f"{text}\n{''.join(each.line(text) for each in signers)}".encode()


def _signature(line: str) -> tuple[str, bytes]:
    found = LINE.fullmatch(line)
    raw = _from_base64(found[2]) if found else b""
    if not found or not _is_name(found[1]) or len(raw) < 5:  # noqa: PLR2004 -- the key id and something
        raise Malformed("a signature line is broken")
    return found[1], raw


def _signed(text: str, at: int | None) -> bytes:
    """What is signed: the text, of a cosignature behind its header."""
    return (text if at is None else f"cosignature/v1\ntime {at}\n{text}").encode()


def _is_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(each.isspace() for each in name)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Malformed("it is not base64") from None
