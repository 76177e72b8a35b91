"""What the tests of the relay look at: the stream as a consumer gets it, and the log beside it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from subprocess import PIPE, Popen
from sys import executable
from time import monotonic, sleep
from typing import Any, Final, TypeVar

import nats
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import NotFoundError

from domain.canonical import canonical
from service.settings import Settings
from store.desk import Desk
from tests.servers.nats import Nats

T = TypeVar("T")

ROOT: Final = Path(__file__).resolve().parents[3]
LIMIT: Final = 90.0
"""Seconds after which a test has waited long enough."""
PAGE: Final = 500
UNACKNOWLEDGED: Final = ConsumerConfig(ack_policy=AckPolicy.NONE)


def asked(server: Nats, question: Callable[[JetStreamContext], Awaitable[T]]) -> T:
    """What JetStream answers."""

    async def ask() -> T:
        async with await nats.connect(server.url) as client:
            return await question(client.jetstream())

    return asyncio.run(ask())


def relayed(server: Nats) -> list[tuple[int, int, bytes]]:
    """Position, index and envelope of every message of the stream, in its order; none if there is no stream."""
    return [(each["position"], each["index"], canonical(each["data"])) for each in events(server)]


def events(server: Nats) -> list[dict[str, Any]]:
    """Every message of the stream, in its order."""

    async def read(stream: JetStreamContext) -> list[dict[str, Any]]:
        try:
            count = (await stream.stream_info("GLASNO")).state.messages
        except NotFoundError:
            return []
        consumer = await stream.pull_subscribe("glasno.events.>", stream="GLASNO", config=UNACKNOWLEDGED)
        found: list[dict[str, Any]] = []
        while len(found) < count:
            found += [json.loads(each.data) for each in await consumer.fetch(min(PAGE, count - len(found)), timeout=30)]
        return found

    return asked(server, read)


def logged(desk: Desk, after: int = 0) -> list[tuple[int, int, bytes]]:
    """The same of the log."""
    every = enumerate(desk.log.envelopes())
    return [(position, index, raw) for index, (position, raw) in every if position > after]


def await_equal(server: Nats, desk: Desk) -> None:
    """Until the stream has all that the log has; what it has has to be right all the time."""
    expected = logged(desk)

    def is_equal() -> bool:
        found = relayed(server)
        assert found == expected[: len(found)]
        return len(found) == len(expected)

    until(is_equal)


@contextmanager
def relaying(environment: dict[str, str], *arguments: str) -> Iterator[Popen[str]]:
    """The process."""
    command = [executable, "-m", "service", "relay", *arguments]
    with Popen(command, cwd=ROOT, env=environment, text=True, stdout=PIPE, stderr=PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: Popen[str], *, of_errors: bool = False) -> str:
    """The next line that it says."""
    stream = process.stderr if of_errors else process.stdout
    assert stream is not None
    return stream.readline()


def with_nats(settings: Settings, url: str, **more: Any) -> Settings:
    return settings.model_copy(update={"nats_url": url, "metrics_listen": "127.0.0.1:0", **more})


def until(found: Callable[[], T | None]) -> T:
    """What is found in the end."""
    deadline = monotonic() + LIMIT
    while not (value := found()):
        assert monotonic() < deadline
        sleep(0.1)
    return value


def says(process: Popen[str]) -> bool:
    """Whether it has something to say on its standard error, which is to be read with `line` then."""
    assert process.stderr is not None
    return bool(select([process.stderr], [], [], 0)[0])
