"""Asks witnesses for their cosignatures, and publishes the checkpoint with them (C2SP tlog-witness).

Nobody waits for a witness: the checkpoint is published before, and stays as it is if none answers.
"""

import base64
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from typing import Final, TypeAlias

from audit.evidence import CHECKPOINT, Folder
from audit.tlog.checkpoint import NUMBER, Checkpoint, opened
from audit.tlog.merkle import ReadNode, prove_consistency
from audit.tlog.note import Malformed, Unverified, VerifierKey, verified
from audit.tlog.policy import Policy
from audit.tlog.tiles import BrokenTile, nodes_in
from service.posting import Unreachable, post

PATIENCE: Final = 5.0
"""Seconds for an exchange, however slowly the other side drips: who signs the log waits for it."""
LONGEST: Final = 10_000
"""Bytes of an answer that are read."""
Post: TypeAlias = Callable[[str, bytes], tuple[int, bytes]]
"""Status and body of the answer; `OSError` if there is none."""

LOGGER: Final = logging.getLogger("glasno.evidence")


def posted(address: str, body: bytes) -> tuple[int, bytes]:
    """Ask over HTTP: whoever keeps the desk has named the addresses."""
    headers = {"Content-Type": "text/plain", "User-Agent": "glasno"}
    try:
        answer = post(address, body, headers, allow_private=True, wanted=LONGEST, seconds=PATIENCE / 2)
    except Unreachable as why:
        raise OSError(str(why)) from None
    return answer.status, answer.body


class Cosigning:
    """Knows how far each witness has got; whoever has forgotten is told by the witness."""

    def __init__(self, folder: Folder, key: VerifierKey, policy: Policy, post: Post = posted) -> None:
        self._folder = folder
        self._key = key
        self._policy = policy
        self._post = post
        self._sizes: dict[str, int] = {}
        self._failing: dict[str, str] = {}

    def cosign(self) -> None:
        """Ask every witness that has an address and did not cosign what is published, all at once."""
        try:
            note = self._folder.read(CHECKPOINT)
        except FileNotFoundError:
            return
        checkpoint, _ = opened(note, [self._key])
        missing = [name for name in self._policy.addresses if not _is_cosigned(note, self._policy.witnesses[name])]
        if not missing:
            return
        node = nodes_in(self._folder.read, checkpoint.size)
        with ThreadPoolExecutor(len(missing)) as pool:
            lines = [*pool.map(lambda name: self._asked(name, note, checkpoint, node), missing)]
        if any(lines):
            self._add(note, b"".join(lines))

    def _add(self, note: bytes, lines: bytes) -> None:
        """Unless another process has published a newer one meanwhile."""
        with self._folder.alone():
            if self._folder.read(CHECKPOINT) == note:
                self._folder.write_durably(CHECKPOINT, note + lines)

    def _asked(self, name: str, note: bytes, checkpoint: Checkpoint, node: ReadNode) -> bytes:
        """The line of a witness; nothing if it refuses or does not answer, which is told once."""
        try:
            status, answer = self._request(name, note, checkpoint, node)
            size = answer.strip().decode("ascii", "replace")
            if status == HTTPStatus.CONFLICT and NUMBER.fullmatch(size) and int(size) <= checkpoint.size:
                self._sizes[name] = int(size)
                status, answer = self._request(name, note, checkpoint, node)
            if status != HTTPStatus.OK:
                return self._fail(name, f"it answers {status} {answer[:200]!r}")
            line = _line(note, answer, self._policy.witnesses[name])
        except (BrokenTile, OSError, Unverified) as fault:
            return self._fail(name, str(fault))
        self._sizes[name] = checkpoint.size
        self._failing.pop(name, None)
        return line

    def _request(self, name: str, note: bytes, checkpoint: Checkpoint, node: ReadNode) -> tuple[int, bytes]:
        old = self._sizes.get(name, 0)
        proof = prove_consistency(node, old, checkpoint.size) if old else []
        lines = [f"old {old}", *(base64.b64encode(each).decode() for each in proof), "", ""]
        return self._post(f"{self._policy.addresses[name]}/add-checkpoint", "\n".join(lines).encode() + note)

    def _fail(self, name: str, why: str) -> bytes:
        if self._failing.get(name) != why:
            LOGGER.warning("the witness %s does not cosign: %s", name, why)
        self._failing[name] = why
        return b""


def _line(note: bytes, answer: bytes, witness: VerifierKey) -> bytes:
    """Of what was answered the cosignature alone: the rest could break what is published."""
    for line in answer.splitlines(keepends=True):
        with suppress(Malformed):
            if _is_cosigned(note + line, witness):
                return line
    raise Unverified("its answer is no cosignature of this checkpoint")


def _is_cosigned(note: bytes, witness: VerifierKey) -> bool:
    try:
        return bool(verified(note, [witness]))
    except Unverified:
        return False
