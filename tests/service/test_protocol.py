"""What lies ready goes out in one piece, and is what goes out in two."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from service.patience import Server
from service.protocol import EXTENSIONS, HEAD, PIPELINED, REQUEST, write_whole
from service.serve import config_of
from status_page.ready import HTML, WHOLE, packed, send_ready
from store.look import SEEN, begin_look

READY = packed(b"<p>All is well</p>" * 500, HTML, "en")
APART = "/apart"
SLOW = "/slow"
OFFERED: list[object] = []
"""What the server offered with each request."""
SEEN_BEFORE: list[object] = []
"""What each request knew of the log before it looked."""


async def application(scope: Scope, _: Receive, send: Send) -> None:
    """The same document; at one address as if the server could do no more than any other."""
    OFFERED.append(scope["extensions"])
    SEEN_BEFORE.append(SEEN.get())
    begin_look()
    if scope["path"] == SLOW:
        await asyncio.sleep(0.5)
    if scope["path"] == APART:
        scope = {**scope, "extensions": {}}
    await send_ready(send, READY, scope, b"Accept-Encoding")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = Server(config_of(application, []))
        serving = Thread(target=server.run, kwargs={"sockets": [door]})
        serving.start()
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        serving.join()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept-Encoding": "gzip"},
        {"Accept-Encoding": "gzip, " * 60 + "br"},
        {"Connection": "close"},
        {"If-None-Match": READY["br"].etag.decode(), "Accept-Encoding": "br"},
        {"If-None-Match": "*", "Connection": "close"},
    ],
)
def test_in_one_piece_it_is_what_it_is_in_two(address: str, method: str, headers: dict[str, str]) -> None:
    whole, apart = (httpx2.request(method, address + path, headers=headers) for path in ("/", APART))
    assert (whole.status_code, whole.content) == (apart.status_code, apart.content)
    assert told(whole) == told(apart)


def told(answer: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name != "date"}


def test_one_connection_serves_many_requests(address: str) -> None:
    with httpx2.Client() as client:
        bodies = {client.get(address + path).content for path in ("/", APART, "/", "/")}
    assert bodies == {READY[""].body}


def test_requests_in_a_pipeline_are_answered_in_order(address: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    asked = [f"{line} / HTTP/1.1\r\nHost: x\r\n" for line in ("HEAD", "GET")]
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{asked[0]}\r\n{asked[1]}Connection: close\r\n\r\n".encode())
        answers = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answers.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert answers.endswith(READY[""].body)


def test_requests_in_a_pipeline_do_not_share_a_look_at_the_log(address: str) -> None:
    before, asked = len(SEEN_BEFORE), "GET / HTTP/1.1\r\nHost: x\r\n"
    answers(address, f"{asked}\r\n{asked}Connection: close\r\n\r\n".encode())
    assert SEEN_BEFORE[before:] == [None, None]


@pytest.mark.parametrize(("is_gone", "is_slow"), [(True, False), (False, True)])
def test_for_a_reader_that_is_gone_or_slow_nothing_is_written_at_once(is_gone: bool, is_slow: bool) -> None:
    cycle = SimpleNamespace(disconnected=is_gone, flow=SimpleNamespace(write_paused=is_slow))
    send: Any = SimpleNamespace(__self__=cycle)
    assert not write_whole(send, 200, b"", b"")


def test_the_scope_leads_to_no_answer(address: str) -> None:
    httpx2.get(address)
    assert OFFERED[-1] is EXTENSIONS
    assert OFFERED[-1] == {WHOLE: write_whole}


def answers(address: str, *sent: bytes) -> bytes:
    """All that comes back until the connection is closed."""
    host, port = address.removeprefix("http://").split(":")
    said = b""
    with suppress(ConnectionError), socket.create_connection((host, int(port)), 30) as connection:
        for each in sent:
            connection.sendall(each)
        while piece := connection.recv(65_536):
            said += piece
    return said


@pytest.mark.parametrize(
    ("piece", "times", "status"),
    [
        (b"a" * 1_000, HEAD // 1_000 + 300, b"HTTP/1.1 431 "),
        (b"\r\nA: " + b"b" * 995, HEAD // 1_000 + 300, b"HTTP/1.1 431 "),
    ],
)
def test_a_head_has_a_size(address: str, piece: bytes, times: int, status: bytes) -> None:
    assert answers(address, b"GET /", piece * times)[:13] in (status, b"")


@pytest.mark.parametrize(
    "headers", [b"A: " + b"b" * HEAD, b"\r\n".join(b"A%d: b" % number for number in range(HEAD // 3))]
)
def test_a_head_that_comes_in_one_piece_has_the_same_size(address: str, headers: bytes) -> None:
    before = len(OFFERED)
    assert answers(address, b"GET / HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n").startswith(b"HTTP/1.1 431 ")
    assert len(OFFERED) == before


def test_what_is_wrapped_around_a_body_has_a_size(address: str) -> None:
    begun = b"POST /slow HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    said = answers(address, begun, *[b"1\r\na\r\n" * 100_000] * (REQUEST // 100_000))
    assert said.count(b"HTTP/1.1 ") <= 2


def test_requests_that_wait_for_the_one_before_are_bounded(address: str) -> None:
    asked = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
    before = len(OFFERED)
    assert answers(address, asked * (PIPELINED + 2)) == b""
    assert len(OFFERED) - before <= 2


def test_nonsense_behind_a_request_is_no_answer_to_it(address: str) -> None:
    assert answers(address, b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", b"nonsense\r\n\r\n") == b""
    assert answers(address, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")
