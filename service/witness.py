"""A witness that a client runs: its memory on the disk, and its answers over HTTP (C2SP tlog-witness).

It cosigns each checkpoint of a log only if it goes on from the one that it kept. What it cosigns is on the disk before
the answer leaves: after a loss of power it cannot be brought to cosign another history.
"""

import fcntl
import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audit.evidence import Folder, persist
from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.note import LARGEST, read_note
from audit.tlog.witness import Answer, Witness, read_request

SIZE: Final = "text/x.tlog.size"
"""The type of the answer that tells from which size the log has to go on."""
TEXT: Final = "text/plain; charset=utf-8"
FORK: Final = "the log {origin} signed two histories; keep both of these, they are the proof:\n\n{kept}\n{new}"
MOST: Final = LARGEST + 4096
"""Bytes of a request: a note and a proof."""

LOGGER: Final = logging.getLogger("glasno.witness")


@dataclass(frozen=True)
class Memory:
    """The newest checkpoint of each log, as the signed note that it came in."""

    folder: Path

    def note(self, origin: str) -> bytes | None:
        """None before the first one."""
        try:
            return Folder(self.folder).read(_name(origin))
        except FileNotFoundError:
            return None

    def checkpoint(self, origin: str) -> Checkpoint | None:
        """What the note says."""
        note = self.note(origin)
        return read_checkpoint(read_note(note).text) if note else None

    def keep(self, origin: str, note: bytes) -> None:
        """In place of the one before, durably."""
        Folder(self.folder).write_durably(_name(origin), note)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One request at a time, whichever process has it."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            persist(self.folder.parent)
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def add(witness: Witness, memory: Memory, body: bytes, *, at: int) -> Answer:
    """Answer `add-checkpoint`; `at` in seconds since 1970. Two trees of one size, both signed, are told loudly."""

    def store(new: Checkpoint, _: Checkpoint | None) -> bool:
        memory.keep(new.origin, read_request(body).raw)
        return True

    with memory.alone():
        answer = witness.add(body, at=at, known=memory.checkpoint, store=store)
        if answer.status is HTTPStatus.CONFLICT and (told := fork(memory, body)):
            LOGGER.critical(told)
    return answer


def fork(memory: Memory, body: bytes) -> str | None:
    """The words, if a request whose signature was verified has another tree of the size that was kept."""
    request = read_request(body)
    new, kept = request.checkpoint, memory.checkpoint(request.checkpoint.origin)
    if kept is None or kept.size != new.size or kept.root == new.root:
        return None
    return two_histories(memory, new.origin, request.raw)


def two_histories(memory: Memory, origin: str, note: bytes) -> str:
    """What proves that a log signed two histories: the note that was kept, and another one."""
    kept = memory.note(origin) or b""
    return FORK.format(origin=origin, kept=kept.decode(), new=note.decode())


def app(witness: Witness, memory: Memory, now: Callable[[], int]) -> Starlette:
    """Over HTTP; `now` in seconds since 1970."""

    async def answer(request: Request) -> Response:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MOST:
                return Response(status_code=413)
        told = await to_thread.run_sync(lambda: add(witness, memory, bytes(body), at=now()))
        return Response(told.body, told.status, {"Content-Type": SIZE if _is_size(told) else TEXT})

    return Starlette(routes=[Route("/add-checkpoint", answer, methods=["POST"])])


def _is_size(told: Answer) -> bool:
    return told.status is HTTPStatus.CONFLICT and told.body.strip().isdigit()


def _name(origin: str) -> str:
    """A file name for any origin."""
    return hashlib.sha256(origin.encode()).hexdigest()
