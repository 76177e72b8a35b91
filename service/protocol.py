"""HTTP/1.1 as uvicorn speaks it, and one thing more: what lies ready goes out in one piece.

For each answer uvicorn looks through every header and writes head and body apart, which is most of the work of sending
bytes that lie ready. An application that finds `WHOLE` among the extensions of its scope (ASGI 3, "Extensions") may
hand over the status, the header lines and the body instead of sending two messages.
"""

from http import HTTPStatus
from typing import Any, Final

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from status_page.ready import WHOLE

STATUS_LINES: Final = {each.value: f"HTTP/1.1 {each.value} {each.phrase}\r\n".encode() for each in HTTPStatus}


class WholeProtocol(HttpToolsProtocol):
    """Offers the extension with every request."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        cycle.scope["extensions"] = EXTENSIONS
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
