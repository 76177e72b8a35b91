"""Three NATS servers of the tests' own that keep their streams together: each may be killed and started again."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import nats
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import ClusterInfo

from tests.servers.nats import Nats
from tests.servers.ports import free_port

T = TypeVar("T")

NODES: Final = 3
SECONDS: Final = 90
"""Within which anything that is waited for has to come about."""
MORE: Final = """
server_name: n{number}
cluster {{ name: tests, listen: "127.0.0.1:{port}", routes: [{routes}] }}
"""


@dataclass(frozen=True)
class Cluster:
    """Any two of them go on."""

    nodes: Sequence[Nats]

    @property
    def url(self) -> str:
        """Of all of them, as `GLASNO_NATS_URL` has it."""
        return ",".join(each.url for each in self.nodes)

    def ask(self, question: Callable[[JetStreamContext], Awaitable[T]]) -> T:
        """What JetStream answers, once it does: a stream that lost its leader has another one after a while."""
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                return asyncio.run(self._asking(question))
            except (OSError, NatsError):
                assert time.monotonic() < deadline
                time.sleep(0.1)

    def replicate(self, stream: str) -> None:
        """As its operator does."""

        async def edit(context: JetStreamContext) -> None:
            config = (await context.stream_info(stream)).config
            await context.update_stream(config.evolve(num_replicas=NODES))

        self.ask(edit)
        self.await_whole(stream)

    def leader(self, stream: str) -> Nats:
        """Whoever takes its messages, once somebody does."""
        [group, *_] = self._await(stream, lambda groups: bool(groups[0].leader))
        return self.nodes[int((group.leader or "")[1:])]

    def await_whole(self, stream: str) -> None:
        """Until each of them has all of it, and knows all of how far its consumers are."""
        self._await(stream, lambda groups: all(map(_is_whole, groups)))

    def _await(self, stream: str, are_so: Callable[[Sequence[ClusterInfo]], bool]) -> Sequence[ClusterInfo]:
        deadline = time.monotonic() + SECONDS
        while not are_so(groups := self._groups(stream)):
            assert time.monotonic() < deadline, groups
            time.sleep(0.1)
        return groups

    def _groups(self, stream: str) -> Sequence[ClusterInfo]:
        """Who keeps the stream, and each of its consumers."""

        async def look(context: JetStreamContext) -> Sequence[ClusterInfo]:
            kept = (await context.stream_info(stream)).cluster
            given = [each.cluster for each in await context.consumers_info(stream)]
            return [each or ClusterInfo() for each in (kept, *given)]

        return self.ask(look)

    async def _asking(self, question: Callable[[JetStreamContext], Awaitable[T]]) -> T:
        urls = [each.url for each in self.nodes]
        async with await nats.connect(urls, allow_reconnect=False, error_cb=_silently) as client:
            return await question(client.jetstream())


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Start them; they are gone afterwards."""
    with ExitStack() as stack:
        cluster = Cluster(_new_nodes(folder))
        for each in cluster.nodes:
            stack.callback(each.kill)
            each.start()
        yield cluster


def _is_whole(group: ClusterInfo) -> bool:
    return bool(group.leader) and sum(bool(each.current) for each in group.replicas or []) == NODES - 1


def _new_nodes(folder: Path) -> Sequence[Nats]:
    ports = [free_port() for _ in range(2 * NODES)]
    routes = ", ".join(f"nats://127.0.0.1:{port}" for port in ports[NODES:])
    nodes = []
    for number in range(NODES):
        (home := folder / f"n{number}").mkdir(parents=True)
        more = MORE.format(number=number, port=ports[NODES + number], routes=routes)
        nodes.append(Nats(ports[number], home, more))
    return nodes


async def _silently(_: Exception) -> None:
    """It is asked again."""
