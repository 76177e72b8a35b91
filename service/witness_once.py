"""A witness that looks for itself: fetches the checkpoint, and proves from the tiles that it goes on from the last."""

import base64
from http import HTTPStatus

from audit.tlog.checkpoint import Checkpoint, opened
from audit.tlog.merkle import prove_consistency, root_of
from audit.tlog.note import VerifierKey
from audit.tlog.tiles import Read, nodes_in
from audit.tlog.witness import Witness
from service.witness import Memory, add, two_histories


class Refused(Exception):
    """It is not cosigned, and why."""


def look(witness: Witness, memory: Memory, key: VerifierKey, read: Read, *, at: int) -> bytes:
    """The newest checkpoint with the cosignature of this witness; `at` in seconds since 1970.

    Raises `Refused` if it does not go on from what was kept; `Malformed`, `Unverified`, `FileNotFoundError` or
    `BrokenTile` if that cannot be told from what is published.
    """
    note = read("checkpoint")
    new, kept = opened(note, [key])[0], memory.checkpoint(key.name)
    if new.origin != key.name:
        raise Refused(f"the checkpoint is of {new.origin}, not of {key.name}")
    if kept and kept.size > new.size:
        raise Refused(f"the log went back: {kept.size} entries were cosigned, now it shows {new.size}")
    body = _request(new, kept, read).encode() + note
    answer = add(witness, memory, body, at=at)
    if answer.status is not HTTPStatus.OK and answer.body.strip().isdigit():
        raise Refused("another process was faster: look again")
    if answer.status is not HTTPStatus.OK:
        raise Refused(two_histories(memory, key.name, note))
    return note + answer.body.encode()


def _request(new: Checkpoint, kept: Checkpoint | None, read: Read) -> str:
    """The proof is made of the tiles: with those of another tree nothing could be told of the log."""
    size, proof = kept.size if kept else 0, list[bytes]()
    if 0 < size < new.size:
        node = nodes_in(read, new.size)
        if root_of(node, new.size) != new.root:
            raise Refused("the tiles do not lead to the root that was signed: nothing can be told")
        proof = prove_consistency(node, size, new.size)
    return "\n".join([f"old {size}", *(base64.b64encode(each).decode() for each in proof), "", ""])
