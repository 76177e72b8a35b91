"""Planned works: announced ahead, told about update by update, and read by anybody."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from fastapi import Body, Depends, Query, Response
from pydantic import Field

from api.announced import AnnouncementOut, Code, Few, announcement
from api.announcing import AnnouncedOut, Announcing, Texts, TheAnnouncing, Titles, says, spoken, update_of
from api.deps import TheDesk
from api.problems import problems
from api.public import FOR_ANYBODY, public_reading
from api.reading import Cursor, Reader, Reading, our_cursor
from api.routing import routes
from api.types import In, InstantIn, InstantOut, Key, Out
from domain.event import Id
from domain.maintenance import Event, Update, Works, WorksStatus, announce, post, reschedule, reword
from domain.refusal import Refused
from projections import incidents
from projections.announced import Kind
from store.desk import Desk

router = routes("/v1/maintenances", "maintenances", 400, 401, 422, 429, 503)
WRITING = problems(403, 404, 409, 412, 413)


class Announcement(In):
    """What will be done, on what, and when."""

    title: Titles
    text: Texts
    components: Annotated[list[Key], Field(min_length=1, max_length=200)]
    start: InstantIn
    end: InstantIn


class Telling(In):
    """What is told of them now."""

    status: WorksStatus
    text: Texts


class Schedule(In):
    """When they are to be done."""

    start: InstantIn
    end: InstantIn


class When(StrEnum):
    """Which of them."""

    AHEAD = "ahead"
    UNDER_WAY = "under_way"


class MaintenanceOut(AnnouncementOut):
    """Planned works with all that was told of them."""

    status: WorksStatus
    announced_at: InstantOut
    start: InstantOut
    end: InstantOut
    over_at: InstantOut | None = Field(description="When they were done or called off")


class Maintenances(Out):
    """A page of planned works."""

    items: list[MaintenanceOut]
    position: int = Field(description="The position of the log that it was read at")
    cursor: str | None = Field(description="For the next page; None if this is the last one")


SWITCH = {
    "value": {
        "title": {"ru": "Замена коммутатора", "en": "A switch is replaced"},
        "text": {"ru": "Связь прервётся на несколько минут.", "en": "The link will be down for some minutes."},
        "components": ["uplink"],
        "start": "2026-11-07T20:00:00Z",
        "end": "2026-11-07T22:00:00Z",
    }
}
DONE = {"value": {"status": "cancelled", "text": {"ru": "Работы отменены.", "en": "The works are called off."}}}
LATER = {"value": {"start": "2026-11-08T20:00:00Z", "end": "2026-11-08T22:00:00Z"}}
TITLE = {"value": {"ru": "Замена коммутатора на складе", "en": "The switch of the warehouse is replaced"}}
TEXT = {"value": {"ru": "Связь прервётся на минуту.", "en": "The link will be down for a minute."}}


@router.get("", summary="Planned works", operation_id="listMaintenances", openapi_extra=FOR_ANYBODY)
def list_maintenances(
    desk: TheDesk,
    reader: Annotated[Reader, Depends(public_reading(incidents.NAME))],
    *,
    when: Annotated[When | None, Query(description="Those that are scheduled or under way, all of them")] = None,
    component: Annotated[Key | None, Query(description="Those on this component")] = None,
    cursor: Cursor = None,
    limit: Few = 20,
) -> Maintenances:
    """Newest first, by when they were announced; those ahead in the order of their start; for anybody."""
    with our_cursor(), reader.open() as reading:
        page = incidents.page(
            reading.connection, before=cursor, limit=limit, kind=Kind.WORKS, component=component,
            position=reading.position,
        )  # fmt: skip
        found = page.incidents if when is None else _at_that_time(reading, when, page.position)
    shown = [each for each in found if component is None or component in each.components]
    return Maintenances(
        items=[maintenance_out(desk, each) for each in shown],
        position=page.position,
        cursor=None if when else page.cursor,
    )


@router.get(
    "/{works}",
    summary="Some planned works",
    operation_id="getMaintenance",
    openapi_extra=FOR_ANYBODY,
    responses=problems(404),
)
def get_maintenance(
    desk: TheDesk, reader: Annotated[Reader, Depends(public_reading(incidents.NAME))], works: Code, response: Response
) -> MaintenanceOut:
    """With all that was told of them, the newest first; for anybody."""
    with reader.open() as reading:
        found = incidents.one(reading.connection, works, position=reading.position)
    if found is None or found.kind is not Kind.WORKS:
        raise Refused("works_unknown")
    response.headers["ETag"] = f'"{len(desk.log.read(found.stream))}"'
    return maintenance_out(desk, found)


@router.post("", status_code=201, summary="Announce works", operation_id="announceMaintenance", responses=WRITING)
def post_maintenance(
    announcing: TheAnnouncing, body: Annotated[Announcement, Body(openapi_examples={"switch": SWITCH})]
) -> AnnouncedOut:
    """They count as planned if they are announced early enough: the rule of uptime says how early."""
    desk, stream = announcing.desk, announcing.desk.new_id()
    done = announcing(desk.maintenances, stream, lambda state: _announce(state, announcing, stream, body))
    announcing.response.headers["Location"] = f"/v1/maintenances/{done.id}"
    return done


@router.post("/{works}/updates", summary="Tell more of them", operation_id="updateMaintenance", responses=WRITING)
def post_update(
    announcing: TheAnnouncing, works: Code, body: Annotated[Telling, Body(openapi_examples={"cancelled": DONE})]
) -> AnnouncedOut:
    """Begin them early, end them, call them off; at their time they begin and end by themselves."""
    stream = announcing.stream_of(works, Kind.WORKS)
    return announcing(announcing.desk.maintenances, stream, lambda state: _post(state, announcing, stream, body))


@router.put("/{works}/schedule", summary="Reschedule", operation_id="rescheduleMaintenance", responses=WRITING)
def put_schedule(
    announcing: TheAnnouncing, works: Code, body: Annotated[Schedule, Body(openapi_examples={"later": LATER})]
) -> AnnouncedOut:
    """Of works under way only the end can still be moved."""
    stream = announcing.stream_of(works, Kind.WORKS)
    return announcing(
        announcing.desk.maintenances,
        stream,
        lambda state: reschedule(state, start=body.start, end=body.end, at=announcing.at(None), by=announcing.by),
    )


@router.put("/{works}/title", summary="Reword their title", operation_id="titleMaintenance", responses=WRITING)
def put_title(
    announcing: TheAnnouncing, works: Code, body: Annotated[Titles, Body(openapi_examples={"title": TITLE})]
) -> AnnouncedOut:
    """All of it, in every language that it is to have; what stood there before stays in the history."""
    stream = announcing.stream_of(works, Kind.WORKS)
    return announcing(
        announcing.desk.maintenances, stream, lambda state: _reword(state, announcing, stream, body, None)
    )


@router.put(
    "/{works}/updates/{update}/text", summary="Reword an update", operation_id="rewordMaintenance", responses=WRITING
)
def put_text(
    announcing: TheAnnouncing, works: Code, update: Code, body: Annotated[Texts, Body(openapi_examples={"text": TEXT})]
) -> AnnouncedOut:
    """All of it, in every language that it is to have; what stood there before stays in the history."""
    stream = announcing.stream_of(works, Kind.WORKS)
    return announcing(
        announcing.desk.maintenances, stream, lambda state: _reword(state, announcing, stream, body, update)
    )


def maintenance_out(desk: Desk, found: incidents.Incident) -> MaintenanceOut:
    """Planned works with their texts."""
    return MaintenanceOut(
        **announcement(desk, found),
        announced_at=found.started_at,
        start=found.scheduled_for,
        end=found.scheduled_until,
        over_at=found.resolved_at,
    )


def _at_that_time(reading: Reading, when: When, position: int) -> Sequence[incidents.Incident]:
    asked = incidents.ahead if when is When.AHEAD else incidents.under_way
    return asked(reading.connection, position=position)


def _announce(state: Works, announcing: Announcing, stream: Id, body: Announcement) -> list[Event]:
    return announce(
        state,
        stream=stream,
        title=spoken(body.title),
        first=Update(announcing.update, WorksStatus.SCHEDULED, spoken(body.text)),
        components=frozenset(body.components),
        known=announcing.known,
        start=body.start,
        end=body.end,
        at=announcing.at(None),
        by=announcing.by,
    )


def _post(state: Works, announcing: Announcing, stream: Id, body: Telling) -> list[Event]:
    update = Update(announcing.update, body.status, spoken(body.text))
    at = announcing.at(None, state.updated_at)
    return post(state, stream=stream, update=update, at=at, by=announcing.by)


def _reword(
    state: Works, announcing: Announcing, stream: Id, words: Titles | Texts, code: str | None
) -> Sequence[Event]:
    update, text = None if code is None else update_of(state.updates, code), spoken(words)
    if says(announcing.desk, stream, update, text):
        return []
    return reword(state, stream=stream, text=text, update=update, at=announcing.at(None), by=announcing.by)
