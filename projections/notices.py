"""Notices: what clients and the staff were not told yet although they have a webhook, and the dead letters.

Whoever has no webhook when the notice arises has nothing delivered, and nothing is undelivered. What was imported or
simulated happened elsewhere: nobody is told of it.
"""

import json
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

from domain.desk import DeskWebhookRemoved, DeskWebhookSet
from domain.event import Id, Source
from domain.instant import Instant
from domain.organisation import WebhookRemoved, WebhookSet
from domain.ticket import Ticket
from domain.ticket.notices import ClientToBeTold, NoticeUndeliverable
from domain.ticket.promise import Escalated
from projections.past import Moment
from projections.rows import Row, Rows
from store.log import Recorded

STAFF: Final = "staff"
"""The receiver of what the escalation ladder says; every other one is an organisation."""

NAME: Final = "notices_v2"
METADATA: Final = MetaData()
NOTICES: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("notice", Integer, primary_key=True, autoincrement=False),
    Column("reference", String, nullable=False),
    Column("receiver", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("facts", String, nullable=False),
    Column("given_up", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("why", String, nullable=False),
)
Index(f"{NAME}_at", NOTICES.c.given_up, NOTICES.c.at)
RECEIVERS: Final = Table(f"{NAME}_receivers", METADATA, Column("receiver", String, primary_key=True))


@dataclass(frozen=True)
class Notice:
    """What somebody is to be told of a ticket."""

    stream: Id
    notice: int
    reference: str
    receiver: Id
    """The client organisation, or `STAFF`."""
    at: Instant
    """When it arose."""
    facts: str
    """JSON: the stage that was reached, or the step of the ladder."""

    @property
    def values(self) -> dict[str, Any]:
        """The facts by name."""
        values: dict[str, Any] = json.loads(self.facts)
        return values


@dataclass(frozen=True)
class DeadLetter(Notice):
    """A notice that was given up."""

    attempts: int
    why: str


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """A notice has a row from its beginning until it is delivered or void."""
    match recorded.event:
        case WebhookSet():
            rows.put(RECEIVERS, {"receiver": recorded.stream})
        case WebhookRemoved():
            rows.remove(RECEIVERS, recorded.stream)
        case DeskWebhookSet():
            rows.put(RECEIVERS, {"receiver": STAFF})
        case DeskWebhookRemoved():
            rows.remove(RECEIVERS, STAFF)
        case ClientToBeTold() | Escalated(notice=int()) if recorded.envelope.source is Source.LIVE:
            _arise(rows, recorded, moment.after)
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


def _arise(rows: Rows, recorded: Recorded[ClientToBeTold | Escalated], ticket: Ticket) -> None:
    event = recorded.event
    receiver = STAFF if isinstance(event, Escalated) else ticket.organisation
    if rows.get(RECEIVERS, receiver) is not None:
        row = {"stream": recorded.stream, "notice": event.notice, "reference": ticket.reference, "receiver": receiver}
        told = {"at": event.at, "facts": json.dumps(_facts(event))}
        rows.put(NOTICES, {**row, **told, "given_up": False, "attempts": 0, "why": ""})


def _facts(event: ClientToBeTold | Escalated) -> dict[str, str | int]:
    if isinstance(event, ClientToBeTold):
        return {"stage": event.stage}
    return {"clock": event.clock, "instance": event.instance, "per_mille": event.per_mille, "whom": event.whom}


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
