"""The public site over HTTP: ready bytes, sent from memory with nothing in between."""

import logging
import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from threading import Event
from time import monotonic, thread_time
from typing import Final

from anyio import CapacityLimiter, to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.instant import SECOND, Instant
from projections.engine import Projector
from status_page.asked import NotAnInstant, instant_of
from status_page.clients import ADDRESS, Answer, Source, client_view
from status_page.live import Live
from status_page.pages.trouble import PREPARING, trouble
from status_page.press import TOLERATED, Press
from status_page.ready import Ready, send_plain, send_ready
from status_page.site import MOVED, OURS, Found, find, language_of
from status_page.subscribing.pages import Source as Subscribing
from status_page.subscribing.routes import subscribing
from status_page.words import Language
from store.desk import Desk
from store.outage import OUTAGES, in_a_line, trace_of
from store.reception import Reception

PAUSE: Final = 5.0
"""Seconds before it is tried again, after the site could not be rendered."""
REST: Final = 30
"""For so many times as long as an edition took of the processor nothing is rendered that tells of tickets alone..."""
LONGEST_REST: Final = 20.0
"""...but for no longer than these seconds: only who renders notices that the views stand still."""
LOOK: Final = 0.5
"""Seconds after which to see whether the views still follow, though they have not moved."""
AT_A_TIME: Final = 2
"""Documents that are made at a time for those who ask first."""
WAITING: Final = 64
"""How many may wait for that; whoever comes then is asked to come again."""
PREFERENCES: Final = 500
"""Of `Accept-Language`, whose meaning is remembered."""
LONGEST: Final = 500
"""Characters of it that are read."""
ENCODING: Final = b"Accept-Encoding"
ENCODING_AND_LANGUAGE: Final = b"Accept-Encoding, Accept-Language"
LIVE: Final = "/live"
BUSY: Final[Ready] = {}
LOGGER: Final = logging.getLogger("glasno.status_page")


class Site:
    """The site of a desk; `preferred` chooses a language by `Accept-Language`, `address` is the public URL.

    `reception` is where subscriptions are asked for; `also` are more addresses, and what answers there.
    """

    def __init__(
        self,
        desk: Desk,
        views: Projector,
        preferred: Callable[[str], Language],
        address: str,
        reception: Reception,
        *,
        also: Sequence[tuple[re.Pattern[str], Answer]] = (),
    ) -> None:
        self._now = desk.now
        self._views = views
        self._preferred = _remembered(preferred)
        self._live = Live()
        self.press = Press(desk, views, address, self._live.tell)
        self._limiters: dict[bool, CapacityLimiter] = {}
        """For the present and for the past: whoever looks at the past keeps nobody from the present."""
        self._dynamic: list[tuple[re.Pattern[str], Answer]] = [
            (ADDRESS, client_view(Source(desk, views, self.press, address.rstrip("/")), self._preferred)),
            *subscribing(Subscribing(reception, views, self.press, address.rstrip("/")), self._preferred),
            *also,
        ]
        """What is made for each asker alone: addresses, and what answers there."""
        self._is_failing = False

    def keep(self, stopping: Event) -> None:
        """Keep the newest edition up to date until told to stop; at the most half of the time goes into rendering."""
        good = monotonic()
        while not stopping.is_set():
            since, spent, moves = monotonic(), thread_time(), self._views.moves
            try:
                self.press.refresh()
                good, self._is_failing = monotonic(), False
                rest = min(LONGEST_REST, REST * (thread_time() - spent))
                stopping.wait(monotonic() - since)
                self._wait(since + rest, since + LOOK, moves, stopping)
                good = monotonic()
            except Exception as fault:  # noqa: BLE001 -- whatever it is, the page goes on
                self._fail(fault, since - good)
                stopping.wait(PAUSE)
        self._live.close()

    def _wait(self, rested: float, latest: float, moves: int, stopping: Event) -> None:
        """Until there is something new; figures of tickets are not before it has rested."""
        while not stopping.is_set():
            self._views.wait(moves)
            moves, now = self._views.moves, monotonic()
            if now >= max(rested, latest) or self.press.is_due(tickets=now >= rested):
                break

    def _fail(self, fault: Exception, seconds: float) -> None:
        """The page of before is still sent; after a while it says that it is of before."""
        if not self._is_failing:
            words = "the public page could not be rendered: the one before it is still sent: %s"
            LOGGER.error(words, in_a_line(fault), exc_info=trace_of(fault))
        self._is_failing = True
        if seconds * SECOND > TOLERATED:
            self.press.lose()

    def over(self, app: ASGIApp) -> ASGIApp:
        """The application that sends the site itself and leaves everything else to another one."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope["path"] if scope["type"] == "http" else ""
            if path == LIVE:
                await self._live.stream(scope, receive, send)
            elif path in MOVED:
                query = scope["query_string"].decode("latin-1")
                await send_plain(send, 308, {"Location": f"{MOVED[path]}?{query}" if query else MOVED[path]})
            elif (found := find(path)) is not None:
                await self._answer(found, scope, send)
            elif (dynamic := self._dynamically(path)) is not None:
                await dynamic(scope, receive, send)
            elif path.startswith(OURS):
                await send_plain(send, 404, {}, trouble("missing", language_of(path)))
            else:
                await app(scope, receive, send)

        return answer

    def _dynamically(self, path: str) -> ASGIApp | None:
        """What answers there for this asker alone; None if nothing does."""
        told = ((pattern.fullmatch(path), answer) for pattern, answer in self._dynamic)
        return next((partial(answer, said) for said, answer in told if said), None)

    async def _answer(self, found: Found, scope: Scope, send: Send) -> None:
        """GET or HEAD: 200, 304 if the asker has it already, 503 before the first edition."""
        if scope["method"] not in {"GET", "HEAD"}:
            await send_plain(send, 405, {"Allow": "GET, HEAD"})
        elif not self.press.printed.mark.position:
            await send_plain(send, 503, {"Retry-After": "1"}, PREPARING)
        else:
            language = found.language or self._preferred(_accept_language(scope))
            ready = None if scope["query_string"] else self.press.printed.ready.get((found.path, language))
            if ready is not None:
                await _send(ready, found, scope, send)
            else:
                await self._make(found, language, scope, send)

    async def _make(self, found: Found, language: Language, scope: Scope, send: Send) -> None:
        """What was asked for, of now or of the past; a page in the language of the asker."""
        try:
            query = scope["query_string"] if found.route.has_past else b""
            at = instant_of(query, self.press.printed.zone, self._now())
            ready = await self._made(found, language, at)
        except NotAnInstant as fault:
            await send_plain(send, 400, {}, trouble(fault.code, language))
        except OUTAGES:
            await send_plain(send, 503, {"Retry-After": "5"}, trouble("away", language))
        else:
            if ready is BUSY:
                await send_plain(send, 503, {"Retry-After": "1"}, trouble("busy", language))
            elif ready is None:
                await send_plain(send, 404, {}, trouble("missing" if at is None else "missing_then", language))
            else:
                await _send(ready, found, scope, send)

    async def _made(self, found: Found, language: Language, at: Instant | None) -> Ready | None:
        """From memory, else made on a thread, a few at a time; `BUSY` if too many wait already."""
        if at is None and (ready := self.press.printed.ready.get((found.path, language))):
            return ready
        limiter = self._limiters.setdefault(at is None, CapacityLimiter(AT_A_TIME))
        if limiter.statistics().tasks_waiting >= WAITING:
            return BUSY
        if at is None:
            make = partial(self.press.make, self.press.printed, found, language)
        else:
            make = partial(self.press.make_past, at, found, language)
        return await to_thread.run_sync(make, limiter=limiter)


def _remembered(preferred: Callable[[str], Language]) -> Callable[[str], Language]:
    known = lru_cache(PREFERENCES)(preferred)
    return lambda said: known(said[:LONGEST])


def _accept_language(scope: Scope) -> str:
    said: bytes = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    return said.decode("latin-1")


async def _send(ready: Ready, found: Found, scope: Scope, send: Send) -> None:
    is_negotiated = found.route.is_page and found.language is None
    await send_ready(send, ready, scope, ENCODING_AND_LANGUAGE if is_negotiated else ENCODING)
