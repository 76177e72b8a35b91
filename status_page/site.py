"""The public site: every address, and what makes its document.

A page stands under `/en/` and `/ru/`, and without either in the language of the asker. A file that people read stands
there too, and without either in English; one that machines read has no language.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from status_page.edition import Edition
from status_page.files import atom, badge, calendar, card, json_feed, llms, metrics, rss, statuspage_v2
from status_page.pages import component, front, history, incident, month, sla, verify
from status_page.words import LANGUAGES, Language

HTML: Final = "text/html; charset=utf-8"
JSON: Final = "application/json; charset=utf-8"
ATOM: Final = "application/atom+xml; charset=utf-8"
RSS: Final = "application/rss+xml; charset=utf-8"
JSON_FEED: Final = "application/feed+json; charset=utf-8"
CALENDAR: Final = "text/calendar; charset=utf-8"
SVG: Final = "image/svg+xml; charset=utf-8"
PNG: Final = "image/png"
METRICS: Final = "text/plain; version=0.0.4; charset=utf-8"
TEXT: Final = "text/plain; charset=utf-8"

Names: TypeAlias = Mapping[str, str]
"""What the address says: the key of a component, the code of an incident, a month."""
Making: TypeAlias = Callable[[Edition, Language, Names], bytes | None]
"""None: there is no such thing, or there was none yet."""

LOCALISED: Final = re.compile(rf"/({'|'.join(LANGUAGES)})(/.*)")


@dataclass(frozen=True)
class Route:
    """Addresses of one kind."""

    pattern: re.Pattern[str]
    media_type: str
    make: Making
    is_page: bool
    is_localised: bool
    has_past: bool = True
    """Whether it takes `?at=`, and shows what it was then."""


@dataclass(frozen=True)
class Found:
    """What an address leads to; `language` is none if the asker's decides."""

    route: Route
    names: Names
    language: Language | None
    path: str
    """Without the language."""


def page(pattern: str, make: Making, *, has_past: bool = True) -> Route:
    return Route(re.compile(pattern), HTML, make, is_page=True, is_localised=True, has_past=has_past)


def file(pattern: str, media_type: str, make: Making, *, is_localised: bool = False) -> Route:
    return Route(re.compile(pattern), media_type, make, is_page=False, is_localised=is_localised)


KEY: Final = r"(?P<key>[a-z0-9][a-z0-9-]*)"
CODE: Final = r"(?P<code>[a-z0-9]{12})"
MONTH: Final = r"(?P<month>20\d\d-(?:0[1-9]|1[0-2]))"

ROUTES: Final = (
    page("/", front.html),
    page(f"/components/{KEY}", component.html),
    page(f"/incidents/{CODE}", incident.html),
    page("/history", history.html),
    page(f"/history/{MONTH}", history.html),
    page("/sla", sla.html),
    page(f"/sla/{MONTH}", month.html),
    page("/verify", verify.html, has_past=False),
    file(r"/api/v2/summary\.json", JSON, statuspage_v2.summary),
    file(r"/api/v2/status\.json", JSON, statuspage_v2.status),
    file(r"/api/v2/components\.json", JSON, statuspage_v2.components),
    file(r"/api/v2/incidents\.json", JSON, statuspage_v2.incidents),
    file(r"/api/v2/incidents/unresolved\.json", JSON, statuspage_v2.unresolved),
    file(r"/api/v2/scheduled-maintenances\.json", JSON, statuspage_v2.maintenances),
    file(r"/api/v2/scheduled-maintenances/upcoming\.json", JSON, statuspage_v2.upcoming),
    file(r"/api/v2/scheduled-maintenances/active\.json", JSON, statuspage_v2.active),
    file(r"/history\.atom", ATOM, atom.document, is_localised=True),
    file(r"/history\.rss", RSS, rss.document, is_localised=True),
    file(r"/feed\.json", JSON_FEED, json_feed.document, is_localised=True),
    file(r"/maintenance\.ics", CALENDAR, calendar.document, is_localised=True),
    file(r"/badge/status\.svg", SVG, badge.overall, is_localised=True),
    file(r"/badge/sla\.svg", SVG, badge.sla, is_localised=True),
    file(rf"/badge/{KEY}\.svg", SVG, badge.component, is_localised=True),
    file(rf"/badge/{KEY}/uptime\.svg", SVG, badge.uptime, is_localised=True),
    file(r"/card\.png", PNG, card.document),
    file(r"/metrics", METRICS, metrics.document),
    file(r"/llms\.txt", TEXT, llms.document),
)


HOT: Final = ("/", "/api/v2/summary.json", "/api/v2/status.json", "/api/v2/components.json")
"""Made at every change: what most people ask for."""
OURS: Final = tuple(f"/{language}/" for language in LANGUAGES)
"""What begins so is nobody else's."""
MOVED: Final = {"/en": "/en/", "/ru": "/ru/"}


def language_of(path: str) -> Language:
    """That of an address of ours."""
    return "ru" if path.startswith("/ru/") else "en"


def find(path: str) -> Found | None:
    """What an address leads to; None if it is none of the site."""
    localised = LOCALISED.fullmatch(path)
    language: Language | None = "ru" if localised and localised[1] == "ru" else "en" if localised else None
    rest = localised[2] if localised else path
    for route in ROUTES:
        said = route.pattern.fullmatch(rest)
        if said and (route.is_localised or not localised):
            return Found(route, said.groupdict(), language if route.is_page else language or "en", rest)
    return None
