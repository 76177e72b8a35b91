"""`/maintenance.ics`: all planned works as a calendar to subscribe to (RFC 5545, and 7986 for its name)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from icalendar import Calendar, Event
from sqlalchemy import func, select

from domain.event import Id
from domain.instant import Instant
from domain.maintenance import WorksStatus
from domain.opening_hours import EPOCH
from projections import incidents
from projections.announced import Kind
from projections.incidents import Incident
from projections.trail import EVENTS
from status_page.edition import Edition
from status_page.files.told import address_of, body_of, changed_at, founding, lasting_id, name_of, title_of
from status_page.words import Language

NEWEST: Final = 100
NAME: Final[Mapping[Language, str]] = {"en": "Planned works", "ru": "Плановые работы"}
AGAIN: Final = timedelta(hours=1)
"""How often a subscriber should look."""


def document(edition: Edition, language: Language, _: Mapping[str, str]) -> bytes:
    """The calendar."""
    works = incidents.page(edition.connection, position=edition.position, kind=Kind.WORKS, limit=NEWEST).incidents
    desk, versions = founding(edition).desk, _versions(edition, [each.stream for each in works])
    calendar = Calendar()
    calendar.add("prodid", f"-//Glasno//Planned works//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", NAME[language])
    calendar.add("x-wr-calname", NAME[language])
    calendar.add("source", address_of(edition, "/maintenance.ics", language))
    calendar.add("refresh-interval", AGAIN)
    for each in works:
        calendar.add_component(_event(edition, each, language, desk, versions[each.stream]))
    told: bytes = calendar.to_ical()
    return told


def _versions(edition: Edition, streams: Sequence[Id]) -> Mapping[Id, int]:
    """How often each was changed: every change is an event of its stream."""
    known = EVENTS.c.stream.in_(streams), EVENTS.c.position <= edition.position
    query = select(EVENTS.c.stream, func.count()).where(*known).group_by(EVENTS.c.stream)
    return dict(edition.connection.execute(query).all())


def _event(edition: Edition, works: Incident, language: Language, desk: str, sequence: int) -> Event:
    event = Event()
    event.add("uid", str(lasting_id(desk, f"incident/{works.code}")))
    event.add("sequence", sequence)
    event.add("dtstamp", _utc(changed_at(works)))
    event.add("created", _utc(works.created))
    event.add("last-modified", _utc(changed_at(works)))
    event.add("dtstart", _utc(works.scheduled_for or works.started_at))
    event.add("dtend", _utc(works.scheduled_until or works.started_at))
    event.add("summary", title_of(edition, works, language))
    event.add("description", _description(edition, works, language))
    event.add("categories", [name_of(edition, each, language) for each in works.components])
    event.add("url", f"{edition.address}/{language}/incidents/{works.code}")
    event.add("status", "CANCELLED" if works.status is WorksStatus.CANCELLED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _description(edition: Edition, works: Incident, language: Language) -> str:
    """The newest update that somebody wrote."""
    return next((body_of(edition, each, language) for each in works.updates if each.text), "")


def _utc(at: Instant) -> datetime:
    return EPOCH + timedelta(milliseconds=at)
