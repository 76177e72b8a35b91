"""Incidents: announced, told about update by update, and read by anybody."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Body, Depends, Query, Response
from pydantic import Field

from api.announced import AnnouncementOut, Code, Few, announcement
from api.announcing import AnnouncedOut, Announcing, Texts, TheAnnouncing, Titles, says, spoken, update_of
from api.deps import TheDesk
from api.incident_templates import Components, Opening, filled
from api.problems import problems
from api.public import FOR_ANYBODY, public_reading
from api.reading import Cursor, Reader, our_cursor
from api.routing import routes
from api.types import In, InstantIn, InstantOut, Key, Out
from domain.component import Through
from domain.event import Id
from domain.incident import (
    Event,
    Incident,
    IncidentImpact,
    IncidentStatus,
    Update,
    open_incident,
    post,
    reword,
)
from domain.refusal import Refused
from projections import incidents
from projections.announced import Kind
from store.desk import Desk

router = routes("/v1/incidents", "incidents", 400, 401, 422, 429, 503)
WRITING = problems(403, 404, 409, 412, 413)


class Telling(In):
    """What is told of it now."""

    status: IncidentStatus
    text: Texts
    components: Components = Field(default_factory=dict)
    at: InstantIn | None = Field(default=None, description="Of what time it tells; in the past it is marked so")


class IncidentOut(AnnouncementOut):
    """An incident with all that was told of it."""

    status: IncidentStatus
    impact: IncidentImpact
    started_at: InstantOut
    monitoring_at: InstantOut | None
    resolved_at: InstantOut | None


class Incidents(Out):
    """A page of incidents, the newest first."""

    items: list[IncidentOut]
    position: int = Field(description="The position of the log that it was read at")
    cursor: str | None = Field(description="For the next page; None if this is the last one")


CUT = {
    "value": {
        "title": {"ru": "Нет связи со складом", "en": "The warehouse cannot be reached"},
        "text": {"ru": "Ищем причину.", "en": "We are looking for the cause."},
        "status": "investigating",
        "components": {"uplink": "major_outage"},
    }
}
FOUND = {
    "value": {
        "status": "identified",
        "text": {"ru": "Повреждён кабель оператора.", "en": "The carrier's cable is cut."},
        "components": {"uplink": "partial_outage"},
    }
}
TITLE = {"value": {"ru": "Склад без связи", "en": "The warehouse is offline"}}
TEXT = {"value": {"ru": "Ищем причину обрыва.", "en": "We are looking for the cause of the failure."}}


@router.get("", summary="Incidents", operation_id="listIncidents", openapi_extra=FOR_ANYBODY)
def list_incidents(
    desk: TheDesk,
    reader: Annotated[Reader, Depends(public_reading(incidents.NAME))],
    *,
    unresolved: Annotated[bool, Query(description="Those that are not over, all of them")] = False,
    component: Annotated[Key | None, Query(description="Those that ever said something of it")] = None,
    cursor: Cursor = None,
    limit: Few = 20,
) -> Incidents:
    """Newest first, by when they began; for anybody."""
    with our_cursor(), reader.open() as reading:
        page = incidents.page(
            reading.connection, before=cursor, limit=limit, kind=Kind.INCIDENT, component=component,
            position=reading.position,
        )  # fmt: skip
        found = incidents.unresolved(reading.connection, position=page.position) if unresolved else page.incidents
    shown = [each for each in found if component is None or component in each.components]
    return Incidents(
        items=[incident_out(desk, each) for each in shown],
        position=page.position,
        cursor=None if unresolved else page.cursor,
    )


@router.get(
    "/{incident}", summary="An incident", operation_id="getIncident", openapi_extra=FOR_ANYBODY, responses=problems(404)
)
def get_incident(
    desk: TheDesk,
    reader: Annotated[Reader, Depends(public_reading(incidents.NAME))],
    incident: Code,
    response: Response,
) -> IncidentOut:
    """With all that was told of it, the newest first; for anybody."""
    with reader.open() as reading:
        found = incidents.one(reading.connection, incident, position=reading.position)
    if found is None or found.kind is not Kind.INCIDENT:
        raise Refused("incident_unknown")
    response.headers["ETag"] = f'"{len(desk.log.read(found.stream))}"'
    return incident_out(desk, found)


@router.post("", status_code=201, summary="Announce an incident", operation_id="openIncident", responses=WRITING)
def post_incident(
    announcing: TheAnnouncing, body: Annotated[Opening, Body(openapi_examples={"cut": CUT})]
) -> AnnouncedOut:
    """To everybody, at once."""
    desk, stream = announcing.desk, announcing.desk.new_id()
    done = announcing(desk.incidents, stream, lambda state: _open(state, announcing, stream, body))
    announcing.response.headers["Location"] = f"/v1/incidents/{done.id}"
    return done


@router.post("/{incident}/updates", summary="Tell more of it", operation_id="updateIncident", responses=WRITING)
def post_update(
    announcing: TheAnnouncing, incident: Code, body: Annotated[Telling, Body(openapi_examples={"found": FOUND})]
) -> AnnouncedOut:
    """Resolved, it says nothing bad of any component any more."""
    stream = announcing.stream_of(incident, Kind.INCIDENT)
    return announcing(announcing.desk.incidents, stream, lambda state: _post(state, announcing, stream, body))


@router.put("/{incident}/title", summary="Reword its title", operation_id="titleIncident", responses=WRITING)
def put_title(
    announcing: TheAnnouncing, incident: Code, body: Annotated[Titles, Body(openapi_examples={"title": TITLE})]
) -> AnnouncedOut:
    """All of it, in every language that it is to have; what stood there before stays in the history."""
    stream = announcing.stream_of(incident, Kind.INCIDENT)
    return announcing(announcing.desk.incidents, stream, lambda state: _reword(state, announcing, stream, body, None))


@router.put(
    "/{incident}/updates/{update}/text",
    summary="Reword an update",
    operation_id="rewordIncident",
    responses=WRITING,
)
def put_text(
    announcing: TheAnnouncing,
    incident: Code,
    update: Code,
    body: Annotated[Texts, Body(openapi_examples={"text": TEXT})],
) -> AnnouncedOut:
    """All of it, in every language that it is to have; what stood there before stays in the history."""
    stream = announcing.stream_of(incident, Kind.INCIDENT)
    return announcing(announcing.desk.incidents, stream, lambda state: _reword(state, announcing, stream, body, update))


def incident_out(desk: Desk, found: incidents.Incident) -> IncidentOut:
    """An incident with its texts."""
    return IncidentOut(
        **announcement(desk, found),
        impact=IncidentImpact(found.impact),
        started_at=found.started_at,
        monitoring_at=found.monitoring_at,
        resolved_at=found.resolved_at,
    )


def _open(state: Incident, announcing: Announcing, stream: Id, body: Opening) -> list[Event]:
    said = filled(announcing.desk, body)
    return open_incident(
        state,
        stream=stream,
        title=spoken(said.title),
        first=Update(
            announcing.update, said.status or IncidentStatus.INVESTIGATING, spoken(said.text), said.components or {}
        ),
        known=announcing.known,
        through=Through.PERSON,
        at=announcing.at(said.at),
        by=announcing.by,
        impact=said.impact,
    )


def _post(state: Incident, announcing: Announcing, stream: Id, body: Telling) -> list[Event]:
    return post(
        state,
        stream=stream,
        update=Update(announcing.update, body.status, spoken(body.text), body.components),
        known=announcing.known,
        through=Through.PERSON,
        at=announcing.at(body.at, state.updated_at),
        by=announcing.by,
    )


def _reword(
    state: Incident, announcing: Announcing, stream: Id, words: Titles | Texts, code: str | None
) -> Sequence[Event]:
    update, text = None if code is None else update_of(state.updates, code), spoken(words)
    if says(announcing.desk, stream, update, text):
        return []
    return reword(state, stream=stream, text=text, update=update, at=announcing.at(None), by=announcing.by)
