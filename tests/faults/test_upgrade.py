"""A new version takes the place of an old one while clients are at work, and gives it back; nobody notices."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final

import httpx2
import pytest

from projections import status
from service.settings import Settings
from tests.faults.checker import check
from tests.faults.furnishing import furnish
from tests.faults.load import Asker, Load
from tests.faults.processes import ROOT, Process, Processes, await_answer, await_so, supervised
from tests.faults.versions import copied, glasno
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres

FORMER: Final = {
    "projections/status.py": (f'"{status.NAME}"', '"status_v0"'),
    "projections/said.py": (f'"{status.NAME}_', '"status_v0_'),
}
"""Of the view that the public page is made of there was another form."""
WITHOUT_NOTES: Final = {"domain/ticket/conversation.py": ('"ticket.noted"', '"ticket.remarked"')}
"""A version that has never heard of notes."""
COMPONENT: Final = "Client portal"


@pytest.fixture
def desk(tmp_path: Path, postgres: Postgres) -> Settings:
    log, keys = postgres.fresh_database(), postgres.fresh_database()
    return Settings(data_dir=tmp_path / "var", database_url=log, keys_url=keys, evidence="public")


@contextmanager
def reading(urls: Sequence[str]) -> Iterator[list[str]]:
    """Somebody who looks at the page of every process, whenever it answers; the pages that lack something."""
    empty, stopping = list[str](), Event()

    def read() -> None:
        while not stopping.wait(0.5):
            for url in urls:
                with suppress(httpx2.TransportError):
                    answer = httpx2.get(f"{url}/en/", timeout=60)
                    if answer.status_code == 200 and COMPONENT not in answer.text:
                        empty.append(answer.text)

    reader = Thread(target=read)
    reader.start()
    try:
        yield empty
    finally:
        stopping.set()
        reader.join()


@pytest.mark.timeout(900)
def test_there_and_back_again_under_load(desk: Settings, tmp_path: Path) -> None:
    old, asker = copied(tmp_path / "old", FORMER), furnish(desk)
    places = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    urls = [f"http://{each}" for each in places]
    with supervised(desk, tmp_path / "processes") as processes:
        former = started(processes, places[:1], old)
        with reading(urls) as empty, Load(urls, asker, clients=2, pause=0.5) as load:
            load.await_more()
            assert f"to be built: {status.NAME}" in glasno(desk, "upgrade")
            assert "another version is at work" in glasno(desk, "upgrade", "--retire", status=1)
            [worker, answering] = started(processes, places[1:])
            load.await_more()
            stop(processes, former)
            load.await_more()
            assert "status_v0" in glasno(desk, "upgrade", "--retire")
            assert "to be built: status_v0" in glasno(desk, "upgrade", root=old)
            started(processes, places[:1], old)
            stop(processes, [answering])
            load.await_more()
        assert empty == []
        assert check(desk, load) == []
        assert worker.starts == 1


def test_without_servers_a_new_version_is_ready_when_the_old_one_ends(embedded: Settings, tmp_path: Path) -> None:
    """It was built while that one worked."""
    old, asker = copied(tmp_path / "old", FORMER), furnish(embedded)
    place = f"127.0.0.1:{free_port()}"
    with supervised(embedded, tmp_path / "processes") as processes:
        former = processes.start("serve", root=old, GLASNO_LISTEN=place)
        processes.await_all()
        with Load([former.url], asker, clients=2, pause=0.5) as load:
            load.await_more()
            assert f"to be built: {status.NAME}" in glasno(embedded, "upgrade")
            assert "another version is at work" in glasno(embedded, "upgrade", "--retire", status=1)
            load.await_more()
            stop(processes, [former])
            assert "everything that this version needs is there" in glasno(embedded, "upgrade")
            processes.start("serve", GLASNO_LISTEN=place)
            processes.await_all()
            assert "status_v0" in glasno(embedded, "upgrade", "--retire")
            load.await_more()
        assert check(embedded, load) == []


def started(processes: Processes, places: Sequence[str], root: Path = ROOT) -> list[Process]:
    """A worker, and as soon as it is at work those who answer requests, one after the other."""
    worker = processes.start("work", root=root)
    await_answer(worker.metrics)
    found = [worker]
    for each in places:
        found.append(processes.start("api", root=root, GLASNO_LISTEN=each))
        await_answer(f"{found[-1].url}/readyz")
    return found


def stop(processes: Processes, ended: Sequence[Process]) -> None:
    """Those who answer requests first; each is told to, and none says anything."""
    for each in reversed(ended):
        processes.stop(each)
        assert each.popen.returncode == 0
        assert "Traceback" not in each.log.read_text()


def test_a_version_that_is_behind_the_log_says_so_and_goes_on_behind_a_newer_one(
    desk: Settings, tmp_path: Path
) -> None:
    old, asker = copied(tmp_path / "old", WITHOUT_NOTES), furnish(desk)
    with supervised(desk, tmp_path / "processes") as processes:
        worker, api = started(processes, [f"127.0.0.1:{free_port()}"], old)
        newer = processes.start("api")
        processes.await_all()
        noted, other = opened(api, asker), opened(newer, asker)
        assert asked(newer, asker, f"{noted}/notes", {"body": "A loose cable."}).status_code == 201
        await_so(lambda: "ticket.noted" in worker.log.read_text(), "the worker says what it cannot read")
        await_so(lambda: is_stopped(api), "and so does who answers requests")
        late = asked(api, asker, f"{noted}/messages", {"body": "We are on it."})
        assert (late.status_code, late.json()["code"]) == (503, "unavailable")
        assert asked(api, asker, f"{other}/messages", {"body": "We are on it."}).status_code == 201
        assert asked(newer, asker, f"{noted}/messages", {"body": "We are on it."}).status_code == 201
        assert "ticket.noted/1" in glasno(desk, "upgrade", root=old, status=1)
        started(processes, [])
        await_answer(f"{newer.url}/readyz")
        assert asked(api, asker, f"{other}/messages", {"body": "It was dust."}).status_code == 201
        processes.stop(worker)
        await_answer(f"{newer.url}/readyz")


def is_stopped(process: Process) -> bool:
    return "is stopped" in httpx2.get(f"{process.url}/readyz").text


def opened(process: Process, asker: Asker) -> str:
    """The address of a new ticket."""
    who = {"organisation": asker.organisation, "requester": asker.requester, "channel": "portal"}
    about = {
        "kind": "incident",
        "impact": "high",
        "urgency": "high",
        "subject": "Nothing prints",
        "body": "Since nine.",
    }
    return str(asked(process, asker, "/v1/tickets", who | about).headers["Location"])


def asked(process: Process, asker: Asker, path: str, body: Mapping[str, str]) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {asker.token}"}
    return httpx2.post(process.url + path, json=dict(body), headers=headers, timeout=60)
