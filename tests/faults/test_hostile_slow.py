"""Hundreds of clients that send a byte now and then, or read nothing: others are served, they are not."""

import os
import resource
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import httpx2

from service.settings import Settings
from tests.faults.furnishing import furnish
from tests.faults.processes import ROOT, Process, await_so, supervised
from tests.faults.slow import BODY, CHUNKS, HEAD, LINE, by_tls, close, dripping, not_reading, plainly
from tests.faults.test_hostile import memory, reading
from tests.quality.installed import needed
from tests.servers.ports import free_port
from tests.service.stack import CADDY

SLOW: Final = 400
STUCK: Final = 45
"""Of one address more may not listen."""
ROOM: Final = 64
"""MiB that a process may grow by on their account."""
FEW: Final = 256
"""Files that a process may open on a machine that allows few."""
SPARE: Final = 16
LIVE: Final = b"GET /live HTTP/1.1\r\nHost: desk.example\r\n\r\n"
PAGE: Final = b"GET /en/ HTTP/1.1\r\nHost: desk.example\r\n\r\n"


@contextmanager
def serving(settings: Settings, folder: Path) -> Iterator[Process]:
    furnish(settings)
    with supervised(settings, folder / "processes") as processes:
        serve = processes.start("serve")
        processes.await_all()
        yield serve
        assert serve.starts == 1
        assert len(serve.log.read_text().splitlines()) == 1, "strangers write nothing into the log"


def place(process: Process) -> tuple[str, int]:
    host, _, port = process.environment["GLASNO_LISTEN"].rpartition(":")
    return host, int(port)


def files(process: Process) -> int:
    """How many it has open."""
    return sum(1 for _ in Path(f"/proc/{process.popen.pid}/fd").iterdir())


def test_slow_clients_are_sent_away_and_others_are_served(embedded: Settings, tmp_path: Path) -> None:
    with serving(embedded, tmp_path) as serve, reading(serve) as read:
        few, small = files(serve), memory(serve)
        connect = partial(plainly, *place(serve))
        with dripping(connect, SLOW, HEAD, BODY, CHUNKS, LINE) as slow:
            assert slow.left == SLOW
            await_so(lambda: not slow.left, "all are sent away")
        assert memory(serve) - small < ROOM
        await_so(lambda: files(serve) < few + SPARE)
    assert set(read) == {200}


def test_who_reads_nothing_of_what_it_asked_for_is_cut_off(embedded: Settings, tmp_path: Path) -> None:
    with serving(embedded, tmp_path) as serve, reading(serve) as read, ExitStack() as stuck:
        few, small = files(serve), memory(serve)
        connect = partial(plainly, *place(serve), room=2_048)
        stuck.enter_context(not_reading(connect, STUCK, PAGE))
        await_so(lambda: files(serve) > few + STUCK // 2 and read, "they are there")
        await_so(lambda: files(serve) < few + SPARE, "nobody waits for them for ever")
        assert memory(serve) - small < ROOM
    assert set(read) == {200}


def test_listeners_who_read_nothing_are_bounded(embedded: Settings, tmp_path: Path) -> None:
    with serving(embedded, tmp_path) as serve, reading(serve) as read:
        few = files(serve)
        with not_reading(partial(plainly, *place(serve), room=2_048), 3 * STUCK, LIVE):
            await_so(lambda: files(serve) > few + STUCK // 2 and read, "they are there")
            await_so(lambda: files(serve) <= few + 50 + SPARE, "one address has so many listeners")
            assert httpx2.get(f"{serve.url}/en/").status_code == 200
    assert set(read) == {200}


def test_more_connections_than_there_is_room_for_keep_nobody_out(embedded: Settings, tmp_path: Path) -> None:
    with serving(embedded, tmp_path) as serve:
        resource.prlimit(serve.popen.pid, resource.RLIMIT_NOFILE, (FEW, FEW))
        idle: list[socket.socket] = []
        with reading(serve) as read:
            for _ in range(2 * FEW):
                idle.append(plainly(*place(serve)))
                time.sleep(0.005)
            assert files(serve) < FEW
            seen = len(read)
            await_so(lambda: len(read) > seen + 5)
        close(idle)
        assert set(read) == {200}


def test_behind_the_proxy_it_is_the_same(embedded: Settings, tmp_path: Path) -> None:
    with serving(embedded, tmp_path) as serve, proxied(serve, tmp_path) as (port, trusting):
        outside = httpx2.Client(base_url=f"https://localhost:{port}", verify=trusting, timeout=60)
        few = files(serve)
        with (
            outside,
            dripping(partial(by_tls, "localhost", port, trusting), SLOW // 2, HEAD, BODY, CHUNKS, LINE) as slow,
        ):
            await_so(lambda: outside.get("/en/").is_success and not slow.left, "all are sent away")
        await_so(lambda: files(serve) < few + SPARE)


@contextmanager
def proxied(serve: Process, folder: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Caddy, as it is deployed, with a certificate of its own; its port, and whom to trust."""
    port, inside, root = free_port(), free_port(), folder / "caddy/pki/authorities/local/root.crt"
    options = CADDY.format(http=free_port(), folder=folder / "caddy")
    told = {"GLASNO_CADDY_OPTIONS": options, "GLASNO_INSIDE": str(inside), "GLASNO_HOST": f"localhost:{port}"}
    told |= {"GLASNO_APIS": serve.environment["GLASNO_LISTEN"], "GLASNO_PAGE": str(folder), "HOME": str(folder)}
    command = [needed("caddy"), "run", "--config", str(ROOT / "deploy/Caddyfile"), "--adapter", "caddyfile"]
    with (folder / "caddy.log").open("ab") as log:
        caddy = subprocess.Popen(command, env=os.environ | told, stdout=log, stderr=log)
    try:
        await_so(root.exists)
        trusting = ssl.create_default_context(cafile=root)
        await_so(lambda: _answers(f"http://127.0.0.1:{inside}/healthz"))
        yield port, trusting
    finally:
        caddy.kill()
        caddy.wait()


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address).status_code == 200
    except httpx2.TransportError:
        return False
