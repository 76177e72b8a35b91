"""What is made of answers that no Alertmanager should give, and of none."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.alertmanager import exchange
from monitoring.alertmanager.api import Alertmanager, SilenceState, Unavailable
from tests.servers.ports import free_port
from tests.service.certificates import certified

ALERT: dict[str, Any] = {
    "fingerprint": "00ff00ff00ff00ff",
    "labels": {"alertname": "MailDown"},
    "startsAt": "2026-11-22T15:00:00Z",
    "endsAt": "2026-11-22T15:05:00Z",
    "receivers": [{"name": "glasno"}, {"name": "night shift", "more": 1}],
    "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []},
}
MATCHER: dict[str, Any] = {"name": "component", "value": "mail", "isRegex": False, "isEqual": True}
SILENCE: dict[str, Any] = {
    "id": "s1",
    "comment": "glasno works abc123",
    "createdBy": "Glasno",
    "startsAt": "2026-11-22T15:00:00Z",
    "endsAt": "2026-11-22T16:00:00Z",
    "matchers": [MATCHER],
    "status": {"state": "active"},
}
Handle = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(handle: Handle, certificate: Path | None = None) -> Iterator[str]:
    """The address of a server that does this with each request; by TLS if it has a certificate."""
    members = dict.fromkeys(("do_GET", "do_POST", "do_DELETE"), handle)
    handler = type("Handler", (BaseHTTPRequestHandler,), {**members, "log_message": lambda *_: None})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"{'https://localhost' if certificate else 'http://127.0.0.1'}:{server.server_port}/base/"
        server.shutdown()


def saying(body: bytes, status: int = 200, **headers: str) -> Handle:
    def handle(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return handle


@contextmanager
def answering(body: object, status: int = 200) -> Iterator[Alertmanager]:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    with serving(saying(text, status)) as address, Alertmanager(address) as manager:
        yield manager


def test_what_cannot_be_used_is_left_out_of_a_list() -> None:
    bad = [None, 1, {}, ALERT | {"fingerprint": 1}, ALERT | {"labels": {}}, ALERT | {"status": {}}]
    with answering([*bad, ALERT]) as manager:
        (found,) = manager.standing()
    assert (found.alert.fingerprint, found.alert.ended_at) == (ALERT["fingerprint"], None)
    assert (found.receivers, found.suppressed) == (frozenset({"glasno", "night shift"}), False)


@pytest.mark.parametrize(
    "change",
    [
        {"createdBy": "anna"},
        {"matchers": []},
        {"matchers": [MATCHER, MATCHER]},
        {"matchers": [MATCHER | {"isRegex": True}]},
        {"matchers": [MATCHER | {"isEqual": False}]},
        {"matchers": [MATCHER | {"name": "job"}]},
        {"startsAt": "then"},
        {"endsAt": "0001-01-01T00:00:00Z"},
        {"status": {"state": "asleep"}},
        {"id": 1},
    ],
)
def test_a_silence_that_is_not_one_of_ours_is_left_out(change: dict[str, Any]) -> None:
    with answering([SILENCE | change, SILENCE]) as manager:
        (found,) = manager.silences()
    assert (found.id, found.component, found.state) == ("s1", "mail", SilenceState.ACTIVE)


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"null", b"[1", b"\xff", b"[" * 100_000])
def test_what_is_no_list_is_no_answer(body: bytes) -> None:
    with answering(body) as manager, pytest.raises(Unavailable, match="not what Alertmanager answers"):
        manager.standing()


def test_any_answer_is_a_list_or_none() -> None:
    bodies = [b""]

    def handle(request: BaseHTTPRequestHandler) -> None:
        saying(bodies[0])(request)

    with serving(handle) as address, Alertmanager(address) as manager:

        @given(st.binary())
        def answered(body: bytes) -> None:
            bodies[0] = body
            with suppress(Unavailable):
                assert manager.silences() == []

        answered()


def test_an_answer_without_an_id_is_none() -> None:
    with answering({"silence": "s1"}) as manager, pytest.raises(Unavailable):
        manager.silence(component="mail", starts_at=0, ends_at=1, comment="x")


def test_a_refusal_is_told() -> None:
    with answering(b'"end time is past"', 400) as manager, pytest.raises(Unavailable, match=r"400 .*end time is past"):
        manager.silence(component="mail", starts_at=0, ends_at=1, comment="x")


def test_nothing_is_asked_elsewhere() -> None:
    with (
        serving(saying(b"", 302, Location="http://127.0.0.1:1/")) as address,
        Alertmanager(address) as manager,
        pytest.raises(Unavailable, match="302"),
    ):
        manager.standing()


def test_who_asks_is_known_by_the_token() -> None:
    asked: list[str] = []

    def handle(request: BaseHTTPRequestHandler) -> None:
        asked.extend([request.path, request.headers["Authorization"]])
        saying(b"[]")(request)

    with serving(handle) as address, Alertmanager(address, token="s3cret") as manager:  # noqa: S106 -- a test's own
        assert manager.standing() == []
    assert asked[0].startswith("/base/api/v2/alerts?")
    assert asked[1] == "Bearer s3cret"


def test_a_fault_of_the_server_ends_no_silence() -> None:
    with answering(b"out of memory", 500) as manager, pytest.raises(Unavailable, match="out of memory"):
        manager.expire("s1")


@pytest.mark.parametrize("state", SilenceState)
def test_a_silence_that_is_over_need_not_be_ended(state: SilenceState) -> None:
    def handle(request: BaseHTTPRequestHandler) -> None:
        is_asked = request.command == "GET"
        saying(json.dumps(SILENCE | {"status": {"state": state}}).encode(), 200 if is_asked else 500)(request)

    with serving(handle) as address, Alertmanager(address) as manager:
        if state is SilenceState.EXPIRED:
            manager.expire("s1/../s2")
        else:
            with pytest.raises(Unavailable):
                manager.expire("s1")


def test_an_answer_is_read_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "LARGEST", 2**20)
    with answering(b" " * (2**20 - 2) + b"[]") as manager:
        assert manager.standing() == []
    with answering(b" " * (2**20 - 1) + b"[]") as manager, pytest.raises(Unavailable, match="larger than 1 MiB"):
        manager.standing()


DRIPS = [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]


@pytest.mark.parametrize("before", DRIPS)
@pytest.mark.parametrize("by_tls", [False, True])
def test_who_drips_is_not_waited_for(
    before: bytes, *, by_tls: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, is_over = certified(tmp_path), Event()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    def handle(request: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            request.wfile.write(before)
            while not is_over.wait(0.05):
                request.wfile.write(b"x" if before else b"")

    with (
        serving(handle, certificate if by_tls else None) as address,
        Alertmanager(address, seconds=0.5) as manager,
    ):
        with pytest.raises(Unavailable, match=r"no answer within 0\.5 s"):
            manager.standing()
        is_over.set()


def test_a_certificate_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certified(tmp_path)
    with serving(saying(b"[]"), certificate) as address:
        with Alertmanager(address) as manager, pytest.raises(Unavailable, match="certificate"):
            manager.standing()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with Alertmanager(address) as manager:
            assert manager.standing() == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "alertmanager:9093",
        "ftp://127.0.0.1",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999",
        f"http://{'x' * 64}.invalid",
    ],
)
def test_what_is_no_address_has_no_answer(address: str) -> None:
    with Alertmanager(address, seconds=5) as manager, pytest.raises(Unavailable):
        manager.standing()


def test_where_nobody_listens_is_no_answer() -> None:
    with Alertmanager(f"http://127.0.0.1:{free_port()}") as manager, pytest.raises(Unavailable, match="refused"):
        manager.standing()
