"""Clients that take all the time in the world: a byte now and then, and of the answer as little."""

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Final, TypeAlias

HEAD: Final = b"GET /en/ HTTP/1.1\r\nHost: desk.example\r\nX-Slow: "
BODY: Final = b"POST /v1/tickets HTTP/1.1\r\nHost: desk.example\r\nContent-Length: 60000\r\n\r\n"
CHUNKS: Final = b"POST /v1/tickets HTTP/1.1\r\nHost: desk.example\r\nTransfer-Encoding: chunked\r\n\r\nea60\r\n"
LINE: Final = b"GET /"
PAUSE: Final = 0.5
"""Seconds between two bytes."""

Connect: TypeAlias = Callable[[], socket.socket]


@dataclass
class Slow:
    """Those that are connected, and how many were sent away."""

    connections: list[socket.socket] = field(default_factory=list)
    ended: int = 0

    @property
    def left(self) -> int:
        return len(self.connections)

    def drip(self, stopping: Event) -> None:
        """A byte from each, again and again."""
        while not stopping.wait(PAUSE):
            for each in [*self.connections]:
                if not _goes_on(each):
                    each.close()
                    self.connections.remove(each)
                    self.ended += 1


@contextmanager
def dripping(connect: Connect, count: int, *starts: bytes) -> Iterator[Slow]:
    """So many clients that begin so, each in its turn, and then send a byte now and then."""
    slow, stopping = Slow(), Event()
    for number in range(count):
        with suppress(OSError):
            connection = connect()
            connection.sendall(starts[number % len(starts)])
            connection.setblocking(False)
            slow.connections.append(connection)
    thread = Thread(target=slow.drip, args=(stopping,))
    thread.start()
    try:
        yield slow
    finally:
        stopping.set()
        thread.join()
        close(slow.connections)


@contextmanager
def not_reading(connect: Connect, count: int, asked: bytes) -> Iterator[Sequence[socket.socket]]:
    """So many clients that ask again and again, with hardly any room for the answers, and read none."""
    connections = [connect() for _ in range(count)]
    for each in connections:
        each.settimeout(1)
        with suppress(OSError):
            each.sendall(asked * 50)
    try:
        yield connections
    finally:
        close(connections)


def plainly(host: str, port: int, *, room: int = 0) -> socket.socket:
    """A connection, with so many bytes of room for what it is sent if that is told."""
    connection = socket.socket()
    if room:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    connection.settimeout(30)
    connection.connect((host, port))
    return connection


def by_tls(host: str, port: int, trusting: ssl.SSLContext) -> socket.socket:
    """The same through a proxy."""
    return trusting.wrap_socket(plainly("127.0.0.1", port), server_hostname=host)


def close(connections: Sequence[socket.socket]) -> None:
    for each in connections:
        with closing(each):
            pass


def _goes_on(connection: socket.socket) -> bool:
    """Send a byte; whether the other side still waits for more."""
    try:
        connection.send(b"a")
        connection.recv(65_536)
    except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
        return True
    except OSError:
        pass
    return False  # it was answered, or closed
