"""Subscribers: who is to be told of announcements, what was announced and not yet told to all, and the dead letters."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, func, or_, select, tuple_

from domain.event import Address, Id
from domain.instant import Instant
from domain.subscription import Step, SubscriptionChannel, SubscriptionEnd
from projections.past import Moment
from projections.rows import Rows
from projections.subscribed import COUNTS, DEAD, HEARERS, MAILINGS, SUBSCRIBERS, WISHES, MailingKind, follow
from store.log import Recorded

NAME: Final = SUBSCRIBERS.name
METADATA: Final = SUBSCRIBERS.metadata


@dataclass(frozen=True)
class Subscriber:
    """A subscription as it stands."""

    stream: Id
    step: Step
    why: SubscriptionEnd | None
    """Why it ended."""
    channel: SubscriptionChannel
    address: Address
    language: str
    components: Sequence[str]
    """Keys; none: everything."""
    is_invited: bool
    requested_at: Instant
    ends_at: Instant | None
    """When it ends by itself unless it is confirmed before."""
    confirmed_at: Instant | None
    failures: int
    """Announcements in a row that could not be delivered."""


@dataclass(frozen=True)
class Announced:
    """An announcement that is still to be told to some."""

    position: int
    """Of its event in the log."""
    stream: Id
    """The incident, the works or the component."""
    version: int
    kind: MailingKind
    at: Instant


@dataclass(frozen=True)
class DeadLetter:
    """An announcement that a subscriber could not be told."""

    stream: Id
    mailing: Id
    at: Instant
    attempts: int
    why: str


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """Follow subscriptions, and note what is announced."""
    follow(rows, recorded)


def one(connection: Connection, stream: Id) -> Subscriber | None:
    """None if there is no such subscription."""
    row = connection.execute(select(SUBSCRIBERS).where(SUBSCRIBERS.c.stream == stream)).one_or_none()
    return read(row) if row else None


def page(
    connection: Connection, *, steps: Collection[Step], after: tuple[Instant, Id] = (-1, ""), limit: int = 500
) -> Sequence[Subscriber]:
    """Those that are so far, the oldest first; `after` is when the last one before them was requested, and its id."""
    place = tuple_(SUBSCRIBERS.c.requested_at, SUBSCRIBERS.c.stream)
    query = select(SUBSCRIBERS).where(SUBSCRIBERS.c.step.in_([each.value for each in steps]), place > after)
    rows = connection.execute(query.order_by(SUBSCRIBERS.c.requested_at, SUBSCRIBERS.c.stream).limit(limit))
    return [read(row) for row in rows]


def count(connection: Connection, step: Step) -> int:
    """How many are so far now."""
    return connection.scalar(select(func.sum(COUNTS.c["count"])).where(COUNTS.c.step == step.value)) or 0


def to_be_invited() -> Select[Any]:
    """The query for those who were not asked yet to confirm, oldest first, for whoever joins it with what was tried."""
    asked = SUBSCRIBERS.c.step == Step.REQUESTED.value, SUBSCRIBERS.c.is_invited.is_(False)
    return select(SUBSCRIBERS).where(*asked).order_by(SUBSCRIBERS.c.requested_at)


def late(connection: Connection, *, at: Instant, limit: int) -> Sequence[Id]:
    """Those that nobody confirmed in time."""
    waits = SUBSCRIBERS.c.step == Step.REQUESTED.value, SUBSCRIBERS.c.ends_at <= at
    return connection.scalars(select(SUBSCRIBERS.c.stream).where(*waits).limit(limit)).all()


def to_be_forgotten(connection: Connection, *, limit: int) -> Sequence[Id]:
    """Those that ended and whose address is still there."""
    ended = SUBSCRIBERS.c.step == Step.ENDED.value
    return connection.scalars(select(SUBSCRIBERS.c.stream).where(ended).limit(limit)).all()


def mailings(connection: Connection, *, limit: int = 100) -> Sequence[Announced]:
    """What is still to be told to some, the oldest first."""
    rows = connection.execute(select(MAILINGS).order_by(MAILINGS.c.position).limit(limit))
    return [Announced(row.position, row.stream, row.version, MailingKind(row.kind), row.at) for row in rows]


def audience(mailing: Announced, components: Collection[str]) -> Select[Any]:
    """The query for those who are to be told of an announcement that concerns these components.

    Whoever confirmed after it hears of the next one. What concerns no component is told to those who want everything.
    """
    wished = select(WISHES.c.stream).where(WISHES.c.component.in_(components))
    query = select(SUBSCRIBERS).where(
        SUBSCRIBERS.c.step == Step.CONFIRMED.value,
        SUBSCRIBERS.c.confirmed_position < mailing.position,
        or_(SUBSCRIBERS.c.is_for_all, SUBSCRIBERS.c.stream.in_(wished)),
        SUBSCRIBERS.c.channel.in_([each.value for each in HEARERS[mailing.kind]]),
    )
    return query.order_by(SUBSCRIBERS.c.stream)


def dead_letters(connection: Connection, *, limit: int = 500) -> Sequence[DeadLetter]:
    """What could not be delivered to those who are still subscribed, the newest first."""
    rows = connection.execute(select(DEAD).order_by(DEAD.c.at.desc(), DEAD.c.stream, DEAD.c.number.desc()).limit(limit))
    return [DeadLetter(row.stream, row.mailing, row.at, row.attempts, row.why) for row in rows]


def read(row: Any) -> Subscriber:
    """A row of `to_be_invited` or of an `audience`."""
    return Subscriber(
        stream=row.stream,
        step=Step(row.step),
        why=SubscriptionEnd(row.why) if row.why else None,
        channel=SubscriptionChannel(row.channel),
        address=Address(row.stream, row.stream, row.version, row.section),
        language=row.language,
        components=tuple(json.loads(row.components)),
        is_invited=row.is_invited,
        requested_at=row.requested_at,
        ends_at=row.ends_at,
        confirmed_at=row.confirmed_at,
        failures=row.failures,
    )
