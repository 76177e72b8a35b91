"""`relay`: events a second through the relay, beside the library publishing the same messages and only that."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, Final

import nats

from service.build import build_desk
from service.evidence import log_of
from service.relay.access import Server
from service.relay.message import STREAM, Message, message_of
from service.relay.relay import Relay, Source
from service.relay.stream import end_of
from service.settings import Settings
from store.desk import Desk
from tests.servers.nats import running_nats
from tests.service.relay.happening import happen

EVENTS: Final = 30_000
ROUNDS: Final = 5
TARGET: Final = 0.6
TICKETS: Final = 200
"""In one commit."""


@dataclass(frozen=True)
class End:
    """A bell that nobody rings: whoever waits for it has relayed everything."""

    reached: Event = field(default_factory=Event)

    def wait(self, stopping: Event) -> None:
        self.reached.set()
        stopping.wait()


def measure(progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Events a second of both, in turns, each into a new stream; what is told is the median of the rounds."""
    with TemporaryDirectory() as folder, running_nats(Path(folder, "nats")) as server:
        desk = build_desk(Settings(data_dir=Path(folder, "data")))
        while desk.log.head() < EVENTS:
            happen(desk, TICKETS)
        messages = _messages(desk)
        rates = []
        for number in range(ROUNDS):
            publish = partial(_published, server.url, messages)
            relay = partial(_relayed, server.url, desk, Path(folder, f"begun-{number}"))
            reference, ours = (asyncio.run(_rate(server.url, desk, work)) for work in (publish, relay))
            rates.append({"relay": ours, "reference": reference, "ratio": ours / reference})
            progress(number + 1)
        desk.close()
    ratios = sorted(each["ratio"] for each in rates)
    told = {name: median(each[name] for each in rates) for name in ("relay", "reference", "ratio")}
    size = sum(len(each.body) for each in messages) // len(messages)
    return {
        **told,
        "lowest": ratios[0],
        "highest": ratios[-1],
        "events": len(messages),
        "bytes": size,
        "target": TARGET,
    }


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    ratio = f"{measured['ratio']:.2f} ({measured['lowest']:.2f}-{measured['highest']:.2f})"
    rates = f"relay {measured['relay']:,.0f}, the library alone {measured['reference']:,.0f}"
    return [
        f"{measured['events']:,} events of {measured['bytes']} bytes into JetStream, a second: {rates}",
        f"ratio {ratio}; target: at least {measured['target']}",
    ]


def _messages(desk: Desk) -> Sequence[Message]:
    name = log_of(desk).origin
    return [message_of(name, position, index, raw) for index, (position, raw) in enumerate(desk.log.envelopes())]


async def _rate(url: str, desk: Desk, work: Callable[[], Awaitable[None]]) -> float:
    """Into a new stream, which has to hold everything in the end."""
    async with await nats.connect(url) as client:
        stream = client.jetstream()
        await end_of(stream, desk.log, start=None, is_known=False)
        since = time.perf_counter()
        await work()
        took = time.perf_counter() - since
        stored = (await stream.stream_info(STREAM)).state.messages
        await stream.delete_stream(STREAM)
    if stored != desk.log.head():
        raise SystemExit(f"{stored} of {desk.log.head()} messages were stored")
    return stored / took


async def _published(url: str, messages: Sequence[Message]) -> None:
    """The reference: as fast as the library can."""
    async with await nats.connect(url) as client:
        stream = client.jetstream()
        for each in messages:
            await stream.publish_async(each.subject, each.body)
        await stream.publish_async_completed()


async def _relayed(url: str, desk: Desk, mark: Path) -> None:
    bell = End()
    source = Source(desk, bell, mark)
    relaying = asyncio.create_task(Relay(source, Server((url,))).run())
    with redirect_stdout(sys.stderr):
        await asyncio.to_thread(bell.reached.wait)
    relaying.cancel()
    await asyncio.wait([relaying])
