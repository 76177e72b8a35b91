"""Streams that are found by a name: reservations, receipts, configuration. Who reads the log learns no name."""

import hmac
from collections.abc import Callable
from typing import TypeAlias

from domain.event import Id
from store.keys import Key

Naming: TypeAlias = Callable[..., Id]
"""`naming(kind, *parts)`: the id of the stream that stands for the name; the same for the same name on this desk."""


def naming(desk: Key) -> Naming:
    """HMAC-SHA-256 under the desk's key, cut to 128 bits."""
    secret = hmac.digest(desk.secret, b"names", "sha256")

    def name(kind: str, *parts: str) -> Id:
        # Each part with its length: no two lists of parts read the same.
        said = "".join(f"{len(part)}:{part}" for part in (kind, *parts))
        return hmac.digest(secret, said.encode(), "sha256")[:16].hex()

    return name
