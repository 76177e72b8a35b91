"""Incidents and planned works: each as it stands and stood, with all that was told of it, by address only.

Both are shown alike, so that they stand in one table; `Kind` tells them apart.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import msgspec
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    RowMapping,
    Select,
    UnaryExpression,
    desc,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from domain import incident, maintenance
from domain.event import Address, Id, Source
from domain.incident import Affected, IncidentStatus
from domain.instant import Instant
from domain.maintenance import UNDER_WAY, WorksStatus
from projections.announced import AFFECTED, INCIDENTS, IS_OPEN, UPDATES, Kind, follow
from projections.batch import checkpoint
from projections.cursor import read, written
from projections.lasting import touching
from projections.past import Moment
from projections.rows import Rows
from projections.span import CURRENT, holding_at, spanning
from store.log import Recorded

NAME: Final = "incidents_v2"
METADATA: Final = INCIDENTS.metadata
EVENTS: Final = get_args(incident.Event) + get_args(maintenance.Event)
NEWEST_FIRST: Final[Sequence[UnaryExpression[Any]]] = desc("started_at"), desc("stream")
PLAIN: Final = (
    *("stream", "code", "impact", "started_at", "created", "updated_at", "monitoring_at", "resolved_at"),
    *("scheduled_for", "scheduled_until", "external_source", "external", "url", "is_backdated"),
)
"""What is shown as the row has it."""
STATUSES: Final[Mapping[str, IncidentStatus | WorksStatus]] = {each: each for each in (*IncidentStatus, *WorksStatus)}


SAID_OF: Final = msgspec.json.Decoder(tuple[Affected, ...])


@dataclass(frozen=True)
class Update:
    """What everybody was told, as it was worded at the position."""

    id: Id
    number: int
    """From 1 on, in the order in which they were told."""
    at: Instant
    rec: Instant
    status: IncidentStatus | WorksStatus
    text: Address | None
    """None: time alone began or ended the works."""
    affected: Sequence[Affected]
    is_backdated: bool
    """Live, and stored more than a minute after `at`."""
    reworded_at: Instant | None
    """When its words were changed last."""


@dataclass(frozen=True)
class Incident:
    """An incident or planned works, as known at a position."""

    stream: Id
    code: str
    """The short public id: `domain.code.code_of("incident", stream)`, of works too."""
    kind: Kind
    status: IncidentStatus | WorksStatus
    impact: str
    """A `domain.incident.IncidentImpact`; of works `maintenance`."""
    started_at: Instant
    """When it began, of works when they were announced."""
    created: Instant
    """When that was stored."""
    updated_at: Instant
    """When something was told, reworded or rescheduled last."""
    monitoring_at: Instant | None
    resolved_at: Instant | None
    """When it was over; of works when they were done or called off."""
    scheduled_for: Instant | None
    scheduled_until: Instant | None
    components: Sequence[str]
    """The keys of those that it ever said something of, or that the works are planned on."""
    title: Address
    source: Source
    external_source: str | None
    """Where it was announced at first, if that was elsewhere."""
    external: str | None
    """Its id there."""
    url: str | None
    is_backdated: bool
    """Live, and stored more than a minute after `started_at`."""
    updates: Sequence[Update]
    """Newest first."""


@dataclass(frozen=True)
class Page:
    """Incidents as they stood at a position, the newest first; without a cursor there are no more."""

    incidents: Sequence[Incident]
    position: int
    cursor: str | None


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """Keep how each stands, and what is told of it."""
    if isinstance(recorded.event, EVENTS):
        follow(rows, recorded)


def going(connection: Connection, *, position: int | None = None) -> Sequence[Incident]:
    """All that is not over, works that are ahead included, newest first: the three lists below in one."""
    at = _position(connection, position)
    return _found(connection, _open(at).order_by(*NEWEST_FIRST), at)


def unresolved(connection: Connection, *, position: int | None = None) -> Sequence[Incident]:
    """Incidents that are not over, newest first."""
    at = _position(connection, position)
    return _found(connection, _open(at).where(INCIDENTS.c.kind == Kind.INCIDENT.value).order_by(*NEWEST_FIRST), at)


def under_way(connection: Connection, *, position: int | None = None) -> Sequence[Incident]:
    """Works that have begun and are not over, newest first."""
    at = _position(connection, position)
    return _found(
        connection,
        _open(at).where(INCIDENTS.c.status.in_([each.value for each in UNDER_WAY])).order_by(*NEWEST_FIRST),
        at,
    )


def ahead(connection: Connection, *, position: int | None = None) -> Sequence[Incident]:
    """Works that are scheduled, the next ones first."""
    at = _position(connection, position)
    scheduled = _open(at).where(INCIDENTS.c.status == WorksStatus.SCHEDULED.value)
    return _found(connection, scheduled.order_by(INCIDENTS.c.scheduled_for, INCIDENTS.c.stream), at)


def page(
    connection: Connection,
    *,
    before: str | None = None,
    limit: int = 50,
    kind: Kind | None = None,
    component: str | None = None,
    called_off: bool = True,
    position: int | None = None,
) -> Page:
    """All, newest first by `started_at`; `before` is the cursor of the page before, which pins its position.

    Works that were called off may be left out.
    """
    position = _position(connection, position)
    query = select(INCIDENTS)
    if before is not None:
        position, started_at, stream = read(before, int, int, str)
        place = tuple_(INCIDENTS.c.started_at, INCIDENTS.c.stream)
        query = query.where(place < tuple_(literal(started_at), literal(stream)))
    query = query if called_off else query.where(INCIDENTS.c.status != WorksStatus.CANCELLED.value)
    query = query.where(spanning(INCIDENTS, position), INCIDENTS.c.status.is_not(None), *_of(position, kind, component))
    found = _found(connection, query.order_by(*NEWEST_FIRST).limit(limit + 1), position)
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], position, written(position, last.started_at, last.stream) if last else None)


def between(
    connection: Connection, since: Instant, until: Instant, *, component: str | None = None, position: int | None = None
) -> Sequence[Incident]:
    """Those that touch the time from `since` on and before `until`, newest first by `started_at`.

    An incident lasts from its start until it is resolved, works from their beginning to their end; those that are
    ahead or were called off, as planned.
    """
    at = _position(connection, position)
    going = _open(at).where(INCIDENTS.c.at < until, INCIDENTS.c.until > since)
    over = select(INCIDENTS).where(~IS_OPEN, spanning(INCIDENTS, at), touching(INCIDENTS, since, until))
    both = union_all(*(each.where(*_of(at, None, component)) for each in (going, over)))
    return _found(connection, both.order_by(*NEWEST_FIRST), at)


def one(connection: Connection, code: str, *, position: int | None = None) -> Incident | None:
    """That of a code, with all its updates; None if there was none."""
    at = _position(connection, position)
    query = select(INCIDENTS).where(INCIDENTS.c.code == code, spanning(INCIDENTS, at), INCIDENTS.c.status.is_not(None))
    return next(iter(_found(connection, query, at)), None)


def first_at(connection: Connection, *, position: int | None = None) -> Instant | None:
    """When the oldest began; None if there was none."""
    known = INCIDENTS.c.status.is_not(None), spanning(INCIDENTS, _position(connection, position))
    earliest: Instant | None = connection.scalar(select(INCIDENTS.c.at).where(*known).order_by(INCIDENTS.c.at).limit(1))
    return earliest


def next_edge(connection: Connection, after: Instant, *, position: int | None = None) -> Instant | None:
    """When works that are not over are to begin or end next, later than that: until then time alone changes nothing."""
    works = _open(_position(connection, position)).where(INCIDENTS.c.kind == Kind.WORKS.value)
    planned = works.with_only_columns(INCIDENTS.c.scheduled_for, INCIDENTS.c.scheduled_until)
    edges = (edge for row in connection.execute(planned) for edge in row)
    return min((edge for edge in edges if edge > after), default=None)


def due_works(connection: Connection, *, at: Instant, limit: int = 500) -> Sequence[tuple[Id, Instant]]:
    """The works that are to begin or end by now, and since when; the longest due first."""
    query = _ticking().where(INCIDENTS.c.tick_at <= at).order_by(INCIDENTS.c.tick_at, INCIDENTS.c.stream)
    return [(row.stream, row.tick_at) for row in connection.execute(query.limit(limit))]


def next_works(connection: Connection) -> Instant | None:
    """Until when the timer may leave works alone; None: until some are announced."""
    earliest: Instant | None = connection.scalar(_ticking().with_only_columns(func.min(INCIDENTS.c.tick_at)))
    return earliest


def _position(connection: Connection, position: int | None) -> int:
    return checkpoint(connection, NAME) if position is None else position


def _open(position: int) -> Select[Any]:
    """What was announced and not over at a position."""
    return select(INCIDENTS).where(IS_OPEN, INCIDENTS.c.status.is_not(None), holding_at(INCIDENTS, position))


def _of(position: int, kind: Kind | None, component: str | None) -> Iterator[ColumnElement[bool]]:
    if kind is not None:
        yield INCIDENTS.c.kind == kind.value
    if component is not None:
        affected = AFFECTED.c.component == component, AFFECTED.c.from_position <= position
        yield INCIDENTS.c.stream.in_(select(AFFECTED.c.stream).where(*affected))


def _ticking() -> Select[Any]:
    return select(INCIDENTS.c.stream, INCIDENTS.c.tick_at).where(IS_OPEN, INCIDENTS.c.node == CURRENT)


def _found(connection: Connection, query: Select[Any] | CompoundSelect[Any], position: int) -> list[Incident]:
    """With the updates of all in one query."""
    rows = connection.execute(query).mappings().all()
    if not rows:
        return []
    of_these = UPDATES.c.stream.in_([row["stream"] for row in rows]), spanning(UPDATES, position)
    updates = defaultdict(list)
    for row in connection.execute(select(UPDATES).where(*of_these).order_by(UPDATES.c.number.desc())).mappings():
        updates[row["stream"]].append(_update(row))
    return [_incident(row, updates[row["stream"]]) for row in rows]


def _incident(row: RowMapping, updates: Sequence[Update]) -> Incident:
    return Incident(
        **{name: row[name] for name in PLAIN},
        kind=Kind(row["kind"]),
        status=STATUSES[row["status"]],
        components=json.loads(row["components"]),
        title=Address(row["stream"], row["stream"], row["title_version"], row["title_section"]),
        source=Source(row["source"]),
        updates=updates,
    )


def _update(row: RowMapping) -> Update:
    plain = ("number", "at", "rec", "is_backdated", "reworded_at")
    return Update(
        **{name: row[name] for name in plain},
        id=row["update"],
        status=STATUSES[row["status"]],
        text=Address(row["stream"], row["stream"], row["version"], row["section"]) if row["section"] else None,
        affected=SAID_OF.decode(row["affected"]),
    )
