"""Deadlines: what the timer has to do and when, and which tickets hang because nobody did what was to be done."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    MetaData,
    String,
    Table,
    func,
    select,
)

from domain.access import Scope
from domain.event import Id
from domain.instant import Instant
from domain.ticket import Ticket
from projections.outlook import Outlook
from projections.past import Moment
from projections.rows import Rows
from projections.scope import within
from projections.touched import touched
from store.log import Recorded

NAME: Final = "deadlines_v1"
METADATA: Final = MetaData()
TICKETS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("reference", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("requester", String, nullable=False),
    Column("line", String, nullable=False),
    Column("team", String, nullable=False),
    Column("owner", String),
    Column("tick_at", BigInteger),
    Column("next_act_at", BigInteger),
    Column("closes_at", BigInteger),
    Column("beyond_calendar", Boolean, nullable=False),
)
Index(f"{NAME}_tick", TICKETS.c.tick_at)


@dataclass(frozen=True)
class Deadline:
    """When something has to be done on a ticket."""

    stream: Id
    reference: str
    organisation: Id
    line: str
    team: str
    owner: Id | None
    tick_at: Instant | None
    """When the timer has something to do; None if only people can act."""
    next_act_at: Instant | None
    """When something is to happen: as stated, or by the earliest running due; without one the ticket hangs."""
    closes_at: Instant | None
    """When silence becomes consent."""


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """Every ticket that is neither closed nor merged has a row."""
    for stream, ticket, ahead in touched(rows, TICKETS, recorded, moment):
        if ticket.is_live:
            rows.put(TICKETS, {"stream": stream, **_row(ticket, ahead)})
        else:
            rows.remove(TICKETS, stream)


def due_ticks(connection: Connection, *, at: Instant, limit: int = 500) -> Sequence[Deadline]:
    """What the timer has to do by now, the longest due first."""
    query = _deadlines().where(TICKETS.c.tick_at <= at).order_by(TICKETS.c.tick_at, TICKETS.c.stream)
    return [Deadline(*row) for row in connection.execute(query.limit(limit))]


def next_due_tick(connection: Connection) -> Instant | None:
    """Until when the timer may sleep; None: until something happens."""
    earliest: Instant | None = connection.execute(select(func.min(TICKETS.c.tick_at))).scalar_one()
    return earliest


def hanging(connection: Connection, scope: Scope, *, at: Instant, limit: int = 500) -> Sequence[Deadline]:
    """The tickets whose next act is past, the longest first; those without any come before all."""
    next_act_at = func.coalesce(TICKETS.c.next_act_at, 0)
    query = _deadlines().where(next_act_at < at, within(TICKETS, scope))
    return [Deadline(*row) for row in connection.execute(query.order_by(next_act_at, TICKETS.c.stream).limit(limit))]


def count_hanging(connection: Connection, *, at: Instant) -> int:
    """How many tickets hang, of everybody."""
    query = select(func.count()).select_from(TICKETS).where(func.coalesce(TICKETS.c.next_act_at, 0) < at)
    return connection.execute(query).scalar_one()


def deadline(connection: Connection, stream: Id) -> Deadline | None:
    """Those of one ticket; None if it is closed or merged."""
    row = connection.execute(_deadlines().where(TICKETS.c.stream == stream)).one_or_none()
    return Deadline(*row) if row else None


def _row(ticket: Ticket, ahead: Outlook) -> dict[str, Any]:
    return {
        "reference": ticket.reference,
        "organisation": ticket.organisation,
        "requester": ticket.requester,
        "line": ticket.line,
        "team": ticket.team,
        "owner": ticket.owner,
        "tick_at": ahead.tick_at,
        "next_act_at": ahead.next_act_at,
        "closes_at": ahead.closes_at,
        "beyond_calendar": ahead.beyond_calendar,
    }


def _deadlines() -> Any:
    return select(*(TICKETS.c[field.name] for field in fields(Deadline)))
