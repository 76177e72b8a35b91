"""Upkeep: whose open tickets have to pass to somebody else, and which are held to a version that was amended."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    func,
    select,
)

from domain.event import Id
from domain.instant import Instant
from domain.person.absence import AbsenceCancelled, AbsencePlanned
from domain.person.identity import Deactivated
from domain.ticket import Stage, Ticket
from domain.ticket.upkeep import has_work
from projections.past import Moment
from projections.rows import Rows
from store.log import Recorded

NAME: Final = "upkeep_v1"
FOR_EVER: Final[Instant] = 2**62
METADATA: Final = MetaData()
TICKETS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("owner", String),
    Column("level", String, nullable=False),
    Column("policy", Integer, nullable=False),
    Column("is_open", Boolean, nullable=False),
)
Index(f"{NAME}_owner", TICKETS.c.owner)
Index(f"{NAME}_terms", TICKETS.c.level, TICKETS.c.policy)
ABSENCES: Final = Table(
    f"{NAME}_absences",
    METADATA,
    Column("absence", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
)


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """A ticket has a row while there is work on it, an absence unless cancelled; who has left is away for ever."""
    match recorded.event:
        case AbsencePlanned(absence=absence, start=start, end=end):
            rows.put(ABSENCES, {"absence": absence, "person": recorded.stream, "start": start, "end": end})
        case Deactivated(at=at):
            left = {"absence": recorded.stream, "person": recorded.stream, "start": at, "end": FOR_EVER}
            rows.put(ABSENCES, left)
        case AbsenceCancelled(absence=absence):
            rows.remove(ABSENCES, absence)
        case _:
            _keep(rows, recorded.stream, moment.after)


def of_absent(connection: Connection, *, at: Instant, limit: int = 500) -> Sequence[tuple[Id, Id]]:
    """Tickets with the owners who are away at that instant, or have left."""
    away = ABSENCES.c.person == TICKETS.c.owner, ABSENCES.c.start <= at, ABSENCES.c.end > at
    query = select(TICKETS.c.stream, TICKETS.c.owner).distinct().where(*away).order_by(TICKETS.c.stream)
    return [(row.stream, row.owner) for row in connection.execute(query.limit(limit))]


def next_absence(connection: Connection, *, after: Instant) -> Instant | None:
    """When somebody is away next."""
    start: Instant | None = connection.scalar(select(func.min(ABSENCES.c.start)).where(ABSENCES.c.start > after))
    return start


def terms(connection: Connection) -> Sequence[tuple[str, int]]:
    """The levels and versions that open tickets are held to."""
    query = select(TICKETS.c.level, TICKETS.c.policy).distinct().where(TICKETS.c.is_open)
    return [(row.level, row.policy) for row in connection.execute(query)]


def held_to(connection: Connection, level: str, version: int, *, limit: int = 500) -> Sequence[Id]:
    """The open tickets under one version of a level."""
    held = TICKETS.c.is_open, TICKETS.c.level == level, TICKETS.c.policy == version
    return connection.scalars(select(TICKETS.c.stream).where(*held).order_by(TICKETS.c.stream).limit(limit)).all()


def _keep(rows: Rows, stream: Id, ticket: Ticket) -> None:
    if has_work(ticket):
        row = {"stream": stream, "owner": ticket.owner, "level": ticket.level, "policy": ticket.policy}
        rows.put(TICKETS, {**row, "is_open": ticket.is_open})
    elif ticket.stage is not Stage.NONE:
        rows.remove(TICKETS, stream)
