"""What was announced, incidents and planned works alike: how each stands and stood, and what was told of it.

Rows hold no words, only where those are sealed: old ones stay readable at the positions at which they stood.
"""

import json
from enum import StrEnum
from typing import Any, Final, assert_never

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table

from domain import incident, maintenance
from domain.code import code_of
from domain.event import Address, Sealed, Source
from domain.incident import (
    IncidentImpact,
    IncidentImported,
    IncidentOpened,
    IncidentReworded,
    IncidentStatus,
    IncidentUpdated,
    impact_of,
)
from domain.instant import MINUTE, Instant
from domain.maintenance import (
    WorksAnnounced,
    WorksImported,
    WorksRescheduled,
    WorksReworded,
    WorksStatus,
    WorksUpdated,
)
from projections.lasting import lasting, lasting_columns, lasting_indexes
from projections.rows import Row, Rows
from projections.span import FOR_EVER, span_columns
from store.log import Recorded

INCIDENTS: Final = Table(
    "incidents_v2",
    MetaData(),
    Column("stream", String, primary_key=True),
    Column("code", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String),
    Column("is_over", Boolean, nullable=False),
    Column("impact", String, nullable=False),
    Column("is_judged", Boolean, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("monitoring_at", BigInteger),
    Column("resolved_at", BigInteger),
    Column("scheduled_for", BigInteger),
    Column("scheduled_until", BigInteger),
    Column("tick_at", BigInteger),
    Column("components", String, nullable=False),
    Column("title_version", Integer, nullable=False),
    Column("title_section", String, nullable=False),
    Column("source", String, nullable=False),
    Column("external_source", String),
    Column("external", String),
    Column("url", String),
    Column("is_backdated", Boolean, nullable=False),
    Column("told", Integer, nullable=False),
    *lasting_columns(),
    *span_columns(),
)
"""Without a status it is not announced yet; `tick_at` is when time alone begins or ends works."""
lasting_indexes(INCIDENTS)
Index("incidents_v2_code", INCIDENTS.c.code)
IS_OPEN: Final = INCIDENTS.c.is_over.is_(False)
SPAN: Final = INCIDENTS.c.from_position, INCIDENTS.c.to_position
Index("incidents_v2_started", INCIDENTS.c.started_at, INCIDENTS.c.stream, *SPAN, INCIDENTS.c.kind, INCIDENTS.c.status)
Index("incidents_v2_open", INCIDENTS.c.node, *SPAN, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
UPDATES: Final = Table(
    "incidents_v2_updates",
    INCIDENTS.metadata,
    Column("stream", String, primary_key=True),
    Column("update", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("rec", BigInteger, nullable=False),
    Column("status", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("section", String),
    Column("affected", String, nullable=False),
    Column("is_backdated", Boolean, nullable=False),
    Column("reworded_at", BigInteger),
    *span_columns(),
)
AFFECTED: Final = Table(
    "incidents_v2_affected",
    INCIDENTS.metadata,
    Column("component", String, primary_key=True),
    Column("stream", String, primary_key=True),
    Column("from_position", BigInteger, nullable=False),
)
"""The components that it said something of, or that the works are planned on, from a position on."""

TOLERATED: Final = MINUTE
"""What is stored later than that after it happened, and was not imported, was told of the past."""
SEVERITY: Final = list(IncidentImpact)
MAINTENANCE: Final = "maintenance"
"""The impact of works."""
NOTHING: Final[Row] = {
    **{column.name: None if column.nullable else column.type.python_type() for column in INCIDENTS.columns},
    "components": "[]",
}
"""Before the first event of a stream."""


class Kind(StrEnum):
    """What was announced."""

    INCIDENT = "incident"
    WORKS = "works"


def follow(rows: Rows, recorded: Recorded[incident.Event | maintenance.Event]) -> None:
    """Keep how an announcement stands, and what is told of it."""
    key = {"stream": recorded.stream}
    known = rows.current(INCIDENTS, key) or NOTHING
    row = {**known, **key, "code": code_of("incident", recorded.stream), **_changed(known, recorded)}
    row |= {"tick_at": _tick_at(row), **lasting(row["at"], row["until"])}
    rows.hold(INCIDENTS, key, row, recorded.position)
    _tell(rows, recorded, row["told"])
    for component in json.loads(row["components"]):
        if component not in json.loads(known["components"]):
            rows.add(AFFECTED, {"component": component, **key, "from_position": recorded.position})


def _changed(known: Row, recorded: Recorded[incident.Event | maintenance.Event]) -> Row:
    match recorded.event:
        case IncidentOpened() as event:
            judged = {"impact": (event.impact or IncidentImpact.NONE).value, "is_judged": event.impact is not None}
            return {"kind": Kind.INCIDENT.value, **judged, "at": event.at, "until": FOR_EVER, **_begun(recorded)}
        case WorksAnnounced() as event:
            components = {"components": json.dumps(event.components), "impact": MAINTENANCE}
            return {"kind": Kind.WORKS.value, **components, **_planned(known, event), **_begun(recorded)}
        case IncidentUpdated() | WorksUpdated() as event:
            told = {"status": event.status.value, "told": known["told"] + 1, "updated_at": event.at}
            return {**told, **(_said(known, event) if isinstance(event, IncidentUpdated) else _done(known, event))}
        case WorksRescheduled() as event:
            return {"updated_at": event.at, **_planned(known, event)}
        case IncidentReworded() | WorksReworded() as event:
            return {"updated_at": event.at, **({} if event.update else _title(recorded, event.text))}
        case IncidentImported() | WorksImported() as event:
            return {"external_source": event.source, "external": event.external, "url": event.url}
        case _:
            assert_never(recorded.event)


def _begun(recorded: Recorded[Any]) -> Row:
    at = recorded.event.at
    times = {"started_at": at, "created": recorded.envelope.rec, "updated_at": at}
    told = {"source": recorded.envelope.source.value, "is_backdated": _is_backdated(recorded)}
    return {**times, **told, **_title(recorded, recorded.event.title)}


def _said(known: Row, event: IncidentUpdated) -> Row:
    """A judged impact stays; else it is as bad as the worst that was ever said."""
    said = impact_of([each.new for each in event.affected]).value
    impact = known["impact"] if known["is_judged"] else max(known["impact"], said, key=SEVERITY.index)
    components = {*json.loads(known["components"]), *(each.component for each in event.affected)}
    row = {"impact": impact, "components": json.dumps(sorted(components))}
    if event.status is IncidentStatus.MONITORING and known["status"] != IncidentStatus.MONITORING:
        row["monitoring_at"] = event.at
    over = event.status in incident.OVER and not known["is_over"]
    return row | ({"is_over": True, "resolved_at": event.at, "until": event.at} if over else {})


def _done(known: Row, event: WorksUpdated) -> Row:
    """Works last from when they begin until they are done; called off, as planned."""
    over = {"is_over": True, "resolved_at": event.at}
    if event.status is WorksStatus.COMPLETED:
        return {**over, "until": event.at}
    if event.status is WorksStatus.CANCELLED:
        return over
    begins = event.status is WorksStatus.IN_PROGRESS and known["status"] == WorksStatus.SCHEDULED
    return {"at": event.at, "until": FOR_EVER} if begins else {}


def _planned(known: Row, event: WorksAnnounced | WorksRescheduled) -> Row:
    """Of works under way only the planned end is still to be decided."""
    scheduled = {"scheduled_for": event.start, "scheduled_until": event.end}
    return scheduled | ({} if known["status"] in maintenance.UNDER_WAY else {"at": event.start, "until": event.end})


def _title(recorded: Recorded[Any], title: Sealed) -> Row:
    return {"title_version": recorded.version, "title_section": _section(title)}


def _section(text: Sealed | None) -> str | None:
    return text.section if isinstance(text, Address) else None


def _is_backdated(recorded: Recorded[Any]) -> bool:
    """Told later by somebody: what time alone brought is of its instant, whenever it was noticed."""
    envelope, is_told = recorded.envelope, getattr(recorded.event, "text", recorded) is not None
    return is_told and envelope.source is Source.LIVE and envelope.rec - recorded.event.at > TOLERATED


def _tick_at(row: Row) -> Instant | None:
    """When time alone begins or ends works."""
    begins: Instant | None = row["scheduled_for"] if row["status"] == WorksStatus.SCHEDULED else None
    return row["scheduled_until"] if row["status"] in maintenance.UNDER_WAY else begins


def _tell(rows: Rows, recorded: Recorded[incident.Event | maintenance.Event], number: int) -> None:
    """Add an update, or change the words of one."""
    match recorded.event:
        case IncidentUpdated() | WorksUpdated() as event:
            key = {"stream": recorded.stream, "update": event.update}
            rows.hold(UPDATES, key, _update(recorded, number), recorded.position)
        case IncidentReworded(update=str() as update) | WorksReworded(update=str() as update) as event:
            key = {"stream": recorded.stream, "update": update}
            words = {"version": recorded.version, "section": _section(event.text), "reworded_at": event.at}
            rows.hold(UPDATES, key, {**(rows.current(UPDATES, key) or {}), **words}, recorded.position)
        case _:
            pass


def _update(recorded: Recorded[Any], number: int) -> Row:
    event = recorded.event
    return {
        "number": number,
        "at": event.at,
        "rec": recorded.envelope.rec,
        "status": event.status.value,
        "version": recorded.version,
        "section": _section(event.text),
        "affected": msgspec.json.encode(getattr(event, "affected", ())).decode(),
        "is_backdated": _is_backdated(recorded),
        "reworded_at": None,
    }
