"""How much of large bodies a process holds while they come in."""

import asyncio
import json
from collections.abc import Iterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from api import limits
from api.limits import BodyLimit

PIECE = 40


async def heard(_: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of the body."""
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d" % len(body)})


class Request:
    """Sends a piece, waits, and sends another one."""

    def __init__(self, path: str) -> None:
        self.goes_on = asyncio.Event()
        self.said = list[Message]()
        self._scope = {"type": "http", "path": path, "headers": [], "state": {"request_id": "one"}}
        self._pieces: Iterator[bool] = iter((True, False))

    async def sent(self, to: BodyLimit) -> None:
        await to(self._scope, self._receive, self._send)

    async def _receive(self) -> Message:
        more = next(self._pieces)
        if not more:
            await self.goes_on.wait()
        return {"type": "http.request", "body": b"x" * PIECE, "more_body": more}

    async def _send(self, message: Message) -> None:
        self.said.append(message)

    @property
    def body(self) -> bytes:
        return bytes(self.said[1]["body"])


def test_of_large_bodies_on_their_way_only_so_much_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "UNDER_WAY", 50)
    asyncio.run(large_and_small())


async def large_and_small() -> None:
    door = BodyLimit(heard, limit=10, larger={"/large": 100})
    first, second, third = (Request("/large") for _ in range(3))
    waiting = asyncio.create_task(first.sent(door))
    await asyncio.sleep(0)
    await second.sent(door)
    assert (second.said[0]["status"], json.loads(second.body)["code"]) == (503, "busy")
    first.goes_on.set()
    await waiting
    assert first.body == b"%d" % (2 * PIECE)
    third.goes_on.set()
    await third.sent(door)
    assert third.body == first.body, "there is room again"
