"""Signed ids: what a link holds, so that whoever guesses one is turned away without a look at the log.

An id of 128 bits and 128 bits of HMAC-SHA-256 over purpose and id, under a key that derives from the desk's; base64url
without padding (RFC 4648, 5), 43 characters. One that was signed for one purpose opens nothing else.
"""

import base64
import hmac
from contextlib import suppress
from typing import Final

from domain.event import Id
from store.keys import Key

BYTES: Final = 16


def signed_id(desk: Key, purpose: str, stream: Id) -> str:
    """The text of a link to a stream."""
    raw, secret = bytes.fromhex(stream), hmac.digest(desk.secret, b"signed ids", "sha256")
    mac = hmac.digest(secret, purpose.encode() + b"|" + raw, "sha256")[:BYTES]
    return base64.urlsafe_b64encode(raw + mac).rstrip(b"=").decode()


def read_signed_id(desk: Key, purpose: str, text: str) -> Id | None:
    """The stream that a text leads to; None if it was not signed here for this purpose."""
    with suppress(ValueError):
        stream = base64.urlsafe_b64decode(text.encode("ascii") + b"=")[:BYTES].hex()
        if hmac.compare_digest(signed_id(desk, purpose, stream), text):
            return stream
    return None
