"""Live: whoever has the page open hears of each new edition by server-sent events (WHATWG HTML, 9.2)."""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final

from starlette.types import Receive, Scope, Send

from status_page.edition import Mark
from status_page.ready import send_plain

MOST: Final = 800
MOST_OF_ONE: Final = 50
"""Listeners at a time, and from one address; whoever comes then sees a page that does not change by itself."""
BEAT: Final = 20.0
"""Seconds of silence after which a comment keeps the connection open."""
HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Live:
    """Tells listeners, from whatever thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        self._listeners: Counter[str] = Counter()
        self._newest: Mark | None = None
        self._is_over = False

    def tell(self, mark: Mark) -> None:
        """There is a new edition."""
        self._newest = mark
        self._wake()

    def close(self) -> None:
        """No more editions: whoever listens is let go."""
        self._is_over = True
        self._wake()

    async def stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One listener, until it goes or all are let go."""
        if scope["method"] != "GET":
            await send_plain(send, 405, {"Allow": "GET"})
        elif self._is_over or self._listeners.total() >= MOST or self._listeners[_address(scope)] >= MOST_OF_ONE:
            await send_plain(send, 503, {"Retry-After": "60"})
        else:
            self._loop = asyncio.get_running_loop()
            self._listeners[_address(scope)] += 1
            try:
                await self._listen(receive, send)
            finally:
                self._listeners[_address(scope)] -= 1

    async def _listen(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": b"retry: 5000\n\n", "more_body": True})
        gone = asyncio.ensure_future(_gone(receive))
        told: Mark | None = None
        try:
            while not (gone.done() or self._is_over):
                news = self._newest if self._newest is not told else None
                told = news or told
                body = _event(news) if news else await self._silence(gone)
                await send({"type": "http.response.body", "body": body, "more_body": True})
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()

    async def _silence(self, gone: "asyncio.Future[None]") -> bytes:
        """Until something happens, or for a while: then a comment."""
        news: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(news)
        await asyncio.wait({news, gone}, timeout=BEAT, return_when=asyncio.FIRST_COMPLETED)
        self._waiting.discard(news)
        return b"" if news.done() or gone.done() else b":\n\n"

    def _wake(self) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: nobody listens any more
                self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        waiting, self._waiting = self._waiting, set()
        for news in waiting:
            if not news.done():
                news.set_result(None)


def _event(mark: Mark) -> bytes:
    return f"event: edition\nid: {mark.position}\ndata: {mark.at}\n\n".encode()


def _address(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


async def _gone(receive: Receive) -> None:
    """Over when the listener is."""
    while (await receive())["type"] != "http.disconnect":
        pass
