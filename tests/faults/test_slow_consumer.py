"""Whoever listens and is slow, or does not listen at all, holds up nobody."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import nats
import pytest
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DiscardPolicy
from nats.js.errors import NotFoundError

from service.settings import Settings
from tests.faults.processes import answers, await_so
from tests.faults.scene import under_load
from tests.servers.nats import Nats

pytestmark = pytest.mark.timeout(900)
SOME: Final = 30
LISTENERS: Final = 40
"""From one address fifty are let in."""


def ask(server: Nats, question: Callable[[JetStreamContext], Awaitable[Any]]) -> Any:
    """Of JetStream."""

    async def asking() -> Any:
        async with await nats.connect(server.url) as client:
            return await question(client.jetstream())

    return asyncio.run(asking())


def messages(server: Nats) -> int:
    """Of the stream; none while the relay has not made it."""

    async def count(stream: JetStreamContext) -> int:
        with suppress(NotFoundError):
            return (await stream.stream_info("GLASNO")).state.messages
        return 0

    return int(ask(server, count))


async def fetch_and_keep_silent(stream: JetStreamContext) -> None:
    """Takes all that it gets, and says of none that it is done."""
    stuck = ConsumerConfig(max_ack_pending=5, ack_wait=1)
    consumer = await stream.pull_subscribe("glasno.events.>", "stuck", stream="GLASNO", config=stuck)
    await consumer.fetch(5, timeout=30)


def limited(limit: int) -> Callable[[JetStreamContext], Awaitable[None]]:
    """A stream that takes no more messages once it has so many."""

    async def limit_it(stream: JetStreamContext) -> None:
        config = (await stream.stream_info("GLASNO")).config
        await stream.update_stream(config.evolve(max_msgs=limit, discard=DiscardPolicy.NEW))

    return limit_it


@contextmanager
def listeners(url: str) -> Iterator[None]:
    """They ask for the news of the page, and read none."""
    host, _, port = urlsplit(url).netloc.partition(":")
    with ExitStack() as opened:
        for _ in range(LISTENERS):
            listener = opened.enter_context(socket.socket())
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            listener.connect((host, int(port)))
            listener.sendall(b"GET /live HTTP/1.1\r\nHost: desk\r\n\r\n")
        yield


def test_a_consumer_that_acknowledges_nothing_and_a_stream_that_is_full_hold_up_nobody(
    scaled: Settings, tmp_path: Path, nats: Nats
) -> None:
    """When there is room again the stream gets what it missed."""
    with under_load(scaled, tmp_path) as scene:
        await_so(lambda: messages(nats) > SOME, "the relay has begun")
        ask(nats, fetch_and_keep_silent)
        before = messages(nats)
        scene.load.await_more(SOME)
        await_so(lambda: messages(nats) > before + SOME, "the relay goes on beside it")
        full = messages(nats) + SOME
        ask(nats, limited(full))
        await_so(lambda: messages(nats) == full, "it is full")
        scene.load.await_more(SOME)
        assert messages(nats) == full
        ask(nats, limited(-1))
        await_so(lambda: messages(nats) > full + SOME, "the relay goes on")


def test_readers_of_the_live_page_who_read_nothing_hold_up_nobody(embedded: Settings, tmp_path: Path) -> None:
    with under_load(embedded, tmp_path, ("serve",)) as scene:
        [serve] = scene.of("serve")
        with listeners(serve.url):
            for _ in range(10):
                scene.load.await_more(10)
                assert answers(f"{serve.url}/en/")
            serve.popen.terminate()
            await_so(lambda: serve.starts > 1, "it stops when it is told to")
