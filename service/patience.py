"""Whoever takes too long makes room for others: how many connections a process has, and how long each may wait.

A connection waits while it is the client's turn: before its first request, in the middle of one, and between two. Who
sends a byte now and then gets no further by it. A connection whose request is being answered is never cut off here;
that its client takes the answer the kernel sees to.
"""

import heapq
import resource
import socket
from collections.abc import Collection
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import Any, Final

import uvicorn

PATIENCE: Final = 20.0
"""Seconds for the head of a request, and again for its body."""
SENDING: Final = 120.0
"""Seconds after an answer was given to the kernel, within which it has to be gone."""
UNTAKEN: Final = 30
"""Seconds within which a client has to take something of what was sent, or to say that it is still there."""
MOST: Final = 2_048
"""Connections of a process; for another one an eighth of those that wait are closed, the longest waiting first."""
FILES: Final = 2 * MOST
"""Files that a process should be able to open: databases and their journals need some, too."""
TICKS: Final = 10
"""The server's, in a second."""


@dataclass
class Visit:
    """Since when a connection waits, as far as was seen, and for what comes after which request of it."""

    since: float | None = field(default_factory=monotonic)
    cycle: object = None


class Server(uvicorn.Server):
    """Looks after its connections once in a second."""

    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS == 0:
            look_after(self.server_state.connections, monotonic())
        return await super().on_tick(counter)


def look_after(connections: Collection[Any], now: float) -> None:
    """Close those whose clients took too long."""
    for each in [*connections]:
        waited = _waited(each, now)
        if waited > SENDING:
            each.cut()
        elif waited > PATIENCE and not each.transport.get_write_buffer_size():
            each.refuse(HTTPStatus.REQUEST_TIMEOUT)


def make_room(connections: set[Any]) -> None:
    """Whoever connected last is among those who wait: if there is nobody else, it goes itself."""
    if len(connections) <= most():
        return
    waiting = [each for each in connections if each.is_waiting]
    for each in heapq.nsmallest(1 + len(waiting) // 8, waiting, key=_since):
        connections.discard(each)
        each.cut()


def most() -> int:
    """Half of the files that this process may have open, if those are few."""
    return min(MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def allow_files() -> None:
    """As many as are needed, unless the machine allows fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))


def expect_taking(door: socket.socket) -> None:
    """Connections through this door end if nothing of what was sent is taken for a while (RFC 5482, Linux ≥ 5.0)."""
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNTAKEN * 1000)


def _waited(connection: Any, now: float) -> float:
    """Seconds, since the first look at which it waited for what it waits for now."""
    visit = connection.visit
    if not connection.is_waiting or visit.cycle is not connection.cycle or visit.since is None:
        visit.cycle, visit.since = connection.cycle, now if connection.is_waiting else None
    return now - (now if visit.since is None else visit.since)


def _since(connection: Any) -> float:
    """Those that were being answered at the last look have not waited for long."""
    return monotonic() if connection.visit.since is None else connection.visit.since
