"""The form in which somebody says what to be told of: as it was typed, with what is wrong beside each field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from domain.refusal import Refused
from domain.subscription import Subscription, SubscriptionChannel
from projections.status import Component, Group
from status_page.edition import Edition
from status_page.pages.front import OTHERS
from status_page.subscribing.asked import Fields
from status_page.words import LANGUAGES, Language
from store.reception import Wish

FIELDS: Final[Mapping[str, str]] = {
    "address_invalid": "address",
    "webhook_address_invalid": "address",
    "mail_not_offered": "address",
    "component_unknown": "components",
    "components_too_many": "components",
}
"""Where a mistake is told; others are told above the form."""


@dataclass(frozen=True)
class Form:
    """What was typed."""

    channel: SubscriptionChannel = SubscriptionChannel.EMAIL
    address: str = ""
    components: frozenset[str] = frozenset()
    """None: everything."""
    language: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    """What is wrong, in words, by the field."""

    @property
    def wish(self) -> Wish:
        """What is asked for."""
        return Wish(self.channel, self.address, self.components, self.language)

    def refused(self, why: Refused, words: str) -> "Form":
        """The same, with what is wrong."""
        return replace(self, faults={FIELDS.get(why.code, "form"): words})


@dataclass(frozen=True)
class Choice:
    """A group with its components."""

    group: Group
    components: Sequence[Component]


def typed(fields: Fields, usual: Form) -> Form:
    """What a form says; what cannot be chosen there is as usual."""
    channel, language = _last(fields, "channel"), _last(fields, "language")
    return Form(
        channel=SubscriptionChannel(channel) if channel in [*SubscriptionChannel] else usual.channel,
        address=_last(fields, "address").strip(),
        components=frozenset(fields.get("component", ())),
        language=language if language in LANGUAGES else usual.language,
    )


def first(fields: Fields, language: Language, *, offers_mail: bool) -> Form:
    """As it is shown at first; what the address of the page names is ticked."""
    channel = SubscriptionChannel.EMAIL if offers_mail else SubscriptionChannel.WEBHOOK
    return Form(channel=channel, components=frozenset(fields.get("component", ())), language=language)


def form_of(subscription: Subscription) -> Form:
    """What somebody subscribed to."""
    return Form(
        channel=subscription.channel,
        components=frozenset(subscription.components),
        language=subscription.language,
    )


def choices(edition: Edition) -> Iterator[Choice]:
    """The groups that have components, in the order of the page."""
    groups = edition.groups
    known = {group.key for group in groups}
    of = {each.key: each.group if each.group in known else OTHERS.key for each in edition.components}
    for group in (*groups, OTHERS):
        if members := [each for each in edition.components if of[each.key] == group.key]:
            yield Choice(group, members)


def _last(fields: Fields, name: str) -> str:
    values = fields.get(name)
    return values[-1] if values else ""
