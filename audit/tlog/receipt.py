"""Receipts: what a log promises of an entry before it is in a checkpoint, as a signed note.

ORIGIN
receipt
LEAF
REC
SECONDS

`LEAF` is the leaf hash of the entry in base64; `REC` is when it was stored, in milliseconds since 1970: `SECONDS` later
it is under a signed checkpoint. A promise like the signed certificate timestamps of RFC 6962 (section 3). The second
line is no size: nobody takes a receipt for a checkpoint, though the same key signs both.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from audit.tlog.merkle import Hash
from audit.tlog.note import Malformed, Signer, VerifierKey, read_note, signed, verified
from audit.tlog.tiles import SIZE

KIND: Final = "receipt"
PROMISED: Final = 60
"""Seconds."""
LINES: Final = 5
NUMBER: Final = re.compile("0|[1-9][0-9]{0,13}")
"""Milliseconds far beyond any use, and within what a calendar can tell."""


@dataclass(frozen=True)
class Receipt:
    """That the entry with this leaf hash will be in the log `origin`."""

    origin: str
    leaf: Hash
    rec: int
    """When it was stored, in milliseconds since 1970."""
    seconds: int = PROMISED

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{KIND}\n{base64.b64encode(self.leaf).decode()}\n{self.rec}\n{self.seconds}\n"

    @property
    def due(self) -> int:
        """When a checkpoint has to cover the entry, in milliseconds since 1970."""
        return self.rec + self.seconds * 1000


def receipt(signer: Signer, leaf: Hash, rec: int) -> bytes:
    """The promise, signed by the log."""
    return signed(Receipt(signer.name, leaf, rec).text, signer)


def read_receipt(raw: bytes, keys: Iterable[VerifierKey]) -> Receipt:
    """The promise that one of the keys signed; `Unverified` if none did, `Malformed` if it is no receipt."""
    return _receipt(verified(_trimmed(raw), keys).text)


def unverified(raw: bytes) -> Receipt:
    """What it says, whoever signed it; `Malformed` if it is no receipt."""
    return _receipt(read_note(_trimmed(raw)).text)


def _trimmed(raw: bytes) -> bytes:
    """Line breaks at its end nobody signed: a copied text often has one more of them, or none."""
    return raw.rstrip(b"\r\n") + b"\n"


def _receipt(text: str) -> Receipt:
    origin, kind, leaf, rec, seconds, *_ = [*text.split("\n"), *[""] * LINES]
    hashed = _decoded(leaf)
    is_one = text.count("\n") == LINES and kind == KIND and len(hashed) == SIZE
    if not (is_one and origin and NUMBER.fullmatch(rec) and NUMBER.fullmatch(seconds)):
        raise Malformed("a receipt is an origin, the word receipt, a leaf hash, a time and a promise")
    return Receipt(origin, hashed, int(rec), int(seconds))


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
