"""The page as ready bytes: rendered when something changes, sent from memory with nothing in between."""

import gzip
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from threading import Event
from time import monotonic
from typing import Final, TypeAlias

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.instant import MINUTE, Duration, Instant
from projections import sla, status, ticket, trail
from projections.engine import Projector
from status_page.page import Configured, configured_by, read_page
from status_page.render import CSS_HASH, html
from status_page.words import LANGUAGES, Language
from store.desk import Desk

VIEWS: Final = (status.NAME, sla.NAME, ticket.NAME, trail.NAME)
LOOK: Final = 0.1
"""Seconds between two looks for something new."""
PAUSE: Final = 5.0
"""Seconds before it is tried again, after the page could not be rendered."""
TOLERATED: Final[Duration] = MINUTE
"""How far the views may be behind the log before the page says that it does not know."""

PATHS: Final[Mapping[str, Language | None]] = {"/": None, "/en/": "en", "/ru/": "ru"}
MOVED: Final = {"/en": "/en/", "/ru": "/ru/"}
HTML: Final = "text/html; charset=utf-8"
GZIP_REFUSED: Final = frozenset({"q=0", "q=0.0", "q=0.00", "q=0.000"})
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{CSS_HASH}'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SECURE: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PREPARING: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<title>Glasno</title>
<p>The page is being prepared.</p>
<p lang="ru">Страница готовится.</p>
</html>
""".encode()
"""Asks again by itself."""
LOGGER: Final = logging.getLogger("glasno.status_page")

Raw: TypeAlias = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Ready:
    """One representation of the page."""

    etag: str
    headers: Raw
    body: bytes


@dataclass(frozen=True)
class Rendered:
    """What is in memory: by language and whether it is compressed, and until when that holds."""

    position: int
    is_behind: bool
    until: Instant
    ready: Mapping[tuple[Language, bool], Ready]


class Pages:
    """The public page of a desk; `preferred` chooses a language by `Accept-Language`, `address` is the public URL."""

    def __init__(self, desk: Desk, views: Projector, preferred: Callable[[str], Language], address: str) -> None:
        self._desk = desk
        self._views = views
        self._preferred = preferred
        self._address = address.rstrip("/")
        self._rendered = Rendered(0, is_behind=False, until=0, ready={})

    def over(self, app: ASGIApp) -> ASGIApp:
        """The application that sends the page itself and leaves everything else to another one."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and (scope["path"] in PATHS or scope["path"] in MOVED):
                await self._answer(scope, send)
            else:
                await app(scope, receive, send)

        return answer

    def keep(self, stopping: Event) -> None:
        """Keep what is in memory up to date until told to stop; at the most half of the time goes into rendering."""
        while not stopping.is_set():
            since, pause = monotonic(), LOOK
            try:
                self.refresh()
            except Exception:
                LOGGER.exception("the public page could not be rendered: the one before it is still sent")
                pause = PAUSE
            stopping.wait(max(pause, monotonic() - since))

    def refresh(self) -> None:
        """Render the page if something changed since the last time; before the views are built there is none."""
        at, known = self._desk.now(), self._rendered
        states = [state for state in self._views.states() if state.name in VIEWS]
        slowest = min(states, key=lambda state: state.position)
        lag, position = self._views.lag(slowest, at).milliseconds, slowest.position
        is_behind = lag > TOLERATED or any(state.error for state in states)
        if position and ((position, is_behind) != (known.position, known.is_behind) or at >= known.until):
            self._render(position, at, is_behind=is_behind)

    def _render(self, position: int, at: Instant, *, is_behind: bool) -> None:
        zone = self._desk.founding.load(self._desk.stream)[0].zone
        with self._views.engine.connect() as connection:
            page = read_page(
                connection, self._configured(position), zone, position=position, at=at, is_behind=is_behind
            )
        ready = {
            (language, packed): _ready(html(page, language, self._address), language, packed=packed)
            for language in LANGUAGES
            for packed in (False, True)
        }
        self._rendered = Rendered(position, is_behind, page.until, ready)

    def _configured(self, position: int) -> Configured:
        past = self._desk.log.read(self._desk.name("configuration"))
        return reduce(configured_by, (each.event for each in past if each.position <= position), Configured())

    async def _answer(self, scope: Scope, send: Send) -> None:
        """GET or HEAD: 200, 304 if the asker has it already, 308 to the slash, 503 before the first rendering."""
        headers, path = Headers(scope=scope), scope["path"]
        if scope["method"] not in {"GET", "HEAD"}:
            await _send(send, 405, {"Allow": "GET, HEAD"})
        elif path in MOVED:
            await _send(send, 308, {"Location": MOVED[path]})
        elif not self._rendered.ready:
            await _send(send, 503, {"Retry-After": "1"}, PREPARING)
        else:
            ready = self._rendered.ready[self._language(path, headers), _takes_gzip(headers)]
            await _send_ready(send, ready, scope, headers)

    def _language(self, path: str, headers: Headers) -> Language:
        return PATHS[path] or self._preferred(headers.get("accept-language", ""))


def _ready(page: bytes, language: Language, *, packed: bool) -> Ready:
    etag = f'"{hashlib.sha256(page).hexdigest()[:24]}{"-gzip" * packed}"'
    body = gzip.compress(page, mtime=0) if packed else page
    told = {"ETag": etag, "Cache-Control": "no-cache", **SECURE}
    shown = {"Content-Type": HTML, "Content-Language": language}
    shown |= {"Content-Encoding": "gzip"} if packed else {}
    return Ready(etag, _raw(told | shown), body)


def _takes_gzip(headers: Headers) -> bool:
    """Whether `Accept-Encoding` allows gzip (RFC 9110, 12.5.3)."""
    parts = (part.partition(";") for part in headers.get("accept-encoding", "").lower().split(","))
    return any(name.strip() == "gzip" and q.replace(" ", "") not in GZIP_REFUSED for name, _, q in parts)


async def _send_ready(send: Send, ready: Ready, scope: Scope, headers: Headers) -> None:
    """The bytes, or 304 if the asker has these (RFC 9110, 13.1.2)."""
    known = {each.strip().removeprefix("W/") for each in headers.get("if-none-match", "").split(",")}
    is_known = bool(known & {ready.etag, "*"})
    vary = b"Accept-Encoding, Accept-Language" if scope["path"] == "/" else b"Accept-Encoding"
    raw = [*ready.headers, (b"vary", vary)]
    if not is_known:
        raw.append((b"content-length", str(len(ready.body)).encode()))
    await send({"type": "http.response.start", "status": 304 if is_known else 200, "headers": raw})
    body = b"" if is_known or scope["method"] == "HEAD" else ready.body
    await send({"type": "http.response.body", "body": body})


async def _send(send: Send, status_code: int, headers: Mapping[str, str], body: bytes = b"") -> None:
    told = {"Content-Type": HTML, "Content-Length": str(len(body)), **headers, **SECURE}
    await send({"type": "http.response.start", "status": status_code, "headers": _raw(told)})
    await send({"type": "http.response.body", "body": body})


def _raw(headers: Mapping[str, str]) -> Raw:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
