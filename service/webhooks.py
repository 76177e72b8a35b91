"""Notices to clients and to the staff by signed webhook, with retries and dead letters.

At least once: a notice is recorded as delivered after it was, so whoever dies in between delivers it again, under the
same id. Headers and signatures are those of Standard Webhooks 1.0.0 (symmetric, `v1`).
"""

import base64
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from sqlalchemy import Engine

from domain.desk import remove_webhook as remove_staff_webhook
from domain.desk import set_webhook as set_staff_webhook
from domain.event import Address, Content, Id
from domain.instant import HOUR, MINUTE, SECOND, Duration, Instant
from domain.organisation import remove_webhook, set_webhook
from domain.policy import Clock
from domain.refusal import Refused
from domain.ticket import Ticket
from domain.ticket.notices import due_of, give_up, told
from domain.web_address import target_of
from projections.notices import STAFF, Notice
from service import attempts
from service.attempts import Pending
from service.jobs import Job
from service.posting import Unreachable, post
from store.desk import Desk
from store.log import Conflict
from store.sealing import Erased, Unreadable
from store.streams import Command
from store.webhook_secrets import secret_of

DELAYS: Final[Sequence[Duration]] = (
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    14 * HOUR,
)
"""From each attempt to the next; the one after the last of them is the last, about a day after the first."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NO_ADDRESS: Final = "no_address"
"""The webhook was removed, or its organisation erased, before the notice was delivered."""


class Receiver(NamedTuple):
    """Where notices go, and what the receiver verifies signatures with: 32 bytes, others each time that it is set."""

    url: str
    secret: bytes


def delivering(desk: Desk, views: Engine, *, allow_private: bool) -> Job[Pending]:
    """Deliver what clients and the staff are to be told."""
    attempts.prepare(views)

    def due(at: Instant, limit: int) -> Sequence[Pending]:
        with views.connect() as connection:
            return attempts.due(connection, at=at, limit=limit)

    def next_at(at: Instant) -> Instant | None:
        with views.connect() as connection:
            return attempts.next_due(connection, after=at)

    return Job("webhooks", due, partial(_deliver, desk, views, allow_private=allow_private), next_at)


def set_address(desk: Desk, receiver: Id, url: str) -> Receiver:
    """Deliver the notices of an organisation, or of `STAFF`, there. `Refused` if it is no address."""
    if target_of(url) is None:
        raise Refused("webhook_address_invalid")
    known = receiver_of(desk, receiver)
    if known is None or known.url != url:
        _set(desk, receiver, url)
        known = receiver_of(desk, receiver)
    if known is None or known.url != url:
        raise Conflict("somebody else set or removed the address at the same time")
    return known


def remove_address(desk: Desk, receiver: Id) -> None:
    """Deliver nothing any more."""
    command, at = Command(desk.new_id()), desk.now()
    if receiver == STAFF:
        desk.founding.act(command, desk.stream, remove_staff_webhook, at=at)
    else:
        desk.organisations.act(command, receiver, remove_webhook, at=at)


def receiver_of(desk: Desk, receiver: Id) -> Receiver | None:
    """None if there is no address, or it was erased."""
    return _staff(desk) if receiver == STAFF else _client(desk, receiver)


def signed(secret: bytes, message: Id, body: bytes, at: Instant) -> dict[str, str]:
    """The headers that prove who sent the body, and when: HMAC-SHA-256 over `id.timestamp.body`."""
    timestamp = str(at // SECOND)
    signature = hmac.digest(secret, f"{message}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def described() -> dict[str, str]:
    """The headers that say what is sent, and by whom."""
    return {"Content-Type": "application/json", "User-Agent": "Glasno"}


def _set(desk: Desk, receiver: Id, url: str) -> None:
    command, at = Command(desk.new_id()), desk.now()
    if receiver == STAFF:
        desk.founding.act(command, desk.stream, set_staff_webhook, url=url, at=at)
    else:
        desk.organisations.act(command, receiver, set_webhook, url=Content(receiver, {"url": url}), at=at)


def _staff(desk: Desk) -> Receiver | None:
    state, _ = desk.founding.load(desk.stream)
    return None if state.webhook is None else Receiver(state.webhook, _secret(desk, desk.stream, state.webhooks))


def _client(desk: Desk, organisation: Id) -> Receiver | None:
    webhook = desk.organisations.load(organisation)[0].webhook
    if not isinstance(webhook, Address):
        return None
    text = desk.log.text(webhook)
    if isinstance(text, Unreadable):
        raise LookupError(f"the address of a webhook cannot be read: {text.reason}")  # noqa: TRY004 -- no caller's fault
    return None if isinstance(text, Erased) else Receiver(text["url"], _secret(desk, webhook.stream, webhook.version))


def _secret(desk: Desk, stream: Id, setting: int) -> bytes:
    """Of one setting of one receiver's address."""
    return secret_of(desk.keys.desk, stream, str(setting))


def _deliver(desk: Desk, views: Engine, pending: Pending, at: Instant, *, allow_private: bool) -> None:
    """One attempt; the log knows better than the view whether it is still to be made."""
    notice = pending.notice
    if attempts.is_resting(views, notice.receiver, at=at):
        return  # another notice found out after this one was looked up
    ticket, _ = desk.tickets.load(notice.stream)
    if notice.notice in ticket.untold:
        failed = _attempt(desk, notice, ticket, at, allow_private=allow_private)
        if failed and not _is_last(pending, failed):
            attempts.note(views, pending, failed, at=at, next_at=at + DELAYS[pending.attempts])
            return
        _record(desk, pending, failed)
    attempts.forget(views, notice)


def _attempt(desk: Desk, notice: Notice, ticket: Ticket, at: Instant, *, allow_private: bool) -> str | None:
    """None if it arrived, else why it did not."""
    receiver = receiver_of(desk, notice.receiver)
    if receiver is None:
        return NO_ADDRESS
    body = _body(notice, _facts(desk, notice, ticket, at))
    message = f"msg_{desk.name('notice', notice.stream, str(notice.notice))}"
    headers = described() | signed(receiver.secret, message, body, at)
    try:
        answer = post(receiver.url, body, headers, allow_private=allow_private)
    except Unreachable as fault:
        return str(fault)
    return None if answer.is_good else f"status_{answer.status}"


def _is_last(pending: Pending, failed: str) -> bool:
    """Nothing better can be hoped for: nobody wants it any more, or it was tried for a day."""
    return failed in (NO_ADDRESS, f"status_{HTTPStatus.GONE}") or pending.attempts >= len(DELAYS)


def _record(desk: Desk, pending: Pending, failed: str | None) -> None:
    stream, notice, tries = pending.notice.stream, pending.notice.notice, pending.attempts + 1
    command, at = Command(desk.new_id()), desk.now()
    if failed is None:
        desk.tickets.act(command, stream, told, notice=notice, attempts=tries, at=at)
    else:
        desk.tickets.act(command, stream, give_up, notice=notice, attempts=tries, why=failed, at=at)


def _facts(desk: Desk, notice: Notice, ticket: Ticket, at: Instant) -> dict[str, Any]:
    """What the receiver is told; when a clock is due may have changed since its step was taken."""
    facts = notice.values
    if notice.receiver != STAFF:
        return facts
    book = desk.configured.state().book()
    due = due_of(ticket, Clock(facts["clock"]), facts["instance"], book=book, at=at)
    return facts | {"due": None if due is None else _date_time(due)}


def _body(notice: Notice, facts: dict[str, Any]) -> bytes:
    kind = "ticket.escalated" if notice.receiver == STAFF else "ticket.stage_changed"
    data = {"reference": notice.reference, "notice": notice.notice, **facts}
    return json.dumps({"type": kind, "timestamp": _date_time(notice.at), "data": data}).encode()


def _date_time(at: Instant) -> str:
    """RFC 3339, to the millisecond."""
    return f"{EPOCH + timedelta(milliseconds=at):%Y-%m-%dT%H:%M:%S}.{at % SECOND:03}Z"
