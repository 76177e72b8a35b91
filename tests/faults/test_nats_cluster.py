"""Three NATS servers with replicated streams, of which one after the other is killed: relay and inbox go on."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
from nats.js import JetStreamContext
from nats.js.api import Header

from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from store.streams import Command
from tests.cast import ALWAYS
from tests.faults.checker import delivered
from tests.faults.processes import Processes, await_so, supervised
from tests.faults.watching import consumer
from tests.projections.story import level, published
from tests.servers.nats_cluster import Cluster, running_cluster
from tests.service.inbox.sending import ALERTS, alert, fired, payload, receipts
from tests.service.relay.happening import happen

pytestmark = pytest.mark.timeout(600)
STREAMS = ("GLASNO", "GLASNO_INBOX", "GLASNO_INBOX_DEAD", "GLASNO_PROBES")
SOME = 20
PAUSE = 0.1
"""Seconds between two tickets with all that happens to them, and between two messages to the inbox."""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path / "nats") as found:
        yield found


async def publish(number: int, stream: JetStreamContext) -> None:
    await stream.publish(ALERTS, payload(alert(number)), headers={Header.MSG_ID: str(number)})


@contextmanager
def load(desk: Desk, cluster: Cluster) -> Iterator[list[int]]:
    """Tickets, and messages to the inbox, each sent until NATS has it; those that it has."""
    acknowledged, stopping = list[int](), Event()

    def send() -> None:
        for number in count():
            if stopping.wait(PAUSE):
                return
            cluster.ask(partial(publish, number))
            acknowledged.append(number)

    def act() -> None:
        while not stopping.wait(PAUSE):
            happen(desk)

    threads = [Thread(target=each) for each in (send, act)]
    for each in threads:
        each.start()
    try:
        yield acknowledged
    finally:
        stopping.set()
        for each in threads:
            each.join()


def await_more(seen: Sequence[object]) -> None:
    """Until there are some more than now."""
    before = len(seen)
    await_so(lambda: len(seen) > before + SOME, "two of three go on")


async def waiting(stream: JetStreamContext) -> int:
    return (await stream.stream_info("GLASNO_INBOX")).state.messages


def exist(cluster: Cluster) -> bool:
    """Whether relay and inbox have made their streams."""
    known = cluster.ask(lambda stream: stream.streams_info())
    return {each.config.name for each in known} == {*STREAMS}


def unharmed(processes: Processes) -> bool:
    return all(each.starts == 1 for each in processes.running)


def test_a_cluster_that_loses_one_leader_after_the_other_loses_and_repeats_nothing(
    tmp_path: Path, cluster: Cluster
) -> None:
    settings = Settings(data_dir=tmp_path / "var", nats_url=cluster.url)
    with closing(build_desk(settings)) as desk, supervised(settings, tmp_path / "processes") as processes:
        desk.configuration.act(
            Command(desk.new_id()), desk.name("configuration"), lambda _: [published(ALWAYS), level()]
        )
        work, _ = processes.start("work"), processes.start("relay")
        await_so(lambda: exist(cluster), "the streams are made")
        for each in STREAMS:
            cluster.replicate(each)
        with consumer(cluster.url, batch=1) as got:
            with load(desk, cluster) as acknowledged:
                for each in ("GLASNO", "GLASNO_INBOX"):
                    (node := cluster.leader(each)).kill()
                    await_more(got)
                    await_more(acknowledged)
                    node.start()
                    for stream in STREAMS:
                        cluster.await_whole(stream)
            await_so(lambda: cluster.ask(waiting) == 0, "all is taken")
            assert unharmed(processes)
            processes.stop(work)
            logged = [*desk.log.envelopes()]
            await_so(lambda: len(got) >= len(logged), "everything is relayed")
        assert [*delivered(got, logged)] == []
        assert sorted(fired(desk)) == [f"{number:016x}" for number in acknowledged]
        assert receipts(desk) == len(acknowledged)
