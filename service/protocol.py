"""HTTP/1.1 as uvicorn speaks it, and two things more: what lies ready goes out in one piece, and no request is endless.

For each answer uvicorn looks through every header and writes head and body apart, which is most of the work of sending
bytes that lie ready. An application that finds `WHOLE` among the extensions of its scope (ASGI 3, "Extensions") may
hand over the status, the header lines and the body instead of sending two messages.

What uvicorn reads of a request it keeps, however much that is: here a head and a request have a size. How long they
may take is told by `service.patience`.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from service.patience import Visit, make_room
from status_page.ready import WHOLE

STATUS_LINES: Final = {each.value: f"HTTP/1.1 {each.value} {each.phrase}\r\n".encode() for each in HTTPStatus}
HEAD: Final = 32 * 1024
"""Bytes of a request before its body: more are refused, in however many pieces they come."""
REQUEST: Final = 2 * 1024 * 1024
"""Bytes of a request, with whatever it wraps its body in; how large a body may be, the application decides."""
PIPELINED: Final = 100
"""Requests of one connection that may wait for the answer to the one before them."""


class Refused(Exception):
    """A request is not taken, and nothing behind it is read."""


class WholeProtocol(HttpToolsProtocol):
    """Offers the extension with every request; refuses what is too large."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.visit = Visit()
        self._taken = 0
        """Bytes since the last request was understood."""
        self._answering: RequestResponseCycle | None = None
        """The request that the application has; those behind it wait."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        make_room(self.connections)

    def data_received(self, data: bytes) -> None:
        self._taken += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._taken > HEAD and (self._taken > REQUEST or not self._has_head):
            self.refuse(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE if self._has_head else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            )

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= PIPELINED:
            raise Refused
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            raise Refused
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        self._taken = 0
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """What cannot be understood behind a request that is being answered is no answer to that one."""
        if not self._may_be_told:
            self.cut()
        elif not self.transport.is_closing():
            super().send_400_response(msg)

    def refuse(self, status: HTTPStatus) -> None:
        """Before any application hears of it, or instead of its answer; nothing more is read."""
        if self._may_be_told and not self.transport.is_closing():
            self.transport.write(STATUS_LINES[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()
        else:
            self.cut()

    def cut(self) -> None:
        """End the connection; what was to be answered on it is not written any more."""
        self._leave()
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    @property
    def newest(self) -> RequestResponseCycle | None:
        """The request whose head came last, and its answer."""
        return self.cycle

    @property
    def is_waiting(self) -> bool:
        """Whether it is the client's turn: to send a request, the rest of one, or to take the answer."""
        newest = self.newest
        return newest is None or newest.response_complete or newest.more_body

    @property
    def _may_be_told(self) -> bool:
        """Whether there is no request that would take a word of ours for its answer, or has a part of that already."""
        asked = self._answering
        if asked is None or asked.response_complete:
            return True
        return asked is self.newest and asked.more_body and not asked.response_started

    @property
    def _has_head(self) -> bool:
        newest = self.newest
        return newest is not None and newest.scope is self.scope

    def _leave(self) -> None:
        """The server tells only the newest request that its client is gone; those before it would go on writing."""
        if self._answering and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        cycle.scope["extensions"] = EXTENSIONS
        self._taken, self._answering = 0, cycle
        super()._start_asgi_task(cycle, app)


def write_whole(send: Any, status: int, lines: bytes, body: bytes) -> bool:
    """Whether it was written; if not, as to a reader that is slow or gone, the usual way decides what comes of it.

    The answer is found by the `send` that the server gave: a reference from the scope to it would be a ring, which
    only the garbage collector undoes.
    """
    cycle: RequestResponseCycle = send.__self__
    if cycle.disconnected or cycle.flow.write_paused:
        return False
    added = [b"%b: %b\r\n" % header for header in cycle.default_headers]
    closing = b"" if cycle.keep_alive else b"connection: close\r\n"
    cycle.transport.write(b"".join((STATUS_LINES[status], *added, lines, closing, b"\r\n", body)))
    _end(cycle)
    return True


def _end(cycle: RequestResponseCycle) -> None:
    """As after the last message of an answer."""
    cycle.response_started = cycle.response_complete = True
    cycle.message_event.set()
    if not cycle.keep_alive:
        cycle.transport.close()
    cycle.on_response()


EXTENSIONS: Final[dict[str, Any]] = {WHOLE: write_whole}
