"""One exchange with a server of the administrator's own: it ends in time, however slowly the other side drips."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any, Final, NamedTuple

import httpx2

LARGEST: Final = 16 * 2**20
"""Bytes of an answer."""


class Unavailable(Exception):
    """There is no answer that could be used, and why, in words."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


def ask(client: httpx2.Client, method: str, address: str, body: bytes | None, *, seconds: float) -> Answer:
    """The whole answer; `Unavailable` if there is none, or one of more than `LARGEST` bytes."""
    with _cut_off(seconds) as cut:
        try:
            with client.stream(method, address, content=body, extensions={"trace": cut.note}) as answer:
                found = Answer(answer.status_code, _body(answer))
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as fault:
            is_late = cut.is_late or isinstance(fault, httpx2.TimeoutException)
            raise Unavailable(_late(seconds) if is_late else f"no answer: {fault}") from fault
    if cut.is_late:
        raise Unavailable(_late(seconds))
    return found


class _Cut:
    """Knows the connection, and ends it."""

    def __init__(self) -> None:
        self.is_late = False
        self._link: socket.socket | None = None

    def note(self, event: str, facts: dict[str, Any]) -> None:
        """What the client does at the moment."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._link = facts["return_value"].get_extra_info("socket")
        if self.is_late:
            self._shut()

    def end(self) -> None:
        self.is_late = True
        self._shut()

    def _shut(self) -> None:
        if self._link is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._link, socket.SHUT_RDWR)  # not that of a TLS socket, which is being read


@contextmanager
def _cut_off(seconds: float) -> Iterator[_Cut]:
    cut = _Cut()
    timer = Timer(seconds, cut.end)
    timer.daemon = True
    timer.start()
    try:
        yield cut
    finally:
        timer.cancel()


def _body(answer: httpx2.Response) -> bytes:
    """As it was sent: nothing compressed was asked for, so nothing is unpacked."""
    body = bytearray()
    for part in answer.iter_raw():
        body += part
        if len(body) > LARGEST:
            raise Unavailable(f"its answer is larger than {LARGEST // 2**20} MiB")
    return bytes(body)


def _late(seconds: float) -> str:
    return f"no answer within {seconds:g} s"
