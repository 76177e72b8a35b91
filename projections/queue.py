"""The queue: what has to be worked on, in the order in which it has to be, now and at any instant of the past."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    String,
    Table,
    case,
    func,
    literal,
    select,
    tuple_,
)

from domain.access import Scope
from domain.event import Id
from domain.instant import Instant
from domain.ticket import Stage, Ticket
from projections.batch import checkpoint
from projections.cursor import read, written
from projections.outlook import NEVER, Outlook
from projections.past import Moment
from projections.rows import Rows
from projections.scope import Filters, matching, within
from projections.span import CURRENT, holding_at, span_columns, span_index
from projections.ticket import visible
from projections.touched import touched
from store.log import Recorded

NAME: Final = "queue_v1"
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
    Column("level", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("category", String),
    Column("complexity", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("at_risk_at", BigInteger),
    Column("due_at", BigInteger),
    Column("next_act_at", BigInteger),
    Column("paused", Boolean, nullable=False),
    Column("beyond_calendar", Boolean, nullable=False),
    *span_columns(),
)
span_index(TICKETS)

BREACHED: Final = 0
AT_RISK: Final = 1
RUNNING: Final = 2
PAUSED: Final = 3

WORKING: Final = (Stage.OPENED, Stage.ACCEPTED, Stage.WAITING)
"""The stages of tickets whose work is not done."""


@dataclass(frozen=True)
class Queued:
    """A ticket in the queue."""

    stream: Id
    reference: str
    organisation: Id
    requester: Id
    line: str
    team: str
    owner: Id | None
    level: str
    kind: str
    priority: str
    category: str | None
    complexity: str
    stage: str
    opened_at: Instant
    at_risk_at: Instant | None
    due_at: Instant | None
    """The earliest due instant of a clock that runs."""
    next_act_at: Instant | None
    paused: bool

    def is_breached(self, at: Instant) -> bool:
        return self.due_at is not None and self.due_at < at

    def is_at_risk(self, at: Instant) -> bool:
        return not self.is_breached(at) and self.at_risk_at is not None and self.at_risk_at <= at


@dataclass(frozen=True)
class Page:
    """Tickets in the order of the queue as it stood at a position; without a cursor there are no more."""

    tickets: Sequence[Queued]
    position: int
    cursor: str | None


@dataclass(frozen=True)
class OpenTickets:
    """Tickets of a priority at a stage whose work is not done."""

    priority: str
    stage: Stage
    number: int
    oldest: Instant
    """When the oldest of them was opened."""


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """A ticket is in the queue while its work is not done, or a message of the client is unanswered."""
    for stream, ticket, ahead in touched(rows, TICKETS, recorded, moment):
        queued = ticket.is_open or (ticket.is_live and ticket.owes_answer)
        rows.hold(TICKETS, {"stream": stream}, _row(ticket, ahead) if queued else None, recorded.position)


def page(
    connection: Connection,
    scope: Scope,
    filters: Filters,
    *,
    at: Instant,
    position: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Breached, at risk, then the earliest running due, then the opening; paused last.

    `at` is the instant for which that is told, `position` the one at which the queue is looked at (None: the newest); a
    cursor holds both as they were when the first page was asked for. Whose tickets they are is asked of today.
    """
    newest = position is None and cursor is None
    position = checkpoint(connection, NAME) if position is None else position
    after: list[Any] = []
    if cursor is not None:
        position, at, *after = read(cursor, int, int, int, int, int, str)
    order = _order(at)
    shown = [TICKETS.c[field.name] for field in fields(Queued)]
    query = select(*order, *shown).where(
        holding_at(TICKETS, position),
        within(TICKETS, scope) if newest else visible(TICKETS.c.stream, scope),
        *matching(TICKETS, asdict(filters)),
    )
    if after:
        query = query.where(tuple_(*order) > tuple_(*(literal(value) for value in after)))
    rows = connection.execute(query.order_by(*order).limit(limit + 1)).all()
    tickets = [Queued(*row[len(order) :]) for row in rows[:limit]]
    more = written(position, at, *rows[limit - 1][: len(order)]) if len(rows) > limit else None
    return Page(tickets, position, more)


def counts(connection: Connection, scope: Scope, filters: Filters, *, at: Instant, position: int) -> dict[str, int]:
    """How many tickets stand how at the instant; every ticket of the queue is counted once."""
    rank, *_ = _order(at)
    query = (
        select(rank, func.count())
        .where(holding_at(TICKETS, position), within(TICKETS, scope), *matching(TICKETS, asdict(filters)))
        .group_by(rank)
    )
    found = {row[0]: row[1] for row in connection.execute(query)}
    names = {"breached": BREACHED, "at_risk": AT_RISK, "running": RUNNING, "paused": PAUSED}
    return {name: found.get(number, 0) for name, number in names.items()}


def stages(connection: Connection, filters: Filters, *, position: int) -> dict[Stage, int]:
    """How many tickets of the queue are at which stage."""
    found = holding_at(TICKETS, position), *matching(TICKETS, asdict(filters))
    rows = connection.execute(select(TICKETS.c.stage, func.count()).where(*found).group_by(TICKETS.c.stage))
    known = {row[0]: row[1] for row in rows}
    return {stage: known[stage.value] for stage in Stage if stage.value in known}


def open_tickets(connection: Connection, organisation: Id | None = None) -> Sequence[OpenTickets]:
    """All whose work is not done, as of now; of one organisation if it is named."""
    axes = TICKETS.c.priority, TICKETS.c.stage
    working = TICKETS.c.node == CURRENT, TICKETS.c.stage.in_([each.value for each in WORKING])
    query = select(*axes, func.count(), func.min(TICKETS.c.opened_at)).where(*working).group_by(*axes)
    if organisation is not None:
        query = query.where(TICKETS.c.organisation == organisation)
    rows = connection.execute(query)
    return [OpenTickets(priority, Stage(stage), number, oldest) for priority, stage, number, oldest in rows]


def _row(ticket: Ticket, ahead: Outlook) -> dict[str, Any]:
    return {
        "reference": ticket.reference,
        "organisation": ticket.organisation,
        "requester": ticket.requester,
        "line": ticket.line,
        "team": ticket.team,
        "owner": ticket.owner,
        "level": ticket.level,
        "kind": ticket.kind.value,
        "priority": ticket.priority.value,
        "category": ticket.category,
        "complexity": ticket.complexity.value,
        "stage": ticket.stage.value,
        "opened_at": ticket.clocks.terms[0].since,
        "at_risk_at": ahead.at_risk_at,
        "due_at": ahead.due_at,
        "next_act_at": ahead.next_act_at,
        "paused": ticket.clocks.waits_for is not None,
        "beyond_calendar": ahead.beyond_calendar,
    }


def _order(at: Instant) -> tuple[ColumnElement[Any], ...]:
    """Rank, due, opening, and the stream so that the order is total; paused with a clock that runs is not paused."""
    rank = case(
        (TICKETS.c.due_at < at, BREACHED),
        (TICKETS.c.at_risk_at <= at, AT_RISK),
        (TICKETS.c.paused & TICKETS.c.due_at.is_(None), PAUSED),
        else_=RUNNING,
    )
    return rank, func.coalesce(TICKETS.c.due_at, NEVER), TICKETS.c.opened_at, TICKETS.c.stream
