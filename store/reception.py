"""Where requests to subscribe come in, by whatever way: how many are taken, and what their subscribers may do later."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final, Literal

from domain import subscription
from domain.configuration.component import ComponentDefined
from domain.event import Id
from domain.instant import HOUR, SECOND, Instant
from domain.refusal import Refused
from domain.subscription import Proof, Subscription, SubscriptionChannel, SubscriptionEnd, change, confirm, end
from store.desk import Desk
from store.streams import Acted, Command
from store.subscribing import written
from store.subscriptions import subscribe

MOST_WAITING: Final = 1_000
"""Requests that nobody has confirmed yet, of all together."""
MOST_COMPONENTS: Final = 100
"""In one wish."""
LONGEST_BODY: Final = 8 * 1024
"""Bytes of a request."""


@dataclass(frozen=True)
class Wish:
    """Who wants to be told, by what, of what. Without components it is about everything."""

    channel: SubscriptionChannel
    to: str
    components: frozenset[str]
    language: str


@dataclass(frozen=True)
class Reception:
    """What is offered, and how much may be asked for."""

    desk: Desk
    offers_mail: bool
    waiting: Callable[[], int]
    """How many requests wait for their confirmation."""
    of_asker: Callable[[str, Instant], None]
    """Counts a request of whoever asks, and a change of a subscription; refused if there were too many."""
    of_address: Callable[[Id, Instant], None]
    """Likewise of the address that is to be told."""
    in_words: Callable[[Refused, Literal["en", "ru"]], str]
    """A refusal in a language."""

    def take(self, wish: Wish, asker: str, command: Command) -> Acted[Subscription, subscription.Event]:
        """Ask the address to confirm; the answer never tells whether it is subscribed already.

        Refused as by `subscribe`, and `mail_not_offered`, `components_too_many`, `too_many_requests`,
        `subscriptions_full`.
        """
        at = self.desk.now()
        if wish.channel is SubscriptionChannel.EMAIL and not self.offers_mail:
            raise Refused("mail_not_offered")
        _demand_few(wish.components)
        address = self.desk.name("subscriber", wish.channel, written(wish.channel, wish.to))
        self.of_asker(_line(asker), at)
        self.of_address(address, at)
        if self.waiting() >= MOST_WAITING:
            raise Refused("subscriptions_full", retry_after=HOUR // SECOND)
        return subscribe(
            self.desk, command,
            channel=wish.channel, to=wish.to, components=wish.components, language=wish.language, at=at,
        )  # fmt: skip

    def confirm(self, stream: Id) -> None:
        """The link that was sent was followed: a web address proves itself by its answer. Refused as by `confirm`."""
        if self.desk.subscriptions.load(stream)[0].channel is SubscriptionChannel.WEBHOOK:
            raise Refused("webhook_confirms_itself")
        self.desk.subscriptions.act(self._command(), stream, confirm, proof=Proof.LINK, at=self.desk.now())

    def change(self, stream: Id, components: frozenset[str], language: str) -> None:
        """Tell of other components, or in another language.

        Refused as by `change`, and `components_too_many`, `too_many_requests`.
        """
        _demand_few(components)
        known, at = frozenset(self.desk.configured.state().of(ComponentDefined)), self.desk.now()
        self.of_asker(stream, at)
        self.desk.subscriptions.act(
            self._command(), stream, change, components=components, known=known, language=language, at=at
        )

    def end(self, stream: Id) -> None:
        """Unsubscribe; again it changes nothing."""
        why = SubscriptionEnd.UNSUBSCRIBED
        self.desk.subscriptions.act(self._command(), stream, end, why=why, at=self.desk.now())

    def _command(self) -> Command:
        return Command(self.desk.new_id())


def _line(asker: str) -> str:
    """Whose network address it is: whoever has one of IPv6 has at least 2^64 of them (RFC 6177)."""
    with suppress(ValueError):
        address = ip_address(asker)
        if isinstance(address, IPv6Address):
            return str(address.ipv4_mapped or ip_network((int(address), 64), strict=False))
    return asker


def _demand_few(components: frozenset[str]) -> None:
    if len(components) > MOST_COMPONENTS:
        raise Refused("components_too_many", most=MOST_COMPONENTS)
