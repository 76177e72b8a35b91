"""Servers of the tests' own, on loopback: each connection is treated as the test says; what was asked is kept."""

import asyncio
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TypeAlias

from domain.probe_kind import Check
from monitoring.probes import Look
from monitoring.probes.looking import look

Treatment: TypeAlias = Callable[[socket.socket], None]
"""What a server does with a connection, which is ended in order afterwards."""

PATIENCE = 30.0
"""Seconds that a look may take where the test is about something else."""
IMPATIENCE = 0.3
"""Seconds after which a look at a server that hangs shall end."""


def now() -> int:
    """OpenSSL asks the same clock."""
    return time.time_ns() // 1_000_000


def looked(check: Check, seconds: float = PATIENCE) -> Look:
    """One look."""
    return asyncio.run(look(check, seconds=seconds, now=now(), clock=time.monotonic))


def looked_at(
    treatment: Treatment,
    check: Callable[[int], Check],
    *,
    seconds: float = PATIENCE,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
) -> Look:
    """One look at a server, by its port, that treats its connections like this."""
    with serving(treatment, tls=tls, host=host) as port:
        return looked(check(port), seconds)


@contextmanager
def serving(treatment: Treatment, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[int]:
    """The port of a server; it ends when all of its connections have ended."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        accepting = Thread(target=_accept, args=(listener, treatment, tls))
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()


def answering(answer: bytes, asked: list[bytes] | None = None) -> Treatment:
    """These bytes, as soon as a request has come; the request is put into a list."""

    def treat(link: socket.socket) -> None:
        request = _request(link)
        (asked if asked is not None else []).append(request)
        link.sendall(answer)

    return treat


def saying(answer: bytes) -> Treatment:
    """These bytes to whoever connects."""
    return lambda link: link.sendall(answer)


def dripping(beginning: bytes, each: bytes, pause: float = 0.01) -> Treatment:
    """The beginning at once, then for ever the same again."""

    def treat(link: socket.socket) -> None:
        _request(link)
        link.sendall(beginning)
        while True:
            link.sendall(each)
            time.sleep(pause)

    return treat


def hanging(link: socket.socket) -> None:
    """Takes the connection, reads and never answers."""
    while link.recv(1_024):
        pass


def resetting(beginning: bytes = b"") -> Treatment:
    """So much of an answer, then a reset (RST) instead of an end."""

    def treat(link: socket.socket) -> None:
        link.recv(65_536)
        link.sendall(beginning)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        link.close()

    return treat


def http(body: bytes = b"", status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _accept(listener: socket.socket, treatment: Treatment, tls: ssl.SSLContext | None) -> None:
    treated: list[Thread] = []
    with suppress(OSError):  # the end
        while True:
            link, _ = listener.accept()
            treated.append(Thread(target=_treat, args=(link, treatment, tls)))
            treated[-1].start()
    for each in treated:
        each.join()


def _treat(link: socket.socket, treatment: Treatment, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError), link, tls.wrap_socket(link, server_side=True) if tls else link as end:
        treatment(end)
        socket.socket.shutdown(end, socket.SHUT_WR)
        hanging(end)  # until the prober has gone: unread bytes would reset the connection


def _request(link: socket.socket) -> bytes:
    """Its head."""
    request = b""
    while b"\r\n\r\n" not in request:
        part = link.recv(65_536)
        if not part:
            raise ConnectionError("the prober has gone")
        request += part
    return request
