"""Deliveries: who was told what, how often it was tried, and when it is tried again.

This is the work loop's own memory beside the views, no view: it is not in the log. If it is lost, whoever was told
of an announcement that others are still to be told of is told again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
)

from domain.event import Id
from domain.instant import Instant
from projections.database import for_writing, make
from projections.subscribed import SUBSCRIBERS
from projections.subscribers import Announced, Subscriber, read
from service.attempts import REST

INVITATION: Final = 0
"""The position of no event: that the address was asked to confirm."""

METADATA: Final = MetaData()
DELIVERIES: Final = Table(
    "subscriber_deliveries",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream", String, primary_key=True),
    Column("outcome", String),
    Column("attempts", Integer, nullable=False),
    Column("why", String, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("rests_until", BigInteger, nullable=False),
)
Index("subscriber_deliveries_stream", DELIVERIES.c.stream)
Index("subscriber_deliveries_resting", DELIVERIES.c.rests_until)


class Outcome(StrEnum):
    """What became of it in the end."""

    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True)
class Delivery:
    """Something that a subscriber is still to be told."""

    mailing: Announced | None
    """None: how to confirm."""
    subscriber: Subscriber
    attempts: int

    @property
    def position(self) -> int:
        return self.mailing.position if self.mailing else INVITATION


def prepare(views: Engine) -> None:
    """Make the table if it is not there."""
    make(views, METADATA)


def due(
    connection: Connection, query: Select[Any], mailing: Announced | None, *, at: Instant, limit: int
) -> Sequence[Delivery]:
    """Whom of these to tell now; those to whom something has just failed are left alone."""
    resting = select(DELIVERIES.c.stream).where(DELIVERIES.c.rests_until > at)
    waits = func.coalesce(DELIVERIES.c.next_at, 0) <= at, SUBSCRIBERS.c.stream.not_in(resting)
    found = connection.execute(_untold(query, mailing).where(*waits).limit(limit))
    return [Delivery(mailing, read(row), row.attempts or 0) for row in found]


def left(connection: Connection, query: Select[Any], mailing: Announced, *, most: int | None = None) -> int:
    """How many of these are still to be told; no further than `most` is counted."""
    rows = _untold(query, mailing).order_by(None).limit(most).subquery()
    return connection.scalar(select(func.count()).select_from(rows)) or 0


def counts(connection: Connection, mailing: Announced) -> Mapping[Outcome, int]:
    """How many were told, and how many cannot be."""
    query = select(DELIVERIES.c.outcome, func.count()).where(DELIVERIES.c.position == mailing.position)
    known = {row[0]: row[1] for row in connection.execute(query.group_by(DELIVERIES.c.outcome))}
    return {each: known.get(each.value, 0) for each in Outcome}


def is_resting(views: Engine, stream: Id, *, at: Instant) -> bool:
    """Whether something to that subscriber has just failed."""
    with views.connect() as connection:
        query = select(func.count()).where(DELIVERIES.c.stream == stream, DELIVERIES.c.rests_until > at)
        return connection.scalar(query) != 0


def note_failure(views: Engine, tried: Delivery, why: str, *, at: Instant, next_at: Instant) -> None:
    """Another attempt failed."""
    times = {"next_at": next_at, "rests_until": min(next_at, at + REST)}
    _put(views, tried, outcome=None, why=why, **times)


def note(views: Engine, tried: Delivery, outcome: Outcome, why: str = "") -> None:
    """It arrived, or was given up."""
    _put(views, tried, outcome=outcome.value, why=why, next_at=0, rests_until=0)


def forget_mailing(views: Engine, mailing: Announced) -> None:
    """It is done."""
    with for_writing(views).begin() as connection:
        connection.execute(delete(DELIVERIES).where(DELIVERIES.c.position == mailing.position))


def forget_invitation(views: Engine, stream: Id) -> None:
    """The subscription is over; what it was told of mailings that are under way still counts."""
    with for_writing(views).begin() as connection:
        connection.execute(delete(DELIVERIES).where(*_is({"position": INVITATION, "stream": stream})))


def _untold(query: Select[Any], mailing: Announced | None) -> Select[Any]:
    position = mailing.position if mailing else INVITATION
    same = and_(DELIVERIES.c.stream == SUBSCRIBERS.c.stream, DELIVERIES.c.position == position)
    joined: Select[Any] = query.add_columns(DELIVERIES.c.attempts).join(DELIVERIES, same, isouter=True)
    return joined.where(DELIVERIES.c.outcome.is_(None))


def _put(views: Engine, tried: Delivery, **noted: Any) -> None:
    key = {"position": tried.position, "stream": tried.subscriber.stream}
    with for_writing(views).begin() as connection:
        connection.execute(delete(DELIVERIES).where(*_is(key)))
        connection.execute(insert(DELIVERIES).values(**key, attempts=tried.attempts + 1, **noted))


def _is(key: Mapping[str, Any]) -> Sequence[ColumnElement[bool]]:
    return [DELIVERIES.c[name] == value for name, value in key.items()]
