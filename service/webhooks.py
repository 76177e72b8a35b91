"""Notices to clients by signed webhook, with retries and dead letters.

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
from typing import Final

from sqlalchemy import Engine

from domain.event import Address, Content, Id
from domain.instant import HOUR, MINUTE, SECOND, Duration, Instant
from domain.organisation import Organisation, remove_webhook, set_webhook
from domain.refusal import Refused
from domain.ticket.notices import give_up, told
from projections.notices import Notice
from service import attempts
from service.attempts import Pending
from service.jobs import Job
from service.posting import Unreachable, post, target_of
from store.desk import Desk
from store.sealing import Erased, Unreadable
from store.streams import Command

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


def delivering(desk: Desk, views: Engine, *, allow_private: bool) -> Job[Pending]:
    """Deliver what clients are to be told."""
    attempts.prepare(views)

    def due(at: Instant, limit: int) -> Sequence[Pending]:
        with views.connect() as connection:
            return attempts.due(connection, at=at, limit=limit)

    def next_at(at: Instant) -> Instant | None:
        with views.connect() as connection:
            return attempts.next_due(connection, after=at)

    return Job("webhooks", due, partial(_deliver, desk, views, allow_private=allow_private), next_at)


def signing_secret(desk: Desk, organisation: Organisation) -> bytes:
    """What the receiver verifies signatures with: 32 bytes, others each time that an address is set."""
    webhook = organisation.webhook
    assert isinstance(webhook, Address)  # noqa: S101 -- whoever has no address has nothing to sign
    return hmac.digest(desk.keys.desk.secret, f"webhook|{webhook.stream}|{webhook.version}".encode(), "sha256")


def secret_text(secret: bytes) -> str:
    """The secret as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secret).decode()}"


def set_address(desk: Desk, organisation: Id, url: str) -> bool:
    """Deliver the organisation's notices there; whether that is new. `Refused` if it is no address."""
    if target_of(url) is None:
        raise Refused("webhook_address_invalid")
    state, _ = desk.organisations.load(organisation)
    if address_of(desk, state) == url:
        return False
    content = Content(organisation, {"url": url})
    desk.organisations.act(Command(desk.new_id()), organisation, set_webhook, url=content, at=desk.now())
    return True


def remove_address(desk: Desk, organisation: Id) -> bool:
    """Deliver nothing any more; whether that is new."""
    command = Command(desk.new_id())
    return bool(desk.organisations.act(command, organisation, remove_webhook, at=desk.now()).events)


def address_of(desk: Desk, organisation: Organisation) -> str | None:
    """Where notices go; None if there is no address, or it was erased."""
    if not isinstance(organisation.webhook, Address):
        return None
    text = desk.log.text(organisation.webhook)
    if isinstance(text, Unreadable):
        raise LookupError(f"the address of a webhook cannot be read: {text.reason}")  # noqa: TRY004 -- no caller's fault
    return None if isinstance(text, Erased) else text["url"]


def signed(secret: bytes, message: Id, body: bytes, at: Instant) -> dict[str, str]:
    """The headers that prove who sent the body, and when: HMAC-SHA-256 over `id.timestamp.body`."""
    timestamp = str(at // SECOND)
    signature = hmac.digest(secret, f"{message}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def _deliver(desk: Desk, views: Engine, pending: Pending, at: Instant, *, allow_private: bool) -> None:
    """One attempt; the log knows better than the view whether it is still to be made."""
    notice = pending.notice
    if attempts.is_resting(views, notice.organisation, at=at):
        return  # another notice found out after this one was looked up
    if notice.notice in desk.tickets.load(notice.stream)[0].untold:
        failed = _attempt(desk, notice, at, allow_private=allow_private)
        if failed and not _is_last(pending, failed):
            attempts.note(views, pending, failed, at=at, next_at=at + DELAYS[pending.attempts])
            return
        _record(desk, pending, failed)
    attempts.forget(views, notice)


def _attempt(desk: Desk, notice: Notice, at: Instant, *, allow_private: bool) -> str | None:
    """None if it arrived, else why it did not."""
    organisation, _ = desk.organisations.load(notice.organisation)
    url = address_of(desk, organisation)
    if url is None:
        return NO_ADDRESS
    body = _body(notice)
    message = f"msg_{desk.name('notice', notice.stream, str(notice.notice))}"
    headers = _described() | signed(signing_secret(desk, organisation), message, body, at)
    try:
        status = post(url, body, headers, allow_private=allow_private)
    except Unreachable as fault:
        return str(fault)
    return None if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES else f"status_{status}"


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


def _body(notice: Notice) -> bytes:
    data = {"reference": notice.reference, "notice": notice.notice, "stage": notice.stage}
    return json.dumps({"type": "ticket.stage_changed", "timestamp": _date_time(notice.at), "data": data}).encode()


def _date_time(at: Instant) -> str:
    """RFC 3339, to the millisecond."""
    return f"{EPOCH + timedelta(milliseconds=at):%Y-%m-%dT%H:%M:%S}.{at % SECOND:03}Z"


def _described() -> dict[str, str]:
    return {"Content-Type": "application/json", "User-Agent": "Glasno"}
