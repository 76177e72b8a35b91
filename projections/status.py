"""The components: what they are called, how they are, as known at a position, and how they were over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, String, Table, and_, select

from domain.component import ComponentStatus, StatusSet, Through
from domain.configuration.component import (
    ComponentDefined,
    ComponentGroupDefined,
    ComponentGroupWithdrawn,
    ComponentWithdrawn,
)
from domain.event import Address, Id
from domain.instant import Instant
from projections.batch import checkpoint
from projections.past import Moment
from projections.rows import Row, Rows
from projections.span import holding_at, span_columns, span_index
from store.log import Recorded

NAME: Final = "status_v1"
METADATA: Final = MetaData()
STATUSES: Final = Table(
    NAME,
    METADATA,
    Column("component", String, primary_key=True),
    Column("status", String, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("through", String, nullable=False),
    *span_columns(),
)
span_index(STATUSES)
CHANGES: Final = Table(
    f"{NAME}_changes",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("component", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("status", String, nullable=False),
    Column("through", String, nullable=False),
    Column("by", String),
    Column("stream", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("section", String),
)
Index(f"{NAME}_changes_component", CHANGES.c.component, CHANGES.c.at, CHANGES.c.position)
COMPONENTS: Final = Table(
    f"{NAME}_components",
    METADATA,
    Column("key", String, primary_key=True),
    Column("group", String, nullable=False),
    Column("ru", String, nullable=False),
    Column("en", String, nullable=False),
    Column("place", Integer, nullable=False),
    Column("uptime_target", Integer, nullable=False),
    *span_columns(),
)
span_index(COMPONENTS)
GROUPS: Final = Table(
    f"{NAME}_groups",
    METADATA,
    Column("key", String, primary_key=True),
    Column("ru", String, nullable=False),
    Column("en", String, nullable=False),
    Column("place", Integer, nullable=False),
    *span_columns(),
)
span_index(GROUPS)


@dataclass(frozen=True)
class Group:
    """A group of components, by its order on the page."""

    key: str
    ru: str
    en: str
    place: int


@dataclass(frozen=True)
class Component:
    """A component as it stood at a position; its status is None before the first one was set."""

    key: str
    group: str
    ru: str
    en: str
    place: int
    uptime_target: int
    """Thousandths of a percent; 0 promises nothing."""
    status: ComponentStatus | None
    since: Instant | None
    through: Through | None


@dataclass(frozen=True)
class Change:
    """A status that was set, holding from `at` on."""

    position: int
    at: Instant
    status: ComponentStatus
    through: Through
    by: Id | None
    why: Address | None


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """Follow the components; one that is told late of its past keeps its newest status."""
    match recorded.event:
        case StatusSet() as told:
            rows.add(CHANGES, _change(recorded))
            key = {"component": told.component}
            rows.hold(STATUSES, key, _newest(rows.current(STATUSES, key), told), recorded.position)
        case ComponentDefined() as defined:
            row = {"group": defined.group, "place": defined.place, "uptime_target": defined.uptime_target}
            row |= {"ru": defined.label.ru, "en": defined.label.en}
            rows.hold(COMPONENTS, {"key": defined.key}, row, recorded.position)
        case ComponentGroupDefined() as defined:
            row = {"ru": defined.label.ru, "en": defined.label.en, "place": defined.place}
            rows.hold(GROUPS, {"key": defined.key}, row, recorded.position)
        case ComponentWithdrawn() as withdrawn:
            rows.hold(COMPONENTS, {"key": withdrawn.key}, None, recorded.position)
        case ComponentGroupWithdrawn() as withdrawn:
            rows.hold(GROUPS, {"key": withdrawn.key}, None, recorded.position)
        case _:
            pass


def groups(connection: Connection, position: int | None = None) -> Sequence[Group]:
    """The groups in the order of the page."""
    at = _position(connection, position)
    query = select(GROUPS.c.key, GROUPS.c.ru, GROUPS.c.en, GROUPS.c.place).where(holding_at(GROUPS, at))
    return [Group(*row) for row in connection.execute(query.order_by(GROUPS.c.place, GROUPS.c.key))]


def components(connection: Connection, position: int | None = None) -> Sequence[Component]:
    """The defined components in the order of the page, each with its status."""
    at = _position(connection, position)
    known = and_(STATUSES.c.component == COMPONENTS.c.key, holding_at(STATUSES, at))
    shown = [COMPONENTS.c[name] for name in ("key", "group", "ru", "en", "place", "uptime_target")]
    query = select(*shown, STATUSES.c.status, STATUSES.c.since, STATUSES.c.through)
    query = query.select_from(COMPONENTS.outerjoin(STATUSES, known)).where(holding_at(COMPONENTS, at))
    rows = connection.execute(query.order_by(COMPONENTS.c.place, COMPONENTS.c.key))
    return [
        Component(*row[:6], row.status and ComponentStatus(row.status), row.since, row.through and Through(row.through))
        for row in rows
    ]


def history(
    connection: Connection, component: str, *, since: Instant, until: Instant, position: int | None = None
) -> Sequence[Change]:
    """The changes from `since` on and before `until`, oldest first, after the one that held at `since`."""
    known = [CHANGES.c.component == component, CHANGES.c.position <= _position(connection, position)]
    order = CHANGES.c.at, CHANGES.c.position
    held = select(CHANGES).where(*known, CHANGES.c.at < since).order_by(*(each.desc() for each in order)).limit(1)
    later = select(CHANGES).where(*known, CHANGES.c.at >= since, CHANGES.c.at < until).order_by(*order)
    return [_told(row) for query in (held, later) for row in connection.execute(query)]


def _position(connection: Connection, position: int | None) -> int:
    return checkpoint(connection, NAME) if position is None else position


def _change(recorded: Recorded[StatusSet]) -> dict[str, Any]:
    told = recorded.event
    return {
        "position": recorded.position,
        "component": told.component,
        "at": told.at,
        "status": told.status.value,
        "through": told.through.value,
        "by": told.by,
        "stream": recorded.stream,
        "version": recorded.version,
        "section": told.why.section if isinstance(told.why, Address) else None,
    }


def _newest(known: Row | None, told: StatusSet) -> Row:
    if known is not None and known["since"] > told.at:
        return {name: known[name] for name in ("status", "since", "through")}
    return {"status": told.status.value, "since": told.at, "through": told.through.value}


def _told(row: Any) -> Change:
    why = Address(row.by, row.stream, row.version, row.section) if row.section else None
    return Change(row.position, row.at, ComponentStatus(row.status), Through(row.through), row.by, why)
