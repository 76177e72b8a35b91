"""Against real sockets: what a stranger's address must not be able to do."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest

from service import posting
from service.posting import Unreachable, is_public, post
from tests.service.certificates import certified
from tests.service.running import Receiver


def why(url: str, *, allow_private: bool = True) -> str:
    with pytest.raises(Unreachable) as refused:
        post(url, b"", {}, allow_private=allow_private)
    return str(refused.value)


def test_the_body_and_the_headers_arrive(receiver: Receiver) -> None:
    assert post(receiver.url, b"{}", {"x-test": "1"}, allow_private=True).status == 204
    [(headers, body)] = receiver.got
    assert (headers["host"], headers["x-test"], body) == (receiver.url.split("/")[2], "1", b"{}")


def test_no_redirect_is_followed(receiver: Receiver) -> None:
    receiver.answers = [307]
    assert post(receiver.url, b"", {}, allow_private=True).status == 307
    assert len(receiver.got) == 1


def test_a_private_address_is_refused_before_anything_is_sent(receiver: Receiver) -> None:
    assert why(receiver.url, allow_private=False) == "address_private"
    assert why(receiver.url.replace("127.0.0.1", "localhost"), allow_private=False) == "address_private"
    assert receiver.got == []


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.0.0.1", "192.168.1.1",
        "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1",
        "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "2001::1", "2001:db8::1", "2002:7f00:1::", "fc00::1",
        "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1",
    ],
)  # fmt: skip
def test_an_address_that_is_nobodys_on_the_internet_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "::ffff:1.1.1.1", "2606:4700:4700::1111"])
def test_an_address_of_somebody_on_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names resolve to one answer after the other."""
    left, asked = list(answers), [""] * 0

    def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", (address, 0)) for address in left.pop(0)]

    monkeypatch.setattr(posting, "getaddrinfo", getaddrinfo)
    return asked


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, ["1.1.1.1", "10.0.0.1"])
    assert why("http://rebinding.example/", allow_private=False) == "address_private"


def test_a_name_is_resolved_once_and_the_judged_address_is_called(
    monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    asked = resolving(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
    assert post(receiver.url.replace("127.0.0.1", "rebinding.example"), b"", {}, allow_private=True).status == 204
    assert asked == ["rebinding.example"]
    assert receiver.got[0][0]["host"].startswith("rebinding.example:")


def test_why_there_is_no_answer_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        closed = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
    assert why(closed) == "no_answer"
    assert why("http://nobody.invalid/") == "host_unknown"
    assert why("http://" + 70 * "a" + ".example/") == "host_unknown"
    assert why("nowhere") == "address_invalid"


@contextmanager
def talking(talk: Callable[[socket.socket], object], host: str = "http://127.0.0.1") -> Iterator[str]:
    """A server that talks to whoever calls first."""

    def answer(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with suppress(OSError), connection:
            talk(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=answer, args=[listener])
        thread.start()
        yield f"{host}:{listener.getsockname()[1]}/"
        thread.join()


def read_all(connection: socket.socket) -> None:
    while connection.recv(1_000):
        pass


def test_whoever_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.1)
    with talking(read_all) as url:
        assert why(url) == "timed_out"


def test_whoever_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/")
        for _ in range(500):
            sleep(0.02)
            connection.sendall(b"1")

    monkeypatch.setattr(posting, "SECONDS", 0.3)
    began = monotonic()
    with talking(drip) as url:
        assert why(url) == "no_answer"
    assert monotonic() - began < 5


def test_an_endless_answer_is_not_read() -> None:
    with talking(lambda connection: connection.sendall(b"HTTP/1.1 200 " + 100_000 * b"a")) as url:
        assert why(url) == "no_answer"


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with serving_tls(certified(tmp_path)) as url:
        assert why(url) == "tls_failed"


def test_a_certificate_that_is_trusted_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving_tls(certificate) as url:
        assert post(url, b"{}", {}, allow_private=True).status == 204


@contextmanager
def serving_tls(certificate: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            while not secure.recv(10_000).endswith(b"{}"):
                pass
            secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with talking(answer, "https://localhost") as url:
        yield url
