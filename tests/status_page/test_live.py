"""Listeners hear of new editions."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest
from starlette.types import Message

from status_page import live
from status_page.edition import Mark
from status_page.live import Live

SCOPE = {"type": "http", "method": "GET", "path": "/live", "headers": []}


class Listener:
    """A connection that stays open until it goes."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self._gone = asyncio.Event()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def go(self) -> None:
        self._gone.set()

    @property
    def text(self) -> str:
        return b"".join(each.get("body", b"") for each in self.sent).decode()


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 -- what is awaited has no event
            await asyncio.sleep(0.005)


async def listening(to: Live) -> tuple[Listener, "asyncio.Task[None]"]:
    listener = Listener()
    task = asyncio.ensure_future(to.stream(SCOPE, listener.receive, listener.send))
    await eventually(lambda: len(listener.sent) >= 2)
    await asyncio.sleep(0)
    return listener, task


def run(what: Coroutine[Any, Any, None]) -> None:
    asyncio.run(what)


def test_every_listener_hears_of_a_new_edition_whatever_thread_tells_it() -> None:
    async def told() -> None:
        lively = Live()
        listeners = [await listening(lively) for _ in range(3)]
        await asyncio.to_thread(lively.tell, Mark(7, 1_000))
        for listener, task in listeners:
            await eventually(lambda listener=listener: "event: edition\nid: 7\ndata: 1000\n\n" in listener.text)  # type: ignore[misc]
            listener.go()
            await task

    run(told())


def test_whoever_comes_later_hears_at_once_which_edition_is_the_newest() -> None:
    async def late() -> None:
        lively = Live()
        lively.tell(Mark(7, 1_000))
        listener, task = await listening(lively)
        await eventually(lambda: "id: 7" in listener.text)
        listener.go()
        await task

    run(late())


def test_whoever_goes_is_let_go() -> None:
    async def gone() -> None:
        lively = Live()
        listener, task = await listening(lively)
        listener.go()
        await asyncio.wait_for(task, 5)
        assert lively._listeners.total() == 0

    run(gone())


def test_at_the_end_all_are_let_go_and_nobody_comes_any_more() -> None:
    async def over() -> None:
        lively = Live()
        _, task = await listening(lively)
        await asyncio.to_thread(lively.close)
        await asyncio.wait_for(task, 5)
        late = Listener()
        await lively.stream(SCOPE, late.receive, late.send)
        assert late.sent[0]["status"] == 503

    run(over())


def test_only_so_many_may_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full() -> None:
        monkeypatch.setattr(live, "MOST", 1)
        lively = Live()
        listener, task = await listening(lively)
        late = Listener()
        await lively.stream(SCOPE, late.receive, late.send)
        assert late.sent[0]["status"] == 503
        listener.go()
        await task

    run(full())


def test_one_address_does_not_take_the_places_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    async def crowded() -> None:
        monkeypatch.setattr(live, "MOST_OF_ONE", 1)
        lively = Live()
        listener, task = await listening(lively)
        for address, status in (("", 503), ("192.0.2.1", 200)):
            other = Listener()
            other.go()
            await lively.stream({**SCOPE, "client": (address, 1)}, other.receive, other.send)
            assert other.sent[0]["status"] == status
        listener.go()
        await task

    run(crowded())


def test_silence_is_broken_so_that_the_connection_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent() -> None:
        monkeypatch.setattr(live, "BEAT", 0.01)
        listener, task = await listening(Live())
        await eventually(lambda: ":\n\n" in listener.text)
        listener.go()
        with suppress(asyncio.CancelledError):
            await task

    run(silent())


def test_only_reading_is_allowed() -> None:
    async def posted() -> None:
        listener = Listener()
        await Live().stream({**SCOPE, "method": "POST"}, listener.receive, listener.send)
        assert listener.sent[0]["status"] == 405

    run(posted())


def test_nobody_need_listen() -> None:
    Live().tell(Mark(1, 1))
