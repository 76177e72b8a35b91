"""`/api/v2/subscribers.json`: to subscribe as with Statuspage's API, version 2, for clients that speak it already.

Whether an address is subscribed already no answer tells. Nobody is told of one incident alone, nor by telephone.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from domain.code import code_of
from domain.configuration.component import ComponentDefined
from domain.event import Id
from domain.refusal import Refused
from domain.subscription import Step, Subscription, SubscriptionChannel
from status_page.files.statuspage_page import Json, Page, page_of
from status_page.subscribing.asked import Asked, Fields, Told
from status_page.subscribing.pages import Source
from store.desk import Desk
from store.reception import Wish
from store.streams import Command
from store.subscriptions import address_of, subscription_of

HEADERS: Final = {"Content-Type": "application/json; charset=utf-8", "Access-Control-Allow-Origin": "*"}
GONE: Final = {"subscription_unknown": 404, "too_many_requests": 429, "subscriptions_full": 503}
"""422 of all others."""
ONE_INCIDENT: Final = ("incident", "incident_id")


def subscribers(source: Source, asked: Asked) -> Told:
    """Subscribe; or, by the id that was told then, see what became of it.

    What `statuspage.io` sends, as npm has it, is a GET: it asks for the same, since a request binds nobody before the
    address has confirmed it.
    """
    fields = asked.fields if asked.method == "POST" else asked.parameters
    try:
        if asked.method == "GET" and (known := _said(fields, "id")):
            _demand_open(source.reception.desk, known[-1])
            return _told(source, known[-1], 200)
        code = code_of("subscriber", source.reception.desk.new_id())
        wish = _wish(source.reception.desk, fields, asked)
        source.reception.take(wish, asked.asker, Command(_stream(source.reception.desk, code)))
        return _told(source, code, 201)
    except Refused as why:
        return _refused(source, why, asked)


def subscriber(source: Source, asked: Asked) -> Told:
    """Unsubscribe by the id that was told, or take the request back."""
    code, desk = asked.said["code"] or "", source.reception.desk
    try:
        _demand_open(desk, code)
        source.reception.end(_stream(desk, code))
        return _told(source, code, 200)
    except Refused as why:
        return _refused(source, why, asked)


def _demand_open(desk: Desk, code: str) -> None:
    """The id is known to whoever asked, who may be a stranger: what its owner made of a mail is none of theirs.

    Refused: `subscription_unknown`.
    """
    found = subscription_of(desk, _stream(desk, code))
    if found.channel is SubscriptionChannel.EMAIL and found.step is not Step.REQUESTED:
        raise Refused("subscription_unknown")


def _stream(desk: Desk, code: str) -> Id:
    """Nobody who does not know the code finds it."""
    return desk.name("statuspage subscriber", code)


def _said(fields: Fields, *names: str) -> list[str]:
    """Lists are written as `[]`, or with commas."""
    written = (value for name in names for end in ("", "[]") for value in fields.get(f"subscriber[{name}]{end}", ()))
    return [part.strip() for value in written for part in value.split(",") if part.strip()]


def _wish(desk: Desk, fields: Fields, asked: Asked) -> Wish:
    """An endpoint makes it a webhook; the e-mail address that Statuspage wants beside it is not needed."""
    if _said(fields, *ONE_INCIDENT):
        raise Refused("incidents_not_offered")
    endpoint, email = (fields.get(f"subscriber[{name}]", [""])[-1].strip() for name in ("endpoint", "email"))
    channel = SubscriptionChannel.WEBHOOK if endpoint else SubscriptionChannel.EMAIL
    components = frozenset(_components(desk, _said(fields, "component_ids", "component_id")))
    return Wish(channel, endpoint or email, components, asked.language)


def _components(desk: Desk, codes: list[str]) -> Iterator[str]:
    """A group stands for its members."""
    defined = desk.configured.state().of(ComponentDefined).values()
    for code in codes:
        found = [each.key for each in defined if code in (code_of("component", each.key), code_of("group", each.group))]
        if not found:
            raise Refused("component_unknown", component=code)
        yield from found


def _told(source: Source, code: str, status: int) -> Told:
    desk = source.reception.desk
    subscription = subscription_of(desk, _stream(desk, code))
    with source.edition() as opened:
        page = page_of(opened)
        told = {
            "page": page.json,
            **_form(desk, subscription),
            "subscriber": _subscriber(page, code, desk, subscription),
        }
        return Told(status, msgspec.json.encode(told), HEADERS)


def _form(desk: Desk, subscription: Subscription) -> Json:
    """What the form of a Statuspage page is told; components are chosen in the request, there is no page for it."""
    is_webhook = subscription.channel is SubscriptionChannel.WEBHOOK
    mode, name = ("webhook", "webhook") if is_webhook else ("email_sms", "email")
    return {"can_select_components": False, "mode": mode, name: address_of(desk, subscription)}


def _subscriber(page: Page, code: str, desk: Desk, subscription: Subscription) -> Json:
    """What the API tells of a subscriber."""
    is_webhook = subscription.channel is SubscriptionChannel.WEBHOOK
    return {
        "id": code,
        "mode": subscription.channel.value,
        "endpoint" if is_webhook else "email": address_of(desk, subscription),
        "created_at": page.stamp(subscription.requested_at),
        "skip_confirmation_notification": False,
        "quarantined_at": None,
        "purge_at": None,
    }


def _refused(source: Source, why: Refused, asked: Asked) -> Told:
    body = msgspec.json.encode({"error": source.reception.in_words(why, asked.language)})
    retry = {"Retry-After": str(why.facts["retry_after"])} if "retry_after" in why.facts else {}
    return Told(GONE.get(why.code, 422), body, {**HEADERS, **retry})
