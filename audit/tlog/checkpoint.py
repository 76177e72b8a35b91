"""Checkpoints (C2SP tlog-checkpoint): what a log says of itself, origin, size and root, as a signed note."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from audit.tlog.merkle import Hash
from audit.tlog.note import Malformed, Verified, VerifierKey, verified
from audit.tlog.tiles import SIZE

NUMBER: Final = re.compile("0|[1-9][0-9]{0,18}")
LINES: Final = 3


@dataclass(frozen=True)
class Checkpoint:
    """A tree: the first `size` entries of the log `origin`."""

    origin: str
    size: int
    root: Hash

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text; `Malformed` if it is none. Lines after the third are for others."""
    origin, size, root, *_ = [*text.split("\n"), "", "", ""]
    try:
        hashed = base64.b64decode(root, validate=True)
    except binascii.Error:
        hashed = b""
    if text.count("\n") < LINES or not (origin and NUMBER.fullmatch(size)) or len(hashed) != SIZE:
        raise Malformed("a checkpoint is an origin, a size and a root")
    return Checkpoint(origin, int(size), hashed)


def opened(raw: bytes, keys: Iterable[VerifierKey]) -> tuple[Checkpoint, Verified]:
    """The checkpoint of a signed note, and who signed it; see `note.verified`."""
    found = verified(raw, keys)
    return read_checkpoint(found.text), found
