"""Subscriptions over several streams, and the links that only the subscriber has."""

from typing import Final

from domain import subscription
from domain.configuration.component import ComponentDefined
from domain.event import Content, Id
from domain.instant import Instant
from domain.refusal import Refused
from domain.subscription import Subscription, SubscriptionChannel, SubscriptionRequested, request
from store.desk import Desk
from store.signed_ids import read_signed_id, signed_id
from store.streams import Acted, Command
from store.subscribing import text_of, written
from store.webhook_secrets import secret_of

PURPOSE: Final = "subscription"


def subscribe(
    desk: Desk,
    command: Command,
    *,
    channel: SubscriptionChannel,
    to: str,
    components: frozenset[str],
    language: str,
    at: Instant,
    by: Id | None = None,
) -> Acted[Subscription, subscription.Event]:
    """Ask to be told there; the subscription has the id of the command.

    Refused: `address_invalid`, `webhook_address_invalid`, `component_unknown`.
    """
    written(channel, to)
    known = frozenset(desk.configured.state().of(ComponentDefined))
    sealed = Content(command.id, {"address": to.strip()})
    return desk.subscriptions.act(
        command, command.id, request,
        channel=channel, address=sealed, components=components, known=known, language=language, at=at, by=by,
    )  # fmt: skip


def address_of(desk: Desk, state: Subscription) -> str | None:
    """Where the subscriber is told; None if that is forgotten or cannot be read."""
    return text_of(desk.log, state.address)


def link_of(desk: Desk, stream: Id) -> str:
    """What the subscriber's own links hold; whoever has it may confirm, change and end the subscription."""
    return signed_id(desk.keys.desk, PURPOSE, stream)


def signing_secret(desk: Desk, stream: Id) -> bytes:
    """What the webhooks of a subscription are signed with: told in the answer to the request, and nowhere else."""
    return secret_of(desk.keys.desk, "subscriber", stream)


def subscription_by(desk: Desk, text: str) -> Id:
    """The subscription that a link leads to. Refused: `subscription_unknown`."""
    stream = read_signed_id(desk.keys.desk, PURPOSE, text)
    if stream is None:
        raise Refused("subscription_unknown")
    subscription_of(desk, stream)
    return stream


def subscription_of(desk: Desk, stream: Id) -> Subscription:
    """The subscription of that id. Refused: `subscription_unknown`, whatever else the id may stand for."""
    past = desk.log.read(stream)
    if not (past and isinstance(past[0].event, SubscriptionRequested)):
        raise Refused("subscription_unknown")
    return desk.subscriptions.fold(past)
