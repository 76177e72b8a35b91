"""A web address answers as it should."""

import tracemalloc
import zlib
from collections.abc import Callable

import pytest

from domain.component import ComponentStatus
from domain.probe_kind import HttpCheck
from monitoring.probes import Look, Why
from tests.monitoring.probes.serving import (
    IMPATIENCE,
    Treatment,
    answering,
    dripping,
    hanging,
    http,
    looked,
    looked_at,
    resetting,
)
from tests.servers.ports import free_port

GOOD = ComponentStatus.OPERATIONAL
FAILED = ComponentStatus.MAJOR_OUTAGE


def web(treatment: Treatment, seconds: float = 30, path: str = "/", **asked: object) -> Look:
    check: Callable[..., HttpCheck] = HttpCheck
    return looked_at(treatment, lambda port: check(f"http://127.0.0.1:{port}{path}", **asked), seconds=seconds)


def said(seen: Look) -> tuple[ComponentStatus | None, Why, str]:
    return seen.status, seen.why, seen.detail


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "299 Fine"])
def test_any_2xx_is_good(status: str) -> None:
    assert said(web(answering(http(b"", status)))) == (GOOD, Why.NOTHING, "")


@pytest.mark.parametrize("status", ["301 Moved Permanently", "404 Not Found", "503 Unavailable"])
def test_any_other_status_is_not_unless_it_is_listed(status: str) -> None:
    code = int(status[:3])
    answer = answering(http(b"", status, "Location: /elsewhere"))
    assert said(web(answer)) == (FAILED, Why.STATUS, status[:3])
    assert said(web(answer, status=(401, code))) == (GOOD, Why.NOTHING, "")


def test_a_2xx_that_is_not_listed_is_not_good() -> None:
    assert said(web(answering(http()), status=(401,))) == (FAILED, Why.STATUS, "200")


def test_the_body_is_searched() -> None:
    assert web(answering(http(b'{"db": "ok"}')), body=r'"db":\s*"ok"').status is GOOD
    assert said(web(answering(http(b'{"db": "down"}')), body=r'"db":\s*"ok"')) == (FAILED, Why.BODY, "")


def test_only_the_first_64_kib_of_the_body_are_searched() -> None:
    assert web(answering(http(b"." * 65_532 + b"here")), body="here$").status is GOOD
    assert web(answering(http(b"." * 65_533 + b"here")), body="here").why is Why.BODY


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "windows-1251", "koi8-r", "no-such-charset"])
def test_the_body_is_read_in_its_charset(charset: str) -> None:
    body = "работает".encode(charset if charset != "no-such-charset" else "utf-8")
    answer = http(body, "200 OK", f'Content-Type: text/html; charset="{charset}"')
    assert web(answering(answer), body="^работает$").status is GOOD


def test_get_and_head_are_asked_for_once_under_our_own_name() -> None:
    asked: list[bytes] = []
    web(answering(http(), asked), path="/health?deep=1")
    assert web(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", asked), method="HEAD").status is GOOD
    assert [each.split(b"\r\n")[0] for each in asked] == [b"GET /health?deep=1 HTTP/1.1", b"HEAD / HTTP/1.1"]
    assert b"User-Agent: Glasno\r\n" in asked[0]


def test_a_packed_body_is_unpacked_though_it_was_not_asked_for() -> None:
    for coding, bits in (("gzip", 31), ("deflate", 15)):
        packer = zlib.compressobj(wbits=bits)
        packed = packer.compress(b"all is well") + packer.flush()
        answer = answering(http(packed, "200 OK", f"Content-Encoding: {coding}"))
        assert web(answer, body="^all is well$").status is GOOD


def test_a_body_that_cannot_be_unpacked_is_a_broken_answer_if_it_has_to_be_read() -> None:
    for coding in ("gzip", "br"):
        answer = answering(http(b"not packed", "200 OK", f"Content-Encoding: {coding}"))
        assert said(web(answer, body="x")) == (FAILED, Why.ANSWER_BROKEN, "")
        assert web(answer).status is GOOD


def test_a_bomb_does_not_go_off() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(60))
    assert len(bomb) < 65_536
    tracemalloc.start()
    seen = web(answering(http(bomb, "200 OK", "Content-Encoding: gzip")), body="x")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (seen.why, peak < 10_000_000) == (Why.BODY, True)


def test_a_body_without_end_is_cut() -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    endless = dripping(chunked, b"1000\r\n" + b"." * 4_096 + b"\r\n", pause=0)
    assert web(endless, body=r"\A\.{65536}\Z").status is GOOD


def test_a_body_that_drips_ends_in_time() -> None:
    slow = dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b".")
    assert said(web(slow, IMPATIENCE)) == (FAILED, Why.TIMED_OUT, "")


def test_so_do_a_head_that_drips_and_a_server_that_hangs() -> None:
    assert web(dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), IMPATIENCE).why is Why.TIMED_OUT
    assert web(dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), IMPATIENCE).why is Why.TIMED_OUT
    assert said(web(hanging, IMPATIENCE)) == (FAILED, Why.TIMED_OUT, "")


def test_a_closed_port_refuses() -> None:
    assert said(looked(HttpCheck(f"http://127.0.0.1:{free_port()}/"))) == (FAILED, Why.REFUSED, "")
    assert said(looked(HttpCheck(f"http://localhost:{free_port()}/"))) == (FAILED, Why.REFUSED, "")


def test_a_name_that_does_not_exist_is_unknown() -> None:
    assert said(looked(HttpCheck("http://nobody.invalid/"))) == (FAILED, Why.NAME_UNKNOWN, "")


@pytest.mark.parametrize("url", ["ftp://example.net/", "http://[/", "", "http://user@example.net/"])
def test_an_address_that_is_none_tells_nothing(url: str) -> None:
    assert said(looked(HttpCheck(url))) == (None, Why.ADDRESS_INVALID, "")


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome of it"])
def test_a_reset_loses_the_connection(beginning: bytes) -> None:
    assert said(web(resetting(beginning))) == (FAILED, Why.LOST, "")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nsome of it",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000,
    ],
)
def test_what_is_no_whole_answer_is_broken(answer: bytes) -> None:
    assert said(web(answering(answer))) == (FAILED, Why.ANSWER_BROKEN, "")


def test_it_goes_to_loopback_of_either_kind() -> None:
    def check(port: int) -> HttpCheck:
        return HttpCheck(f"http://[::1]:{port}/")

    assert looked_at(answering(http()), check, host="::1").status is GOOD
