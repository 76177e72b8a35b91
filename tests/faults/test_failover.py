"""The primary dies under load, and its standby takes over: nothing that was acknowledged is lost."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from time import sleep
from typing import Final

import httpx2

from audit.evidence import CHECKPOINT
from service.build import build_desk
from service.evidence import folder_of, unsigned_of
from service.settings import Settings
from tests.faults.checker import disorder, entries_of, wrong_views
from tests.faults.furnishing import furnish
from tests.faults.load import OPENING, PATIENCE, Asker, Load
from tests.faults.pair import Pair, pair
from tests.faults.processes import Process, await_so, supervised
from tests.faults.scene import under_load
from tests.servers.nats import Nats

COMMANDS: Final = ("work", "api", "api")
AWAY: Final = 8
"""Seconds until it is noticed that a server is dead: longer than a lease lasts."""


@contextmanager
def on_both(folder: Path, *, synchronous: bool, nats_url: str = "") -> Iterator[tuple[Pair, Settings]]:
    with pair(synchronous=synchronous) as servers:
        log, keys = servers.fresh_database(), servers.fresh_database()
        yield (
            servers,
            Settings(data_dir=folder / "var", database_url=log, keys_url=keys, nats_url=nats_url, evidence="public"),
        )


def test_a_synchronous_standby_takes_over_and_nothing_is_lost(tmp_path: Path, nats: Nats) -> None:
    both = on_both(tmp_path, synchronous=True, nats_url=nats.url)
    with both as (servers, settings), under_load(settings, tmp_path) as scene:
        servers.primary.kill()
        sleep(AWAY)
        servers.promote()
        scene.load.await_more(50)
        assert {each.starts for each in scene.processes.running} == {1}, "nobody had to be started again"


def test_a_synchronous_standby_that_is_lost_is_waited_for(tmp_path: Path) -> None:
    """Whoever writes waits until it is back: nothing is acknowledged that only one server has."""
    with on_both(tmp_path, synchronous=True) as (servers, settings), under_load(settings, tmp_path, COMMANDS) as scene:
        servers.standby.kill()
        sleep(AWAY)
        before = len(scene.load.record.acknowledged)
        sleep(2)
        assert len(scene.load.record.acknowledged) == before
        servers.standby.start()
        scene.load.await_more(50)
        servers.fail_over()
        scene.load.await_more(50)


def test_after_the_loss_of_what_was_signed_nothing_is_signed(tmp_path: Path) -> None:
    """A standby that no commit waited for lacks the last ones; some of those were signed.

    Whatever the processes remember of them they forget: nobody has to start them anew.
    """
    with on_both(tmp_path, synchronous=False) as (servers, settings):
        asker = furnish(settings)
        with supervised(settings, tmp_path / "processes") as processes:
            api, _ = processes.start("api"), processes.start("work")
            processes.await_all()
            checkpoint = folder_of(settings) / CHECKPOINT
            await_so(checkpoint.exists, "the log is signed")
            opening = {**OPENING, "organisation": asker.organisation, "requester": asker.requester, "subject": "Kept"}
            ticket = asked(api, asker, "/v1/tickets", {**opening, "body": "Kept"}).headers["Location"]
            servers.await_standby()
            servers.standby.kill()
            before = checkpoint.read_bytes()
            assert asked(api, asker, f"{ticket}/messages", {"body": "Lost"}).is_success
            with Load([api.url], asker) as load:
                load.await_more(30)
                await_so(lambda: checkpoint.read_bytes() != before, "what the standby lacks is signed")
            last = checkpoint.read_bytes()
            servers.primary.kill()
            servers.standby.start()
            servers.promote()
            await_so(unsigned_of(settings).exists, "the loss is noticed")
            assert "the log does not hold any more what was signed" in unsigned_of(settings).read_text()
            with Load([api.url], asker, seed=1) as load:
                load.await_more(30)
            assert asked(api, asker, f"{ticket}/notes", {"body": "Kept as well"}).is_success
            assert load.record.receipts == [], "nothing is promised"
            assert checkpoint.read_bytes() == last
            assert {each.starts for each in processes.running} == {1}
            demand_gone_on(settings, "Kept", "Kept as well")


def asked(api: Process, asker: Asker, path: str, body: Mapping[str, str]) -> httpx2.Response:
    """What is answered."""
    return httpx2.post(api.url + path, json=body, headers={"Authorization": f"Bearer {asker.token}"}, timeout=PATIENCE)


def demand_gone_on(settings: Settings, *words: str) -> None:
    """The log is in order, the views are what it says, and so do these words follow one another on a ticket."""
    with closing(build_desk(settings)) as desk:
        entries = entries_of(desk)
        assert [*disorder(entries), *wrong_views(settings, desk, desk.log.head())] == []
        [stream] = {each.stream for each in entries if words[0] in each.words}
        said = [each.words for each in entries if each.stream == stream and each.words]
        assert all(word in text for word, text in zip(words, said, strict=True)), said
