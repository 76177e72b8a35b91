"""Incidents and planned works as people announce them; each answers with the position of the last event."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeAlias
from uuid import uuid4

from domain import incident, maintenance
from domain.code import code_of
from domain.component import ComponentStatus, Through
from domain.event import Id, Source
from domain.incident import IncidentStatus
from domain.instant import HOUR, Duration, Instant
from domain.maintenance import WorksStatus
from projections import incidents
from projections.incidents import Incident
from store.streams import Command
from tests.cast import ANN
from tests.projections.story import Story

TITLE: Final = {"ru": "Сбой", "en": "Outage"}
TEXT: Final = {"en": "We are looking into it."}
BETTER: Final = {"ru": "Разбираемся.", "en": "We look into it."}
KNOWN: Final = frozenset({"web", "mail"})
BAD: Final = {"web": ComponentStatus.MAJOR_OUTAGE}
SAID: Final[dict[str, Any]] = {"known": KNOWN, "through": Through.PERSON, "by": ANN}

Decide: TypeAlias = Callable[..., Any]


def announce(story: Story, stream: Id, source: Source = Source.LIVE, ago: Duration = 0, **changes: Any) -> int:
    """An incident."""
    status, components = changes.pop("status", IncidentStatus.INVESTIGATING), changes.pop("components", BAD)
    first = incident.Update(uuid4().hex, status, TEXT, components)
    decide = partial(incident.open_incident, stream=stream, title=TITLE, first=first, **SAID, **changes)
    return _act(story, "incidents", stream, decide, source=source, ago=ago)


def post(story: Story, stream: Id, status: IncidentStatus, ago: Duration = 0, **components: ComponentStatus) -> int:
    update = incident.Update(uuid4().hex, status, TEXT, components)
    return _act(story, "incidents", stream, partial(incident.post, stream=stream, update=update, **SAID), ago=ago)


def reword(story: Story, stream: Id, update: Id | None = None) -> int:
    decide = partial(incident.reword, stream=stream, text=BETTER, update=update, by=ANN)
    return _act(story, "incidents", stream, decide)


def plan(story: Story, stream: Id, after: Duration = HOUR, components: frozenset[str] = frozenset({"web"})) -> int:
    """Works of an hour, after a while."""
    start = story.clock.now + after
    first = maintenance.Update(uuid4().hex, WorksStatus.SCHEDULED, TEXT)
    told: dict[str, Any] = {"stream": stream, "title": TITLE, "first": first, "components": components, "by": ANN}
    decide = partial(maintenance.announce, **told, known=KNOWN, start=start, end=start + HOUR)
    return _act(story, "maintenances", stream, decide)


def put_off(story: Story, stream: Id, start: Instant, end: Instant) -> int:
    return _act(story, "maintenances", stream, partial(maintenance.reschedule, start=start, end=end, by=ANN))


def turn(story: Story, stream: Id, status: WorksStatus) -> int:
    update = maintenance.Update(uuid4().hex, status, TEXT)
    return _act(story, "maintenances", stream, partial(maintenance.post, stream=stream, update=update, by=ANN))


def wait(story: Story, stream: Id) -> int:
    """What time alone brings."""
    return _act(story, "maintenances", stream, partial(maintenance.tick, stream=stream, update=uuid4().hex))


def bring_in(story: Story, kind: str, stream: Id) -> int:
    module: Any = {"incidents": incident, "maintenances": maintenance}[kind]
    decide = partial(module.bring_in, source="statuspage", external="abc", url="https://example.org/abc")
    return _act(story, kind, stream, decide, source=Source.IMPORT)


def seen(story: Story, stream: str, position: int | None = None) -> Incident:
    """It, with all that was told of it."""
    with story.seen() as connection:
        found = incidents.one(connection, code_of("incident", stream), position=position)
    assert found is not None
    return found


def _act(
    story: Story, kind: str, stream: Id, decide: Decide, *, source: Source = Source.LIVE, ago: Duration = 0
) -> int:
    command, at = Command(uuid4().hex, source), story.clock.now - ago
    getattr(story.desk, kind).act(command, stream, decide, at=at)
    return story.desk.log.head()
