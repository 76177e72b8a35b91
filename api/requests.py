"""Around every request: an id that answer and problems carry, one look at the log, its measurement, and HEAD as GET."""

import re
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.event import Id
from monitoring.metrics import REQUEST_DURATION, REQUESTS_IN_PROGRESS
from store.look import begin_look

GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
"""An id that the caller may choose, so that its log and ours tell of the same request."""
METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Requests:
    """Names and measures each request, which looks at the log once; `new_id` gives an id to one that has none."""

    def __init__(self, app: ASGIApp, new_id: Callable[[], Id]) -> None:
        self._app = app
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        name = given if GIVEN.fullmatch(given) else self._new_id()
        scope.setdefault("state", {})["request_id"] = name
        begin_look()
        await self._measured(scope, receive, send, name)

    async def _measured(self, scope: Scope, receive: Receive, send: Send, name: Id) -> None:
        code, since = 500, perf_counter()

        async def named(message: Message) -> None:
            nonlocal code
            if message["type"] == "http.response.start":
                code = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = name
            await send(message)

        try:
            with REQUESTS_IN_PROGRESS.track_inprogress():
                await self._app(scope, receive, named)
        finally:
            labels = _method(scope), _template(scope), str(code)
            REQUEST_DURATION.labels(*labels).observe(perf_counter() - since)


class Heads:
    """Answers HEAD as GET, without the body (RFC 9110, 9.3.2): who watches a desk asks with either."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def bodiless(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app({**scope, "method": "GET"}, receive, bodiless)


def _method(scope: Scope) -> str:
    """Few values, whatever a caller makes up."""
    return scope["method"] if scope["method"] in METHODS else "other"


def _template(scope: Scope) -> str:
    template = ""
    with suppress(AttributeError, KeyError):
        template = scope["route"].path
    return template or "other"
