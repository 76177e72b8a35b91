"""Every address that a copy of the site has: what its pages link to, what programs read, and short links."""

from collections.abc import Iterator
from typing import Final

from domain.attainment import month_of
from projections import incidents
from status_page.edition import Edition
from status_page.month_figures import first_month
from status_page.words import LANGUAGES, month_after

AT_A_TIME: Final = 500
LOCALISED: Final = (
    *("/history.atom", "/history.rss", "/feed.json", "/maintenance.ics"),
    *("/badge/status.svg", "/badge/sla.svg"),
)
V2: Final = (
    *("summary", "status", "components", "incidents", "incidents/unresolved"),
    *("scheduled-maintenances", "scheduled-maintenances/upcoming", "scheduled-maintenances/active"),
)
"""Metrics are of a process that answers: a copy has none."""


def addresses(edition: Edition) -> Iterator[str]:
    """What links to others comes after them, so that a copy that is only half written leads nowhere wrong."""
    for path in pages(edition):
        yield from (f"/{language}{path}" for language in LANGUAGES)
        yield path
    yield from (f"/api/v2/{name}.json" for name in V2)
    for path in (*LOCALISED, *_badges(edition)):
        yield from (path, f"/ru{path}")
    yield from ("/card.png", "/llms.txt")


def pages(edition: Edition) -> Iterator[str]:
    """Without their language; the front page is the last one."""
    yield from (f"/components/{each.key}" for each in edition.components)
    yield from (f"/incidents/{code}" for code in _codes(edition))
    yield from (f"/history/{month}" for month in _months_since(edition, _first_announced(edition)))
    yield from (f"/sla/{month}" for month in _months_since(edition, first_month(edition)))
    yield from ("/history", "/sla", "/verify", "/")


def _badges(edition: Edition) -> Iterator[str]:
    for each in edition.components:
        yield from (f"/badge/{each.key}.svg", f"/badge/{each.key}/uptime.svg")


def _codes(edition: Edition) -> Iterator[str]:
    cursor: str | None = None
    while True:
        page = incidents.page(edition.connection, before=cursor, limit=AT_A_TIME, position=edition.position)
        yield from (each.code for each in page.incidents)
        if page.cursor is None:
            return
        cursor = page.cursor


def _months_since(edition: Edition, month: str) -> Iterator[str]:
    """Until that of the edition."""
    this = month_of(edition.at, edition.zone)
    while month <= this:
        yield month
        month = month_after(month)


def _first_announced(edition: Edition) -> str:
    """The month of the oldest incident."""
    first = incidents.first_at(edition.connection, position=edition.position)
    return month_of(edition.at if first is None else first, edition.zone)
