"""The sealed part of an event: a row of its own, so that it can be deleted without touching the envelope."""

from typing import NamedTuple
from uuid import UUID


class Section(NamedTuple):
    """One section of one event as it is stored: ciphertext, and the id of the key that opens it.

    Both empty, the ciphertext and its nonce, say that there was a text, which was deleted.
    """

    stream: UUID
    version: int
    name: str
    key_id: str
    nonce: bytes
    ciphertext: bytes

    @property
    def is_deleted(self) -> bool:
        """Only where it was is left of it."""
        return not self.ciphertext
