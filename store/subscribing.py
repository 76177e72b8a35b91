"""What confirming and ending a subscription mean for its address: stored in the same commit.

An address has one living subscription, however often somebody asks for one: each request is a subscription of its own,
and the one that is confirmed takes the place of the one before. So nobody learns from an answer who subscribed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain import address, reservation, subscription
from domain.event import Address, Id, Sealed
from domain.instant import Instant
from domain.refusal import Refused
from domain.reservation import Reservation, release, take_over
from domain.subscription import (
    Subscription,
    SubscriptionChannel,
    SubscriptionConfirmed,
    SubscriptionEnd,
    SubscriptionEnded,
    end,
)
from domain.web_address import target_of
from store.log import Conflict, Log
from store.names import Naming
from store.streams import Intent, Streams

LONGEST: Final = 254
"""Characters of an e-mail address (RFC 5321, erratum 1690)."""
AT_A_HOST: Final = re.compile(r".+@[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
"""Where mail can be sent to (RFC 5321, 2.3.5)."""


@dataclass(frozen=True)
class Subscribing:
    """Where addresses are reserved, and the subscriptions that have them."""

    log: Log
    reservations: Streams[Reservation, reservation.Event]
    name: Naming
    subscriptions: Callable[[], Streams[Subscription, subscription.Event]]

    def elsewhere(self, stream: Id, before: Subscription, events: Sequence[subscription.Event]) -> Iterator[Intent]:
        """A confirmed address has this subscription alone; one that ended has none."""
        for event in events:
            if isinstance(event, SubscriptionConfirmed):
                yield from self._taken(stream, before, event.at)
            elif isinstance(event, SubscriptionEnded):
                yield from self._freed(stream, before, event)

    def _taken(self, stream: Id, before: Subscription, at: Instant) -> Iterator[Intent]:
        if reserved := self._reserved(before):
            seen = self.reservations.load(reserved)[0].holder
            yield self.reservations.intend(reserved, _take, holder=stream, seen=seen, at=at)
            if seen not in (None, stream):
                yield self.subscriptions().intend(seen, end, why=SubscriptionEnd.REPLACED, at=at)

    def _freed(self, stream: Id, before: Subscription, ended: SubscriptionEnded) -> Iterator[Intent]:
        reserved = self._reserved(before)
        if reserved and ended.why is not SubscriptionEnd.REPLACED:
            yield self.reservations.intend(reserved, release, holder=stream, at=ended.at)

    def _reserved(self, state: Subscription) -> Id | None:
        """The name of the address; None if that cannot be read any more."""
        text = text_of(self.log, state.address)
        return self.name("subscriber", state.channel, written(state.channel, text)) if text else None


def _take(known: Reservation, *, holder: Id, seen: Id | None, at: Instant) -> list[reservation.Event]:
    """Whoever is confirmed at the same time is no reason to refuse: it is decided again."""
    try:
        return take_over(known, holder=holder, seen=seen, at=at)
    except Refused as faster:
        raise Conflict(f"{holder}: another one has the address by now") from faster


def written(channel: SubscriptionChannel, to: str) -> str:
    """The one way to write an address, see `domain.address`; a URL stands as it is. Refused if it is none."""
    if channel is SubscriptionChannel.EMAIL:
        return _mail(to, address.normalised("mail", to))
    if target_of(to.strip()) is None:
        raise Refused("webhook_address_invalid")
    return to.strip()


def _mail(to: str, normalised: str) -> str:
    is_sendable = "@" in to and AT_A_HOST.fullmatch(normalised) and normalised.isprintable()
    if len(normalised) > LONGEST or not is_sendable:
        raise Refused("address_invalid", channel="mail")
    return normalised


def text_of(log: Log, sealed: Sealed | None) -> str | None:
    """The address in clear; None if it is forgotten or cannot be read."""
    text: Any = log.text(sealed) if isinstance(sealed, Address) else None
    return text["address"] if isinstance(text, Mapping) else None
