"""What time brings to subscriptions: requests lapse, addresses are forgotten, mailings are done."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine

from domain.event import Id
from domain.instant import Instant
from domain.mailing import finish
from domain.subscription import forget, lapse
from monitoring.metrics import MAILINGS_UNDER_WAY
from projections.subscribers import Announced, audience, late, to_be_forgotten
from service.jobs import Job
from service.subscribers import deliveries
from service.subscribers.announcements import concerned, is_stale, mailing_of, under_way
from service.subscribers.deliveries import Outcome
from store.desk import Desk
from store.streams import Command


def keeping(desk: Desk, views: Engine) -> Sequence[Job[Any]]:
    """The jobs."""
    return lapsing(desk, views), forgetting(desk, views), finishing(desk, views)


def lapsing(desk: Desk, views: Engine) -> Job[Id]:
    """Requests that nobody confirmed in time end."""

    def due(at: Instant, limit: int) -> Sequence[Id]:
        with views.connect() as connection:
            return late(connection, at=at, limit=limit)

    def do(stream: Id, at: Instant) -> None:
        desk.subscriptions.act(Command(desk.new_id()), stream, lapse, at=at)

    return Job("lapses", due, do)


def forgetting(desk: Desk, views: Engine) -> Job[Id]:
    """The address of a subscription that ended is destroyed: its key, then what was sealed under it.

    So it is gone, too, when an older copy of the key store is restored.
    """

    def due(_: Instant, limit: int) -> Sequence[Id]:
        with views.connect() as connection:
            return to_be_forgotten(connection, limit=limit)

    def do(stream: Id, at: Instant) -> None:
        deliveries.forget_invitation(views, stream)
        desk.keys.destroy(stream, at)
        desk.log.delete_under(desk.keys.ids_of([stream]))
        desk.subscriptions.act(Command(desk.new_id()), stream, forget, at=at)

    return Job("forgetting", due, do)


def finishing(desk: Desk, views: Engine) -> Job[Announced]:
    """A mailing is done when nobody is left to be told, or when it is no news any more."""

    def due(at: Instant, limit: int) -> Sequence[Announced]:
        with views.connect() as connection:
            found = under_way(desk, connection)
            MAILINGS_UNDER_WAY.set(len(found))
            over = [each for each in found if is_stale(desk, each, at) or not left(desk, connection, each, most=1)]
        return over[:limit]

    return Job("mailings", due, partial(_finish, desk, views))


def left(desk: Desk, connection: Connection, mailing: Announced, *, most: int | None = None) -> int:
    """How many are still to be told of it; no further than `most` is counted."""
    return deliveries.left(connection, audience(mailing, concerned(desk, connection, mailing)), mailing, most=most)


def _finish(desk: Desk, views: Engine, mailing: Announced, at: Instant) -> None:
    with views.connect() as connection:
        told = deliveries.counts(connection, mailing)
        untold = left(desk, connection, mailing)
    desk.mailings.act(
        Command(desk.new_id()), mailing_of(desk, mailing), finish, of=mailing.stream, position=mailing.position,
        delivered=told[Outcome.DELIVERED], given_up=told[Outcome.GIVEN_UP] + untold, at=at,
    )  # fmt: skip
    deliveries.forget_mailing(views, mailing)
