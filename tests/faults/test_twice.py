"""One request is sent twice at once, to two processes: it is done once, and both are told so."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx2
import pytest

from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from tests.faults.checker import Entry, entries_of
from tests.faults.furnishing import furnish
from tests.faults.load import OPENING, Asker
from tests.faults.processes import await_answer, supervised

pytestmark = pytest.mark.timeout(900)
TIMES = 12
AT_ONCE = 4


@dataclass(frozen=True)
class Twins:
    """Two processes that answer requests of one desk."""

    desk: Desk
    asker: Asker
    urls: tuple[str, str]

    def at_once(self, key: str, path: str, *bodies: Mapping[str, Any]) -> list[httpx2.Response]:
        """The same key with these bodies in turn, all at the same moment, to one process and the other."""
        barrier = Barrier(AT_ONCE)

        def ask(number: int) -> httpx2.Response:
            headers = {"Authorization": f"Bearer {self.asker.token}", "Idempotency-Key": key}
            barrier.wait()
            address = self.urls[number % 2] + path
            while (
                answer := httpx2.post(address, headers=headers, json=bodies[number % len(bodies)])
            ).status_code > 499:
                pass
            return answer

        with ThreadPoolExecutor(AT_ONCE) as threads:
            return [*threads.map(ask, range(AT_ONCE))]

    def opening(self, words: str) -> dict[str, Any]:
        who = {"organisation": self.asker.organisation, "requester": self.asker.requester}
        return {**OPENING, **who, "subject": "Nothing prints", "body": words}

    def found(self, name: str) -> list[Entry]:
        return [each for each in entries_of(self.desk) if each.name == name]


@pytest.fixture(params=["embedded", "scaled"])
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Twins]:
    """Nothing but these two: what is done needs nobody else."""
    settings: Settings = request.getfixturevalue(request.param)
    asker = furnish(settings)
    with supervised(settings, tmp_path / "processes") as processes, closing(build_desk(settings)) as desk:
        urls = processes.start("api").url, processes.start("api").url
        for url in urls:
            await_answer(f"{url}/healthz")
        yield Twins(desk, asker, urls)


def test_what_is_asked_twice_at_once_is_done_once(twins: Twins) -> None:
    for number in range(TIMES):
        opened = twins.at_once(f"open-{number}", "/v1/tickets", twins.opening("once"))
        address = alike(opened).headers["Location"]
        alike(twins.at_once(f"note-{number}", f"{address}/notes", {"body": "once"}))
        refuse_one(twins.at_once(f"two-{number}", "/v1/tickets", twins.opening("one"), twins.opening("other")))
        refuse_one(twins.at_once(f"words-{number}", f"{address}/messages", {"body": "one"}, {"body": "other"}))
    assert [len(twins.found(name)) for name in ("ticket.opened", "ticket.noted")] == [2 * TIMES, TIMES]
    assert len(twins.found("request.received")) == 4 * TIMES


def alike(answers: Sequence[httpx2.Response]) -> httpx2.Response:
    """All the same, and good."""
    assert {each.status_code for each in answers} == {201}
    assert len({(each.text, each.headers.get("Location")) for each in answers}) == 1
    return answers[0]


def refuse_one(answers: Sequence[httpx2.Response]) -> None:
    """Of two requests with one key one is done, however often it was sent, and the other one refused."""
    refused = [each for each in answers if each.status_code == 422]
    assert len(refused) == AT_ONCE // 2, [each.status_code for each in answers]
    assert {each.json()["code"] for each in refused} == {"idempotency_key_reused"}
    alike([each for each in answers if each not in refused])
