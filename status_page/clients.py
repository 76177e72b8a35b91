"""A client's own view over HTTP: the pages of the site under a signed link, made for whoever asks, kept by nobody.

A link that is forged, expired or revoked is answered the same, whatever stands behind it in the address.
"""

import gzip
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Final, NamedTuple, TypeAlias

import brotli
from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from domain.event import Address
from domain.instant import Instant
from domain.page_link import PageLink
from projections import positions, queue
from projections.engine import Projector
from status_page.asked import NotAnInstant, instant_of
from status_page.edition import Client, Configured, Edition, Mark, edition
from status_page.pages import client, front, month, sla
from status_page.pages.trouble import PREPARING, Trouble, trouble
from status_page.press import Press, Printed
from status_page.ready import BROTLI_QUALITY, OF_PAGES, accepted, send_plain
from status_page.site import Making, find, language_of
from status_page.words import LANGUAGES, Language
from store.desk import Desk
from store.outage import OUTAGES
from store.page_links import link_by

ADDRESS: Final = re.compile(rf"(?:/(?P<language>{'|'.join(LANGUAGES)}))?/client/(?P<text>[^/]*)(?P<path>/.*)?")
OWN: Final[Mapping[Making, Callable[..., bytes | None]]] = {
    front.html: client.front_html,
    sla.html: client.sla_html,
    month.html: client.month_html,
}
"""What is made in the place of the page for everybody; all other pages are the same."""
SOON: Final = 5.0
"""Seconds to wait for the queue, which the page for everybody does not."""
AT_A_TIME: Final = 2
"""Pages that are made at a time."""
WAITING: Final = 32
"""How many may wait for that; whoever comes then is asked to come again."""
STATUS: Final[Mapping[Trouble, int]] = {"instant": 400, "ahead": 400, "busy": 503, "away": 503}
"""404 of all others."""
PRIVATE: Final = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}

PACKING: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "br": partial(brotli.compress, quality=BROTLI_QUALITY),
    "gzip": partial(gzip.compress, mtime=0),
    "": bytes,
}
"""By content coding."""

Answer: TypeAlias = Callable[[re.Match[str], Scope, Receive, Send], Awaitable[None]]


class Source(NamedTuple):
    """What the view is made of."""

    desk: Desk
    views: Projector
    press: Press
    address: str
    """Where the site is published."""


class Asked(NamedTuple):
    """What somebody wants to see."""

    text: str
    """Of the link."""
    path: str
    language: Language
    query: bytes


def client_view(source: Source, preferred: Callable[[str], Language]) -> Answer:
    """What answers under `ADDRESS`; it has a limit of its own, so that it keeps nobody from the page for everybody."""
    limiter = cache(partial(CapacityLimiter, AT_A_TIME))

    async def answer(said: re.Match[str], scope: Scope, _: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        language = language_of(scope["path"]) if said["language"] else preferred(headers.get("accept-language", ""))
        asked = Asked(said["text"], said["path"] or "/", language, scope["query_string"])
        if scope["method"] not in {"GET", "HEAD"}:
            await send_plain(send, 405, {"Allow": "GET, HEAD"})
        elif not source.press.printed.mark.position:
            await send_plain(send, 503, {"Retry-After": "1"}, PREPARING)
        elif limiter().statistics().tasks_waiting >= WAITING:
            await _tell(send, "busy", language)
        else:
            coding = accepted(headers.get("accept-encoding", "").encode())
            made = await to_thread.run_sync(_made, source, asked, coding, limiter=limiter())
            await (_tell(send, made, language) if isinstance(made, str) else _show(send, scope, made, language, coding))

    return answer


def _made(source: Source, asked: Asked, coding: str) -> bytes | Trouble:
    """The page, packed; or why there is none."""
    now = source.desk.now()
    try:
        if (link := link_by(source.desk, asked.text, now)) is None:
            return "link"
        at = instant_of(asked.query, source.press.printed.zone, now)
        mark, configured = _newest(source.press.printed, now) if at is None else _past(source, at)
        if not source.views.wait_for(mark.position, SOON, [queue.NAME]):
            return "away"
        with edition(source.desk, source.views.engine, mark, configured, source.address) as opened:
            page = _page(opened, link, asked) if mark.position else None
    except NotAnInstant as fault:
        return fault.code
    except OUTAGES:
        return "away"
    return PACKING[coding](page) if page else "missing" if at is None else "missing_then"


def _newest(printed: Printed, now: Instant) -> tuple[Mark, Configured]:
    """What everybody is shown, as of now."""
    is_behind = printed.mark.is_behind or printed.is_lost
    return replace(printed.mark, at=now, is_behind=is_behind), printed.configured


def _past(source: Source, at: Instant) -> tuple[Mark, Configured]:
    with source.views.engine.connect() as connection:
        position = positions.position_at(connection, at)
    return Mark(position, at, is_past=True), source.press.configured(position)


def _page(opened: Edition, link: PageLink, asked: Asked) -> bytes | None:
    """None if there is no such page."""
    found = find(asked.path)
    if found is None or found.language or not found.route.is_page:
        return None
    base = f"/client/{asked.text}"
    of = Client(link.organisation, _name(opened, link), base, link.expires_at)
    make = partial(OWN[found.route.make], of) if found.route.make in OWN else found.route.make
    return make(replace(opened, client=of), asked.language, found.names)


def _name(opened: Edition, link: PageLink) -> str:
    """What the client was called then."""
    past = opened.desk.log.read(link.organisation)
    known = opened.desk.organisations.fold([each for each in past if each.position <= opened.position])
    return opened.texts(known.name).get("name", "") if isinstance(known.name, Address) else ""


async def _tell(send: Send, why: Trouble, language: Language) -> None:
    status = STATUS.get(why, 404)
    retry = {"Retry-After": "5"} if why in {"busy", "away"} else {}
    await send_plain(send, status, PRIVATE | retry, trouble(why, language))


async def _show(send: Send, scope: Scope, page: bytes, language: Language, coding: str) -> None:
    headers = {**PRIVATE, **OF_PAGES, "Vary": "Accept-Encoding, Accept-Language", "Content-Language": language}
    headers |= {"Content-Length": str(len(page))} | ({"Content-Encoding": coding} if coding else {})
    await send_plain(send, 200, headers, page if scope["method"] == "GET" else b"")
