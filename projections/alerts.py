"""Alerts as they stand now: what fires, what is said to be over, and what was done about each.

One row an alert. Labels are facts and stand here; annotations stay sealed, here is only where.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, assert_never, get_args

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    and_,
    select,
)

from domain import alert
from domain.alert import (
    AlertAction,
    AlertAnswered,
    AlertDismissed,
    AlertEnded,
    AlertFired,
    AlertFiredAgain,
    AlertPublished,
    AlertSettled,
)
from domain.code import code_of
from domain.event import Address, Id
from domain.instant import Instant
from projections.cursor import read, written
from projections.past import Moment
from projections.rows import Row, Rows
from store.log import Recorded

NAME: Final = "alerts_v1"
METADATA: Final = MetaData()
ALERTS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("code", String, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("settled", Boolean, nullable=False),
    Column("labels", String, nullable=False),
    Column("text_version", Integer, nullable=False),
    Column("text_section", String, nullable=False),
    Column("by", String),
    Column("action", String),
    Column("rule", String, nullable=False),
    Column("component", String, nullable=False),
    Column("incident", String),
    Column("tickets", String, nullable=False),
    Column("dismissed", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
)
STANDS: Final = ALERTS.c.settled.is_(False)
"""It fires, or that it is over is not confirmed."""
IS_UNANSWERED: Final = and_(ALERTS.c.action.is_(None), ALERTS.c.ended_at.is_(None))
IS_PARKED: Final = and_(STANDS, ALERTS.c.ended_at.is_not(None))
Index(f"{NAME}_code", ALERTS.c.code)
Index(f"{NAME}_position", ALERTS.c.position)
Index(f"{NAME}_incident", ALERTS.c.incident)
Index(f"{NAME}_standing", ALERTS.c.position, sqlite_where=STANDS, postgresql_where=STANDS)
Index(f"{NAME}_unanswered", ALERTS.c.position, sqlite_where=IS_UNANSWERED, postgresql_where=IS_UNANSWERED)
Index(f"{NAME}_parked", ALERTS.c.ended_at, sqlite_where=IS_PARKED, postgresql_where=IS_PARKED)

EVENTS: Final = get_args(alert.Event)
UNDONE: Final[Row] = {
    "ended_at": None,
    "settled": False,
    "action": None,
    "rule": "",
    "component": "",
    "incident": None,
    "tickets": "[]",
    "dismissed": False,
}
"""Of an alert that has just begun to fire."""


class AlertState(StrEnum):
    """What alerts are looked for."""

    STANDING = "standing"
    """They fire."""
    PARKED = "parked"
    """They are said to be over, which is not confirmed yet."""
    DRAFT = "draft"
    """They propose an incident, whether they still fire or are parked."""
    OVER = "over"


FOUND_BY: Final[Mapping[AlertState, ColumnElement[bool]]] = {
    AlertState.STANDING: and_(STANDS, ALERTS.c.ended_at.is_(None)),
    AlertState.PARKED: IS_PARKED,
    AlertState.DRAFT: and_(
        STANDS,
        ALERTS.c.action == AlertAction.DRAFT.value,
        ALERTS.c.incident.is_(None),
        ALERTS.c.dismissed.is_(False),
    ),
    AlertState.OVER: ALERTS.c.settled.is_(True),
}


@dataclass(frozen=True)
class Standing:
    """An alert, and what was done about it since it began to fire last."""

    stream: Id
    code: str
    """The short id: `domain.code.code_of("alert", stream)`."""
    fingerprint: str
    started_at: Instant
    ended_at: Instant | None
    """When it is said to have ended."""
    settled: bool
    """That it ended is confirmed."""
    labels: Mapping[str, str]
    text: Address
    """Its annotations."""
    by: Id | None
    """The person whose token handed it over."""
    action: AlertAction | None
    """None: nothing was done yet."""
    rule: str
    component: str
    incident: Id | None
    tickets: Sequence[Id]
    dismissed: bool
    position: int
    """That of its first event: where it stands in a list."""

    @property
    def is_draft(self) -> bool:
        """Whether a person has to decide."""
        is_open = self.incident is None and not self.dismissed and not self.settled
        return self.action is AlertAction.DRAFT and is_open

    @property
    def state(self) -> AlertState:
        """Standing, parked or over."""
        if self.settled:
            return AlertState.OVER
        return AlertState.STANDING if self.ended_at is None else AlertState.PARKED


@dataclass(frozen=True)
class Page:
    """Alerts, those that came last first; without a cursor there are no more."""

    alerts: Sequence[Standing]
    cursor: str | None


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """One row an alert."""
    if isinstance(recorded.event, AlertFired):
        rows.put(ALERTS, _fired(recorded))
    elif isinstance(recorded.event, EVENTS):
        known = rows.get(ALERTS, recorded.stream) or {}
        rows.put(ALERTS, {**known, **_changed(known, recorded.event)})


def unanswered(connection: Connection, limit: int) -> Sequence[Standing]:
    """Those that fire and that nothing was done about, the one that came first is first."""
    return _found(connection, select(ALERTS).where(IS_UNANSWERED).order_by(ALERTS.c.position).limit(limit))


def ended(connection: Connection, limit: int) -> Sequence[Standing]:
    """Those whose end is not confirmed, answered or not, the one that is said to have ended first is first."""
    oldest = ALERTS.c.ended_at, ALERTS.c.position
    return _found(connection, select(ALERTS).where(IS_PARKED).order_by(*oldest).limit(limit))


def standing(connection: Connection) -> Sequence[Standing]:
    """Those that fire, and those whose end is not confirmed."""
    return _found(connection, select(ALERTS).where(STANDS).order_by(ALERTS.c.position))


def of_incident(connection: Connection, incident: Id) -> Sequence[Id]:
    """The alerts that it was opened for, that joined it, or that it was published from; first those not over."""
    query = select(ALERTS.c.stream).where(ALERTS.c.incident == incident)
    return connection.scalars(query.order_by(ALERTS.c.settled, ALERTS.c.position)).all()


def open_incidents(connection: Connection, component: str) -> Sequence[Id]:
    """The incidents of alerts on this component that are not settled, the oldest first; a person may have ended one."""
    here = STANDS, ALERTS.c.component == component, ALERTS.c.incident.is_not(None)
    query = select(ALERTS.c.incident).where(*here).order_by(ALERTS.c.position)
    return list(dict.fromkeys(connection.scalars(query)))


def last_bearer(connection: Connection) -> Id | None:
    """Whose token handed over an alert last."""
    query = select(ALERTS.c.by).where(ALERTS.c.by.is_not(None)).order_by(ALERTS.c.position.desc())
    found: Id | None = connection.scalar(query.limit(1))
    return found


def one(connection: Connection, code: str) -> Standing | None:
    """That of a code; None if there is none."""
    return next(iter(_found(connection, select(ALERTS).where(ALERTS.c.code == code))), None)


def page(connection: Connection, state: AlertState | None, *, cursor: str | None, limit: int) -> Page:
    """A page of those in a state, or of all; `Refused` if the cursor is none of ours."""
    query = select(ALERTS).order_by(ALERTS.c.position.desc()).limit(limit + 1)
    if state is not None:
        query = query.where(FOUND_BY[state])
    if cursor is not None:
        query = query.where(ALERTS.c.position < read(cursor, int)[0])
    found = _found(connection, query)
    shown = found[:limit]
    return Page(shown, written(shown[-1].position) if len(found) > limit else None)


def _fired(recorded: Recorded[AlertFired]) -> Row:
    event, text = recorded.event, recorded.event.text
    return {
        "stream": recorded.stream,
        "code": code_of("alert", recorded.stream),
        "fingerprint": event.fingerprint,
        "started_at": event.at,
        "labels": json.dumps(event.labels, ensure_ascii=False),
        "text_version": recorded.version,
        "text_section": text.section if isinstance(text, Address) else "",
        "by": event.by,
        "position": recorded.position,
        **UNDONE,
    }


def _changed(known: Row, event: Any) -> Row:
    match event:
        case AlertEnded():
            return {"ended_at": event.at}
        case AlertFiredAgain():
            return UNDONE if known["settled"] else {"ended_at": None}
        case AlertSettled():
            return {"settled": True}
        case AlertAnswered():
            done = {"action": event.action.value, "rule": event.rule, "component": event.component}
            return {**done, "incident": event.incident, "tickets": json.dumps(event.tickets)}
        case AlertPublished():
            return {"incident": event.incident}
        case AlertDismissed():
            return {"dismissed": True}
        case _:
            assert_never(event)


def _found(connection: Connection, query: Any) -> list[Standing]:
    return [_standing(row) for row in connection.execute(query).mappings()]


def _standing(row: RowMapping) -> Standing:
    plain = ("stream", "code", "fingerprint", "started_at", "ended_at", "settled", "by", "rule", "component")
    return Standing(
        **{name: row[name] for name in (*plain, "incident", "dismissed", "position")},
        labels=json.loads(row["labels"]),
        text=Address(row["stream"], row["stream"], row["text_version"], row["text_section"]),
        action=AlertAction(row["action"]) if row["action"] else None,
        tickets=tuple(json.loads(row["tickets"])),
    )
