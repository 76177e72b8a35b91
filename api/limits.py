"""How much a caller may ask for: the size of a body, and requests in time."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_answer
from domain.instant import SECOND, Duration, Instant
from domain.refusal import Refused

KNOWN: Final = 10_000
"""Tokens whose buckets are kept; the one that was quiet for the longest is forgotten, and its bucket full again."""
UNDER_WAY: Final = 64 * 1024 * 1024
"""Bytes of bodies beyond what is usual that a process holds while they come in: those who send slowly are many."""


@dataclass(frozen=True)
class Limits:
    """What is allowed, unless an operator says otherwise."""

    body: int = 64 * 1024
    """Bytes."""
    burst: int = 200
    """Requests of one token at once."""
    rate: int = 50
    """Requests of one token in a second, in the long run."""

    @property
    def each(self) -> Duration:
        """In the long run, from one request to the next."""
        return SECOND // self.rate


class Allowance:
    """A token bucket for each access token, or whatever else tells askers apart, in this process."""

    def __init__(self, burst: int, each: Duration) -> None:
        self._burst = burst
        self._each = each
        self._full_at: OrderedDict[str, Instant] = OrderedDict()
        self._counting = Lock()

    def take(self, token: str, at: Instant) -> None:
        """Count a request; `Refused` with the seconds to wait if there were too many."""
        cost, room = self._each, self._burst * self._each
        with self._counting:
            known = self._full_at.get(token, at)
            full_at = (at if known > at + room + cost else max(known, at)) + cost  # else the clock was put back
            late = full_at - at - room
            if late > 0:
                raise Refused("too_many_requests", retry_after=-(-late // SECOND))
            self._full_at[token] = full_at
            self._full_at.move_to_end(token)
            if len(self._full_at) > KNOWN:
                self._full_at.popitem(last=False)


class BodyLimit:
    """Reads the whole body before anything else does: none is ever larger than allowed, or half a one.

    `larger` says of what beginnings of addresses a longer one is expected.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await self._read(receive, self._limit_at(scope["path"]))
        except Refused as refused:
            await problem_answer(scope, refused)(scope, receive, send)
        else:
            await self._app(scope, told_once(body, receive), send)

    def _limit_at(self, path: str) -> int:
        return next((limit for beginning, limit in self._larger.items() if path.startswith(beginning)), self._limit)

    async def _read(self, receive: Receive, limit: int) -> bytes:
        """The body. Refused: it is too large, or broke off, which nobody hears; there are too many large ones."""
        body, held = bytearray(), 0
        try:
            while True:
                message = await receive()
                body += message.get("body", b"")
                if len(body) > limit or message["type"] == "http.disconnect":
                    raise Refused("body_too_large")
                if not message.get("more_body"):
                    return bytes(body)
                held += self._hold(len(body) - self._limit - held)
        finally:
            self._held -= held

    def _hold(self, more: int) -> int:
        """Count these bytes, if any."""
        if more > 0 and self._held + more > UNDER_WAY:
            raise Refused("busy")
        self._held += max(0, more)
        return max(0, more)


def told_once(body: bytes, receive: Receive) -> Receive:
    """The body as one message, then whatever else comes."""
    told: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return told.pop() if told else await receive()

    return next_message
