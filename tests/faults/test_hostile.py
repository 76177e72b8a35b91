"""Ten thousand requests that nobody should send: each is refused, nothing is stored, and readers notice nothing."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Final
from urllib.request import Request, urlopen

import httpx2

from domain.token import TokenScope, read_text
from service.build import build_desk
from service.settings import Settings
from store.people import issue_token
from store.streams import Command
from tests.faults.furnishing import furnish
from tests.faults.load import OPENING, Asker
from tests.faults.mischief import request, routes_of
from tests.faults.processes import Process, await_answer, supervised

REQUESTS: Final = 10_000
WARM: Final = 1_000
"""After so many everything is loaded that ever will be."""
ROOM: Final = 96
"""MiB that a process may grow by afterwards."""
TOKENS: Final = 50
"""One of them would soon be told that it asks too often."""
AT_A_TIME: Final = 48
PATIENCE: Final = 4.0
"""Seconds until somebody who was cut off in the middle gives up waiting for an answer."""
RIGHT: Final = (501, 505)
"""Statuses that say of a request that the server cannot follow it."""


def test_ten_thousand_malformed_requests_do_nothing(embedded: Settings, tmp_path: Path) -> None:
    asker = furnish(embedded)
    tokens = tokens_of(embedded, asker)
    with supervised(embedded, tmp_path / "processes") as processes:
        serve = processes.start("serve")
        processes.await_all()
        with urlopen(f"{serve.url}/openapi.json") as answer:
            routes = routes_of(json.load(answer))
        known, head = [opened(serve, asker), "portal", "standard", "buyan"], head_of(embedded)
        with reading(serve) as read, ThreadPoolExecutor(AT_A_TIME) as pool:
            ask = partial(answered, serve, lambda number: request(number, routes, tokens, known))
            told = [*pool.map(ask, range(WARM))]
            small = memory(serve)
            told += pool.map(ask, range(WARM, REQUESTS))
            large = memory(serve)
        assert [each for each in told if each[1] >= 500 and each[1] not in RIGHT] == []
        assert {200, 400, 401, 404, 405, 413, 422, 431} <= {status for _, status in told}
        assert events_after(embedded, head) == []
        assert large - small < ROOM
        assert (serve.starts, set(read)) == (1, {200})
        assert len(serve.log.read_text().splitlines()) == 1, "nothing is told but the start"


def tokens_of(settings: Settings, asker: Asker) -> list[str]:
    """More tokens of the one who has this one."""
    with closing(build_desk(settings)) as desk:
        known = read_text(asker.token)
        assert known
        bearer = desk.tokens.load(known[0])[0].person
        issue = partial(issue_token, bearer=bearer, scopes=frozenset(TokenScope), expires_at=None, at=desk.now())
        secrets = [(desk.new_id() * 2)[:43] for _ in range(TOKENS)]
        return [issue(desk, Command(desk.new_id()), secret=each, label="load") for each in secrets]


def opened(process: Process, asker: Asker) -> str:
    """The reference of a ticket that is there."""
    who = {"organisation": asker.organisation, "requester": asker.requester}
    body = json.dumps({**OPENING, **who, "subject": "Nothing prints", "body": "Since nine."}).encode()
    headers = {"Authorization": f"Bearer {asker.token}", "Content-Type": "application/json"}
    with urlopen(Request(f"{process.url}/v1/tickets", body, headers)) as answer:
        return str(answer.headers["Location"].rpartition("/")[2])


def head_of(settings: Settings) -> int:
    with closing(build_desk(settings)) as desk:
        return desk.log.head()


def events_after(settings: Settings, head: int) -> list[str]:
    """The names of what was stored after a position."""
    with closing(build_desk(settings)) as desk:
        return [each.envelope.name for each in desk.log.read_all(after=head)]


def answered(process: Process, make: Callable[[int], bytes], number: int) -> tuple[int, int]:
    """The number of the request, and the status of the answer; 0 if there is none."""
    host, _, port = process.environment["GLASNO_LISTEN"].rpartition(":")
    said = b""
    with suppress(OSError), socket.create_connection((host, int(port)), PATIENCE) as connection:
        connection.sendall(make(number))
        said = connection.recv(65_536)
    status = said.partition(b" ")[2][:3]
    return number, int(status) if said.startswith(b"HTTP/1.1 ") and status.isdigit() else 0


@contextmanager
def reading(process: Process) -> Iterator[list[int]]:
    """Somebody who reads the page all the while; the statuses, 0 for none."""
    statuses, stopping = list[int](), Event()
    address = f"{process.url}/en/"
    await_answer(address)

    def read() -> None:
        while not stopping.wait(0.2):
            statuses.append(0)
            with suppress(httpx2.TransportError):
                statuses[-1] = httpx2.get(address, timeout=60).status_code

    reader = Thread(target=read)
    reader.start()
    try:
        yield statuses
    finally:
        stopping.set()
        reader.join()


def memory(process: Process) -> int:
    """What it holds now, in MiB."""
    lines = Path(f"/proc/{process.popen.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))
