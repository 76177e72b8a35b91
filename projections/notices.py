"""Notices: what clients of organisations with a webhook were not told yet, and the dead letters.

Whoever has no webhook when the notice arises has nothing delivered, and nothing is undelivered. What was imported or
simulated happened elsewhere: nobody is told of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
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
    select,
)

from domain.event import Id, Source
from domain.instant import Instant
from domain.organisation import WebhookRemoved, WebhookSet
from domain.ticket import Ticket
from domain.ticket.notices import ClientToBeTold, NoticeUndeliverable
from projections.past import Moment
from projections.rows import Row, Rows
from store.log import Recorded

NAME: Final = "notices_v1"
METADATA: Final = MetaData()
NOTICES: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("notice", Integer, primary_key=True, autoincrement=False),
    Column("reference", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("given_up", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("why", String, nullable=False),
)
Index(f"{NAME}_at", NOTICES.c.given_up, NOTICES.c.at)
RECEIVERS: Final = Table(f"{NAME}_receivers", METADATA, Column("organisation", String, primary_key=True))


@dataclass(frozen=True)
class Notice:
    """What a client is to be told: that the ticket has reached a stage."""

    stream: Id
    notice: int
    reference: str
    organisation: Id
    stage: str
    at: Instant
    """When the stage was reached."""


@dataclass(frozen=True)
class DeadLetter(Notice):
    """A notice that was given up."""

    attempts: int
    why: str


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """A notice has a row from its beginning until it is delivered or void."""
    match recorded.event:
        case WebhookSet():
            rows.put(RECEIVERS, {"organisation": recorded.stream})
        case WebhookRemoved():
            rows.remove(RECEIVERS, recorded.stream)
        case ClientToBeTold() if recorded.envelope.source is Source.LIVE:
            _arise(rows, recorded.stream, moment.after, recorded.event)
        case _:
            _follow(rows, recorded, moment)


def undelivered() -> Any:
    """The query for what is still to be delivered, for whoever joins it with what was tried."""
    return select(*(NOTICES.c[field.name] for field in fields(Notice))).where(NOTICES.c.given_up.is_(False))


def dead_letters(connection: Connection, *, limit: int = 500) -> Sequence[DeadLetter]:
    """What was given up, the oldest first."""
    columns = (NOTICES.c[field.name] for field in fields(DeadLetter))
    query = select(*columns).where(NOTICES.c.given_up).order_by(NOTICES.c.at, NOTICES.c.stream, NOTICES.c.notice)
    return [DeadLetter(*row) for row in connection.execute(query.limit(limit))]


def _arise(rows: Rows, stream: Id, ticket: Ticket, told: ClientToBeTold) -> None:
    if rows.get(RECEIVERS, ticket.organisation) is not None:
        row = {"stream": stream, "reference": ticket.reference, "organisation": ticket.organisation}
        told_of = {"notice": told.notice, "stage": told.stage.value, "at": told.at}
        rows.put(NOTICES, {**row, **told_of, "given_up": False, "attempts": 0, "why": ""})


def _follow(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """Whatever the event was: the row says what the ticket says."""
    before, after = moment.before, moment.after
    for notice in (before.untold | before.given_up) - after.untold - after.given_up:
        rows.remove(NOTICES, recorded.stream, notice)
    for notice in after.given_up - before.given_up:
        dead: NoticeUndeliverable = recorded.event
        _mark(rows, recorded.stream, notice, {"given_up": True, "attempts": dead.attempts, "why": dead.why})
    for notice in before.given_up & after.untold:
        _mark(rows, recorded.stream, notice, {"given_up": False})


def _mark(rows: Rows, stream: Id, notice: int, values: Row) -> None:
    """Where nobody was to be told there is no row."""
    known = rows.get(NOTICES, stream, notice)
    if known is not None:
        rows.put(NOTICES, {**known, **values})
