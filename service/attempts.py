"""Attempts: how often each notice was tried and when it is tried again.

This is the work loop's own memory beside the views, no view: it is not in the log. If it is lost the tries begin anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    select,
)

from domain.event import Id
from domain.instant import MINUTE, Duration, Instant
from projections.database import for_writing, make
from projections.notices import NOTICES, Notice, undelivered

REST: Final[Duration] = MINUTE
"""How long, at the most, a receiver that failed is left alone before another notice is tried there."""

METADATA: Final = MetaData()
ATTEMPTS: Final = Table(
    "delivery_attempts",
    METADATA,
    Column("stream", String, primary_key=True),
    Column("notice", Integer, primary_key=True, autoincrement=False),
    Column("receiver", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("why", String, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("rests_until", BigInteger, nullable=False),
)


@dataclass(frozen=True)
class Pending:
    """A notice that is still to be delivered, and what was tried."""

    notice: Notice
    attempts: int
    why: str
    """Why the last attempt failed."""
    next_at: Instant | None
    """None: it was not tried yet."""


def prepare(views: Engine) -> None:
    """Make the table if it is not there."""
    make(views, METADATA)


def pending(connection: Connection, *, limit: int = 500) -> Sequence[Pending]:
    """All that is still to be delivered, the oldest first."""
    return _read(connection, _tried().limit(limit))


def due(connection: Connection, *, at: Instant, limit: int) -> Sequence[Pending]:
    """What is to be tried now, the oldest first; receivers that have just failed are left alone."""
    resting = select(ATTEMPTS.c.receiver).where(_resting(at))
    awake = NOTICES.c.receiver.not_in(resting), func.coalesce(ATTEMPTS.c.next_at, 0) <= at
    return _read(connection, _tried().where(*awake).limit(limit))


def is_resting(views: Engine, receiver: Id, *, at: Instant) -> bool:
    """Whether it has just failed."""
    with views.connect() as connection:
        return connection.scalar(select(func.count()).where(_resting(at), ATTEMPTS.c.receiver == receiver)) != 0


def next_due(connection: Connection, *, after: Instant) -> Instant | None:
    """When something is tried again."""
    next_at: Instant | None = connection.scalar(select(func.min(ATTEMPTS.c.next_at)).where(ATTEMPTS.c.next_at > after))
    return next_at


def note(views: Engine, tried: Pending, why: str, *, at: Instant, next_at: Instant) -> None:
    """Another attempt failed."""
    notice = tried.notice
    row = {"stream": notice.stream, "notice": notice.notice, "receiver": notice.receiver}
    with for_writing(views).begin() as connection:
        connection.execute(delete(ATTEMPTS).where(*_of(notice)))
        counted = {"attempts": tried.attempts + 1, "why": why}
        times = {"next_at": next_at, "rests_until": min(next_at, at + REST)}
        connection.execute(insert(ATTEMPTS).values(**row, **counted, **times))


def forget(views: Engine, notice: Notice) -> None:
    """It is delivered, given up or void."""
    with for_writing(views).begin() as connection:
        connection.execute(delete(ATTEMPTS).where(*_of(notice)))


def _resting(at: Instant) -> Any:
    return ATTEMPTS.c.rests_until > at


def _tried() -> Any:
    same = and_(ATTEMPTS.c.stream == NOTICES.c.stream, ATTEMPTS.c.notice == NOTICES.c.notice)
    query = undelivered().add_columns(ATTEMPTS.c.attempts, ATTEMPTS.c.why, ATTEMPTS.c.next_at)
    return query.join(ATTEMPTS, same, isouter=True).order_by(NOTICES.c.at, NOTICES.c.stream, NOTICES.c.notice)


def _read(connection: Connection, query: Any) -> list[Pending]:
    return [
        Pending(Notice(*notice), attempts or 0, why or "", next_at)
        for *notice, attempts, why, next_at in connection.execute(query)
    ]


def _of(notice: Notice) -> tuple[Any, Any]:
    return ATTEMPTS.c.stream == notice.stream, ATTEMPTS.c.notice == notice.notice
