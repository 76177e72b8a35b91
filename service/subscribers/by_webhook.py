"""Telling subscribers by webhook: bodies as those of Statuspage, so that receivers made for it work unchanged.

Signed in addition as Standard Webhooks 1.0.0 has it (symmetric, `v1`).
"""

from collections.abc import Mapping
from functools import lru_cache, reduce
from http import HTTPStatus
from typing import Any, Final

import msgspec
from sqlalchemy import Engine

from domain.code import code_of
from domain.component import Component, ComponentStatus, StatusSet, evolve
from domain.maintenance import WorksStatus
from domain.subscription import SubscriptionChannel
from projections import incidents
from projections.subscribed import MailingKind
from projections.subscribers import Announced
from service.posting import Unreachable, post
from service.subscribers.announcements import as_announced, event_of
from service.subscribers.deliveries import Delivery
from service.subscribers.telling import Failure, Line
from service.webhooks import described, signed
from status_page.edition import Edition
from status_page.files.statuspage_incidents import incident_json
from status_page.files.statuspage_page import STATUSES, Json, Page, component_json, page_of
from status_page.files.statuspage_v2 import status_json
from status_page.words import exact_instant
from store.desk import Desk
from store.log import Recorded
from store.signed_ids import signed_id
from store.subscriptions import link_of, signing_secret

KEPT: Final = 32
"""Announcements whose bodies are remembered."""
CHALLENGE: Final = "subscription challenge"
"""The purpose of the text that the address is to answer with."""
LONGEST: Final = 1_024
"""Bytes of the answer that are looked through for it."""
ALWAYS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("postmortem_ignored", "postmortem_notified_subscribers", "postmortem_notified_twitter"), False),
    **dict.fromkeys(("postmortem_body", "postmortem_body_last_updated_at", "postmortem_published_at")),
    **dict.fromkeys(("scheduled_for", "scheduled_until", "scheduled_reminded_at", "impact_override")),
    **dict.fromkeys(("scheduled_remind_prior", "scheduled_auto_in_progress", "scheduled_auto_completed"), False),
    "backfilled": False,
}
"""What webhooks of Statuspage have beside what its API tells."""
OF_UPDATES: Final[Mapping[str, Any]] = {"wants_twitter_update": False, "twitter_updated_at": None}


def by_webhook(desk: Desk, views: Engine, address: str, *, allow_private: bool) -> Line:
    """The line; `address` is where the desk is found."""

    @lru_cache(KEPT)
    def told(mailing: Announced) -> Json:
        with as_announced(desk, views, mailing, address) as edition:
            return _told(edition, event_of(desk, mailing), mailing.kind)

    def send(delivery: Delivery, to: str) -> Failure | None:
        stream, is_invitation = delivery.subscriber.stream, delivery.mailing is None
        challenge = signed_id(desk.keys.desk, CHALLENGE, stream)
        about = told(delivery.mailing) if delivery.mailing else {"challenge": challenge}
        body = msgspec.json.encode({"meta": _meta(desk, delivery, address), **about})
        headers = described() | signed(signing_secret(desk, stream), _id(desk, delivery), body, desk.now())
        try:
            answer = post(to, body, headers, allow_private=allow_private, wanted=LONGEST if is_invitation else 0)
        except Unreachable as fault:
            return Failure(str(fault), is_final=False)
        if not answer.is_good:
            return Failure(f"status_{answer.status}", is_final=answer.status == HTTPStatus.GONE)
        is_proven = not is_invitation or challenge.encode() in answer.body
        return None if is_proven else Failure("not_echoed", is_final=False)

    return Line(desk, views, SubscriptionChannel.WEBHOOK, send)


def _id(desk: Desk, delivery: Delivery) -> str:
    """The same at every attempt."""
    return f"msg_{desk.name('subscriber webhook', delivery.subscriber.stream, str(delivery.position))}"


def _meta(desk: Desk, delivery: Delivery, address: str) -> Json:
    subscriber = delivery.subscriber
    language = "ru" if subscriber.language == "ru" else "en"
    return {
        "unsubscribe": f"{address}/{language}/subscription/{link_of(desk, subscriber.stream)}",
        "documentation": f"{address}/{language}/subscribe",
        "generated_at": exact_instant(desk.now()),
    }


def _told(edition: Edition, recorded: Recorded[Any], kind: MailingKind) -> Json:
    page, status = page_of(edition), status_json(edition)
    about = _component(page, recorded) if kind is MailingKind.COMPONENT else _incident(page, recorded)
    indicator = {"status_indicator": status["indicator"], "status_description": status["description"]}
    return {"page": {"id": page.code, **indicator}, **about}


def _incident(page: Page, recorded: Recorded[Any]) -> Json:
    """An incident, or works, with all that was told until then."""
    code, edition = code_of("incident", recorded.stream), page.edition
    found = incidents.one(edition.connection, code, position=edition.position)
    assert found is not None  # noqa: S101 -- the view has got to its announcement
    told = _spoken(incident_json(page, found))
    updates = [{**OF_UPDATES, **_spoken(each)} for each in told["incident_updates"]]
    return {"incident": {**ALWAYS, **told, "incident_updates": updates}}


def _spoken(told: Json) -> Json:
    """Of works that were called off Statuspage has no word but that they are over."""
    is_cancelled = told["status"] == WorksStatus.CANCELLED
    return {**told, "status": WorksStatus.COMPLETED.value} if is_cancelled else told


def _component(page: Page, recorded: Recorded[StatusSet]) -> Json:
    """What was set of a component itself, and how it is shown."""
    listed, event = page.known[recorded.event.component], recorded.event
    past = page.edition.desk.log.read(recorded.stream)[: recorded.version - 1]
    before = reduce(evolve, (each.event for each in past), Component()).status or ComponentStatus.OPERATIONAL
    assert event.status is not None  # noqa: S101 -- nobody is told of that
    update = {
        "old_status": STATUSES[before],
        "new_status": STATUSES[event.status],
        "created_at": page.stamp(recorded.envelope.rec),
        "component_type": "Component",
        "id": code_of("component_update", str(recorded.position)),
        "component_id": listed.code,
    }
    return {"component_update": update, "component": component_json(page, listed)}
