"""Strangers who watch while something is done to the desk: of its signed checkpoints, and of its events."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any, Final

import nats
from nats.errors import Error as NatsError
from nats.js.api import ConsumerConfig

from audit.evidence import CHECKPOINT
from domain.canonical import canonical
from service.evidence import folder_of
from service.settings import Settings

LOOK: Final = 0.05
"""Seconds between two looks."""
BATCH: Final = 100


@contextmanager
def checkpoints(settings: Settings) -> Iterator[list[bytes]]:
    """Every checkpoint that is published meanwhile, as it is seen."""
    path, seen, stopping = folder_of(settings) / CHECKPOINT, list[bytes](), Event()

    def look() -> None:
        while not stopping.wait(LOOK):
            with suppress(FileNotFoundError):
                if (note := path.read_bytes()) not in seen[-1:]:
                    seen.append(note)

    with _beside(look, stopping):
        yield seen


@contextmanager
def consumer(url: str, batch: int = BATCH) -> Iterator[list[tuple[int, bytes]]]:
    """Position and envelope of every event that comes through NATS meanwhile, as docs/relay.md has it.

    What comes again is dropped by its position. A connection that is lost is made anew, to any of several servers.
    """
    got, stopping = list[tuple[int, bytes]](), Event()

    def consume() -> None:
        while not stopping.is_set():
            with suppress(OSError, NatsError, TimeoutError):
                asyncio.run(_consume(url.split(","), batch, got, stopping))
            stopping.wait(LOOK)

    with _beside(consume, stopping):
        yield got


async def _consume(urls: list[str], batch: int, got: list[tuple[int, bytes]], stopping: Event) -> None:
    client = await nats.connect(urls, allow_reconnect=False, error_cb=_silently, connect_timeout=5)
    try:
        one = ConsumerConfig(max_ack_pending=batch, ack_wait=5)
        events = await client.jetstream().pull_subscribe("glasno.events.>", "checker", stream="GLASNO", config=one)
        while not stopping.is_set():
            with suppress(nats.errors.TimeoutError):
                for message in await events.fetch(batch, timeout=0.5):
                    _take(json.loads(message.data), got)
                    await message.ack()
    finally:
        await client.close()


def _take(event: dict[str, Any], got: list[tuple[int, bytes]]) -> None:
    if event["position"] > (got[-1][0] if got else 0):
        got.append((event["position"], canonical(event["data"])))


async def _silently(_: Exception) -> None:
    """The connection is made anew."""


@contextmanager
def _beside(work: Any, stopping: Event) -> Iterator[None]:
    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
