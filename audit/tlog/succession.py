"""A log that goes on under another name: who vouches for the new key, and how much of the former log is there still.

FORMER ORIGIN
successor
FORMER SIZE
FORMER ROOT
KEPT
ORIGIN
VKEY

is what the former key signs, as a signed note, if it can still be trusted. The second line is no size: nobody takes it
for a checkpoint, though the same key signs both.
"""

import base64
import binascii
import re
from dataclasses import replace
from typing import Final

from audit.tlog.merkle import Hash, NotProved, verify_consistency
from audit.tlog.note import Malformed, Signer, read_key, verified
from domain.desk import DeskLogSucceeded

KIND: Final = "successor"
SIGNATURE: Final = re.compile(r"[A-Za-z0-9+/]+=*")


def statement(said: DeskLogSucceeded) -> str:
    """What is signed."""
    size, kept = str(said.former_size), str(said.kept)
    lines = (said.former_origin, KIND, size, said.former_root, kept, said.origin, said.log_key)
    return "".join(f"{line}\n" for line in lines)


def endorsed(said: DeskLogSucceeded, former: Signer) -> DeskLogSucceeded:
    """The same, signed by the former key."""
    return replace(said, endorsement=former.line(statement(said)).split()[-1])


def demand_endorsed(said: DeskLogSucceeded) -> None:
    """The former key signed it; else `Unverified`, or `Malformed` if what stands there is no signature."""
    text, key = statement(said), read_key(said.former_key)
    if SIGNATURE.fullmatch(said.endorsement) is None or key.name != said.former_origin:
        raise Malformed("it is no signature of that log")
    verified(f"{text}\n— {key.name} {said.endorsement}\n".encode(), [key])


def demand_kept(said: DeskLogSucceeded, root: Hash | None) -> None:
    """The first entries of this log, which have this root, are those of the former one; else `NotProved`."""
    if said.kept:
        proof, former = [_hash(each) for each in said.proof], _hash(said.former_root)
        sizes = {"old": said.kept, "new": said.former_size}
        verify_consistency(proof, **sizes, old_root=root or b"", new_root=former)


def _hash(text: str) -> Hash:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotProved("what is to be a hash is no base64") from None
