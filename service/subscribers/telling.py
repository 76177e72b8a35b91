"""Telling subscribers by one channel: how to confirm, and what is announced, with retries and dead letters.

At least once: that something arrived is noted after it did, so whoever dies in between delivers it again, under the
same id.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Engine

from domain.instant import MINUTE, SECOND, Duration, Instant
from domain.subscription import (
    Proof,
    Step,
    Subscription,
    SubscriptionChannel,
    confirm,
    delivered,
    give_up,
    invited,
)
from monitoring.metrics import SUBSCRIBERS_TOLD
from projections.subscribed import SUBSCRIBERS
from projections.subscribers import audience, to_be_invited
from service.jobs import Job
from service.mail import Away
from service.subscribers import deliveries
from service.subscribers.announcements import concerned, is_stale, under_way
from service.subscribers.deliveries import Delivery, Outcome
from service.webhooks import DELAYS
from store.desk import Desk
from store.sealing import Erased, Unreadable
from store.streams import Command

INVITING: Final[Sequence[Duration]] = (30 * SECOND, 5 * MINUTE)
"""From each attempt to ask for the confirmation to the next; after the last of them the request waits for its end."""


NO_ADDRESS: Final = "no_address"
"""It was destroyed."""


class Failure(NamedTuple):
    """Why something did not arrive: a code."""

    why: str
    is_final: bool
    """Nothing better can be hoped for."""


@dataclass(frozen=True)
class Line:
    """A way to tell the subscribers of a desk."""

    desk: Desk
    views: Engine
    channel: SubscriptionChannel
    send: Callable[[Delivery, str], Failure | None]
    """Tell it to an address; None: it arrived. `Away` if nothing can be told to anybody now."""
    during: Callable[[], AbstractContextManager[object]] = nullcontext
    """What is held open meanwhile."""

    def count(self, outcome: str) -> None:
        """What came of an attempt."""
        SUBSCRIBERS_TOLD.labels(self.channel.value, outcome).inc()


def inviting(line: Line) -> Job[Delivery]:
    """Ask addresses to confirm."""

    def due(at: Instant, limit: int) -> Sequence[Delivery]:
        query = to_be_invited().where(SUBSCRIBERS.c.channel == line.channel.value)
        with line.views.connect() as connection:
            return deliveries.due(connection, query, None, at=at, limit=limit)

    return Job(f"invitations_{line.channel}", due, partial(_invite, line), during=line.during)


def telling(line: Line) -> Job[Delivery]:
    """Tell each announcement to whoever wants to hear of it."""

    def due(at: Instant, limit: int) -> Sequence[Delivery]:
        found: list[Delivery] = []
        with line.views.connect() as connection:
            for mailing in under_way(line.desk, connection):
                if len(found) < limit and not is_stale(line.desk, mailing, at):
                    query = audience(mailing, concerned(line.desk, connection, mailing))
                    query = query.where(SUBSCRIBERS.c.channel == line.channel.value)
                    found += deliveries.due(connection, query, mailing, at=at, limit=limit - len(found))
        return found

    return Job(f"announcements_{line.channel}", due, partial(_tell, line), during=line.during)


def _invite(line: Line, delivery: Delivery, at: Instant) -> None:
    """The log knows better than the view whether it is still to be done."""
    state, _ = line.desk.subscriptions.load(delivery.subscriber.stream)
    if state.ends_at is not None and at < state.ends_at and not state.is_invited:
        _attempt(line, delivery, INVITING, partial(_record_invitation, line.desk, delivery), at=at)


def _tell(line: Line, delivery: Delivery, at: Instant) -> None:
    """Likewise."""
    state, _ = line.desk.subscriptions.load(delivery.subscriber.stream)
    if state.step is Step.CONFIRMED:
        _attempt(line, delivery, DELAYS, partial(_record, line.desk, delivery, state), at=at)


def _attempt(
    line: Line,
    delivery: Delivery,
    delays: Sequence[Duration],
    record: Callable[[Failure | None], None],
    *,
    at: Instant,
) -> None:
    if deliveries.is_resting(line.views, delivery.subscriber.stream, at=at):
        return  # another one found out after this one was looked up
    try:
        failed = _sent(line, delivery)
    except Away:
        line.count("postponed")
        return
    if failed and not failed.is_final and delivery.attempts < len(delays):
        line.count("failed")
        deliveries.note_failure(line.views, delivery, failed.why, at=at, next_at=at + delays[delivery.attempts])
    else:
        _conclude(line, delivery, record, failed)


def _conclude(line: Line, delivery: Delivery, record: Callable[[Failure | None], None], failed: Failure | None) -> None:
    """In the log first, then in the memory."""
    outcome = Outcome.GIVEN_UP if failed else Outcome.DELIVERED
    record(failed)
    deliveries.note(line.views, delivery, outcome, failed.why if failed else "")
    line.count(outcome.value)


def _sent(line: Line, delivery: Delivery) -> Failure | None:
    text = line.desk.log.text(delivery.subscriber.address)
    if isinstance(text, Unreadable):
        raise LookupError(f"the address of a subscriber cannot be read: {text.reason}")  # noqa: TRY004 -- no caller's fault
    return Failure(NO_ADDRESS, is_final=True) if isinstance(text, Erased) else line.send(delivery, text["address"])


def _record_invitation(desk: Desk, delivery: Delivery, failed: Failure | None) -> None:
    """Whoever answered the challenge has confirmed; who cannot be asked waits for the end of the request."""
    command, stream, at = Command(desk.new_id()), delivery.subscriber.stream, desk.now()
    if failed is None and delivery.subscriber.channel is SubscriptionChannel.WEBHOOK:
        desk.subscriptions.act(command, stream, confirm, proof=Proof.CHALLENGE, at=at)
    elif failed is None:
        desk.subscriptions.act(command, stream, invited, at=at)


def _record(desk: Desk, delivery: Delivery, state: Subscription, failed: Failure | None) -> None:
    """What arrived is an event only after something that did not."""
    command, stream, at = Command(desk.new_id()), delivery.subscriber.stream, desk.now()
    if failed:
        mailing, tries = desk.name("mailing", str(delivery.position)), delivery.attempts + 1
        desk.subscriptions.act(command, stream, give_up, mailing=mailing, attempts=tries, why=failed.why, at=at)
    elif state.undelivered:
        desk.subscriptions.act(command, stream, delivered, at=at)
