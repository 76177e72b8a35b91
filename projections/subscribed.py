"""The rows of subscriptions, of announcements that are not yet told to all, and of dead letters, event by event.

Rows hold no address, only where it is sealed. An announcement has a row from its event until its mailing is done; none
if nobody who hears of such had subscribed by then. What was imported or simulated is told to nobody.
"""

import json
from enum import StrEnum
from typing import Any, Final, assert_never

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table

from domain import subscription
from domain.component import StatusSet
from domain.event import Address, Source
from domain.incident import IncidentUpdated
from domain.mailing import MailingDone
from domain.maintenance import WorksRescheduled, WorksUpdated
from domain.subscription import (
    TO_CONFIRM,
    Step,
    SubscriptionChanged,
    SubscriptionChannel,
    SubscriptionConfirmed,
    SubscriptionDeliveredAgain,
    SubscriptionEnded,
    SubscriptionForgotten,
    SubscriptionInvited,
    SubscriptionRequested,
    SubscriptionUndeliverable,
)
from projections.rows import Row, Rows
from store.log import Recorded

NAME: Final = "subscribers_v1"
METADATA: Final = MetaData()
SUBSCRIBERS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("step", String, nullable=False),
    Column("why", String),
    Column("channel", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("section", String, nullable=False),
    Column("language", String, nullable=False),
    Column("components", String, nullable=False),
    Column("is_for_all", Boolean, nullable=False),
    Column("is_invited", Boolean, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger),
    Column("confirmed_at", BigInteger),
    Column("confirmed_position", BigInteger),
    Column("failures", Integer, nullable=False),
    Column("dead_letters", Integer, nullable=False),
)
Index(f"{NAME}_step", SUBSCRIBERS.c.step, SUBSCRIBERS.c.requested_at)
WISHES: Final = Table(
    f"{NAME}_wishes",
    METADATA,
    Column("stream", String, primary_key=True),
    Column("component", String, primary_key=True),
)
Index(f"{NAME}_wishes_component", WISHES.c.component)
COUNTS: Final = Table(
    f"{NAME}_counts",
    METADATA,
    Column("step", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("count", Integer, nullable=False),
)
MAILINGS: Final = Table(
    f"{NAME}_mailings",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)
DEAD: Final = Table(
    f"{NAME}_dead",
    METADATA,
    Column("stream", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("mailing", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("why", String, nullable=False),
)
Index(f"{NAME}_dead_at", DEAD.c.at)
LIVING: Final = (Step.REQUESTED.value, Step.CONFIRMED.value)


class MailingKind(StrEnum):
    """What is told."""

    INCIDENT = "incident"
    WORKS = "works"
    COMPONENT = "component"
    """A component's own status: webhooks alone are told."""


KINDS: Final[dict[type, MailingKind]] = {
    IncidentUpdated: MailingKind.INCIDENT,
    WorksUpdated: MailingKind.WORKS,
    WorksRescheduled: MailingKind.WORKS,
    StatusSet: MailingKind.COMPONENT,
}
HEARERS: Final = {
    MailingKind.INCIDENT: tuple(SubscriptionChannel),
    MailingKind.WORKS: tuple(SubscriptionChannel),
    MailingKind.COMPONENT: (SubscriptionChannel.WEBHOOK,),
}
"""By which channels each is told."""


def follow(rows: Rows, recorded: Recorded[Any]) -> None:
    """Bring the rows from before the event to after it."""
    event = recorded.event
    if isinstance(event, SubscriptionRequested):
        _put(rows, {}, _requested(recorded, event))
    elif isinstance(event, subscription.Event):
        before = rows.get(SUBSCRIBERS, recorded.stream)
        assert before is not None  # noqa: S101 -- nothing happens to what was never asked for
        _bury(rows, event, before)
        _put(rows, before, {**before, **_changed(recorded, event, before)})
    elif isinstance(event, MailingDone):
        rows.remove(MAILINGS, event.position)
    elif type(event) in KINDS:
        _announce(rows, recorded, KINDS[type(event)])


def _requested(recorded: Recorded[Any], event: SubscriptionRequested) -> Row:
    assert isinstance(event.address, Address)  # noqa: S101 -- what comes from the log
    return {
        "stream": recorded.stream,
        "step": Step.REQUESTED.value,
        "why": None,
        "channel": event.channel.value,
        "version": event.address.version,
        "section": event.address.section,
        **_wishes(event),
        "is_invited": False,
        "requested_at": event.at,
        "ends_at": event.at + TO_CONFIRM,
        "confirmed_at": None,
        "confirmed_position": None,
        "failures": 0,
        "dead_letters": 0,
    }


def _wishes(event: SubscriptionRequested | SubscriptionChanged) -> Row:
    components = json.dumps(event.components)
    return {"language": event.language, "components": components, "is_for_all": not event.components}


def _changed(recorded: Recorded[Any], event: subscription.Event, before: Row) -> Row:
    """What other values the row of a subscription has after the event."""
    changed: Row = {}
    match event:
        case SubscriptionInvited():
            changed = {"is_invited": True}
        case SubscriptionConfirmed(at=at):
            confirmed = {"confirmed_at": at, "confirmed_position": recorded.position}
            changed = {"step": Step.CONFIRMED.value, "ends_at": None, **confirmed}
        case SubscriptionRequested() | SubscriptionChanged():
            changed = _wishes(event)
        case SubscriptionUndeliverable():
            changed = {"failures": before["failures"] + 1, "dead_letters": before["dead_letters"] + 1}
        case SubscriptionDeliveredAgain():
            changed = {"failures": 0}
        case SubscriptionEnded(why=why):
            changed = {"step": Step.ENDED.value, "ends_at": None, "why": why.value, "dead_letters": 0}
        case SubscriptionForgotten():
            changed = {"step": Step.FORGOTTEN.value}
        case _:
            assert_never(event)
    return changed


def _bury(rows: Rows, event: subscription.Event, before: Row) -> None:
    """Dead letters are kept as long as the subscription that they are of."""
    stream, number = before["stream"], before["dead_letters"]
    if isinstance(event, SubscriptionUndeliverable):
        dead = {"stream": stream, "number": number, "mailing": event.mailing, "at": event.at}
        rows.put(DEAD, {**dead, "attempts": event.attempts, "why": event.why})
    elif isinstance(event, SubscriptionEnded):
        for each in range(number):
            rows.remove(DEAD, stream, each)


def _put(rows: Rows, before: Row, after: Row) -> None:
    rows.put(SUBSCRIBERS, after)
    if before.get("step") != after["step"]:
        _count(rows, after["step"], after["channel"], 1)
        if before:
            _count(rows, before["step"], after["channel"], -1)
    _wish(rows, before, after)


def _count(rows: Rows, step: str, channel: str, difference: int) -> None:
    rows.put(COUNTS, {"step": step, "channel": channel, "count": _counted(rows, step, channel) + difference})


def _counted(rows: Rows, step: str, channel: str) -> int:
    known = rows.get(COUNTS, step, channel)
    return known["count"] if known else 0


def _wish(rows: Rows, before: Row, after: Row) -> None:
    """Of a subscription that lives."""
    wished, wishes = (
        set(json.loads(row["components"])) if row.get("step") in LIVING else set() for row in (before, after)
    )
    for component in wished - wishes:
        rows.remove(WISHES, after["stream"], component)
    for component in wishes - wished:
        rows.put(WISHES, {"stream": after["stream"], "component": component})


def _announce(rows: Rows, recorded: Recorded[Any], kind: MailingKind) -> None:
    """What an incident says of a component is told with the incident; that nothing is known is no news to anybody."""
    event = recorded.event
    is_no_news = isinstance(event, StatusSet) and (event.incident is not None or event.status is None)
    if is_no_news or recorded.envelope.source is not Source.LIVE:
        return
    if any(_counted(rows, Step.CONFIRMED.value, channel.value) for channel in HEARERS[kind]):
        of = {"position": recorded.position, "stream": recorded.stream, "version": recorded.version}
        rows.add(MAILINGS, {**of, "kind": kind.value, "at": event.at})
