"""A witness (C2SP tlog-witness): cosigns the checkpoints of a log, each only if it goes on from the one before.

The state is one checkpoint for each log; it is stored before the answer is sent, so that no two answers contradict.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.merkle import EMPTY, Hash, NotProved, verify_consistency
from audit.tlog.note import Malformed, Signer, Unverified, VerifierKey, read_note, verified

OLD: Final = re.compile("old (0|[1-9][0-9]{0,18})")
LONGEST: Final = 63
"""Hashes of a proof."""


@dataclass(frozen=True)
class Answer:
    """What a log is answered."""

    status: HTTPStatus
    body: str = ""


@dataclass(frozen=True)
class Request:
    """`add-checkpoint`: the size that the log thinks the witness has, a proof from there, and the checkpoint."""

    old: int
    proof: Sequence[Hash]
    raw: bytes
    """The signed note."""
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Witness:
    """Knows the key of each log by its origin."""

    signer: Signer
    logs: Mapping[str, VerifierKey]

    def add(
        self,
        body: bytes,
        *,
        at: int,
        known: Callable[[str], Checkpoint | None],
        store: Callable[[Checkpoint, Checkpoint | None], bool],
    ) -> Answer:
        """Answer `add-checkpoint`; `at` in seconds since 1970.

        `known` reads the newest checkpoint of an origin. `store` keeps a newer one durably in place of the one that was
        read; false if somebody else was faster.
        """
        try:
            request = read_request(body)
        except Malformed as fault:
            return Answer(HTTPStatus.BAD_REQUEST, f"{fault}\n")
        new, before = request.checkpoint, known(request.checkpoint.origin)
        refused = self._refused(request, before)
        if refused is None and not store(new, before):
            refused = _conflict(known(new.origin))
        return refused or Answer(HTTPStatus.OK, self.signer.line(read_note(request.raw).text, at))

    def _refused(self, request: Request, before: Checkpoint | None) -> Answer | None:
        new, size = request.checkpoint, before.size if before else 0
        key = self.logs.get(new.origin)
        if key is None:
            return Answer(HTTPStatus.NOT_FOUND, "this log is not known here\n")
        try:
            verified(request.raw, [key])
        except Unverified as fault:
            return Answer(HTTPStatus.FORBIDDEN, f"{fault}\n")
        if request.old > new.size:
            return Answer(HTTPStatus.BAD_REQUEST, "the checkpoint is older than what it is to go on from\n")
        if request.old != size:
            return _conflict(before)
        return _unproved(request, before.root if before else EMPTY)


def read_request(body: bytes) -> Request:
    """`Malformed` if it is none."""
    head, split, note = body.partition(b"\n\n")
    first, *proof = head.decode("ascii", "replace").split("\n")
    old = OLD.fullmatch(first)
    if not (split and old) or len(proof) > LONGEST:
        raise Malformed("a request is: old SIZE, the proof, a blank line, the checkpoint")
    checkpoint = read_checkpoint(read_note(note).text)
    return Request(int(old[1]), [_hash(line) for line in proof], note, checkpoint)


def _hash(line: str) -> Hash:
    try:
        hashed = base64.b64decode(line, validate=True)
    except binascii.Error:
        hashed = b""
    if len(hashed) != len(EMPTY):
        raise Malformed("a line of the proof is no hash")
    return hashed


def _unproved(request: Request, root: Hash) -> Answer | None:
    """Whether the checkpoint goes on from the one before; from nothing everything does, without a proof."""
    new = request.checkpoint
    if request.old == new.size and root != new.root:
        return Answer(HTTPStatus.CONFLICT, "another tree of this size was signed before\n")
    try:
        _demand_proved(request, root)
    except NotProved as fault:
        return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, f"{fault}\n")
    return None


def _demand_proved(request: Request, root: Hash) -> None:
    new = request.checkpoint
    if request.old:
        verify_consistency(request.proof, old=request.old, new=new.size, old_root=root, new_root=new.root)
    elif request.proof:
        raise NotProved("nothing is to be proved")


def _conflict(before: Checkpoint | None) -> Answer:
    """The body tells the size that the log has to go on from."""
    return Answer(HTTPStatus.CONFLICT, f"{before.size if before else 0}\n")
