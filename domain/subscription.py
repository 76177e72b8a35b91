"""A subscription: somebody wants to be told what is announced, and has proved that the address is theirs.

The address is content under a key of the subscription's own: when it ends the key is destroyed. An address that was
never confirmed is told one thing only, how to confirm.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from domain.component import demand_defined
from domain.event import Content, Id, Public, Sealed, Visibility, event
from domain.instant import DAY, Duration, Instant
from domain.refusal import Refused

TO_CONFIRM: Final[Duration] = 2 * DAY
"""How long a request waits for its confirmation."""
UNREACHABLE: Final = 3
"""After so many announcements in a row that could not be delivered nothing more is sent there."""


class SubscriptionChannel(StrEnum):
    """By what the subscriber is told."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class Proof(StrEnum):
    """How it was shown that the address wants to be told."""

    LINK = "link"
    """The link that was sent there was followed, and a button pressed."""
    CHALLENGE = "challenge"
    """The address answered with the challenge that was sent there."""
    STAFF = "staff"
    """The staff answers for it."""


class SubscriptionEnd(StrEnum):
    """Why nothing more is sent."""

    UNSUBSCRIBED = "unsubscribed"
    REPLACED = "replaced"
    """The same address was subscribed anew, with other wishes."""
    NEVER_CONFIRMED = "never_confirmed"
    UNREACHABLE = "unreachable"
    REMOVED = "removed"
    """By the staff."""


@event(
    "subscription.requested",
    visibility=Visibility.OPAQUE,
    en="Subscription asked for ({channel})",
    ru="Запрошена подписка ({channel})",
)
class SubscriptionRequested:
    """Nobody has shown yet that the address is theirs. Without components it is about everything."""

    at: Public[Instant]
    channel: SubscriptionChannel
    address: Sealed
    components: tuple[str, ...]
    language: str
    by: Id | None = None


@event("subscription.invited", visibility=Visibility.OPAQUE, en="Asked to confirm", ru="Запрошено подтверждение")
class SubscriptionInvited:
    """What was sent arrived."""

    at: Public[Instant]


@event("subscription.confirmed", visibility=Visibility.OPAQUE, en="Confirmed ({proof})", ru="Подтверждена ({proof})")
class SubscriptionConfirmed:
    """From now on the subscriber is told."""

    at: Public[Instant]
    proof: Proof
    by: Id | None = None


@event(
    "subscription.changed",
    visibility=Visibility.OPAQUE,
    en="The subscriber wants to be told of other components or in another language",
    ru="Подписчик изменил список компонентов или язык",
)
class SubscriptionChanged:
    """Complete; without components it is about everything."""

    at: Public[Instant]
    components: tuple[str, ...]
    language: str


@event(
    "subscription.undeliverable",
    visibility=Visibility.OPAQUE,
    en="An announcement was given up after {attempts} attempts: {why}",
    ru="Объявление не доставлено подписчику, попыток {attempts}: {why}",
)
class SubscriptionUndeliverable:
    """A dead letter of the announcement `mailing`; `why` is a code and never says the address."""

    at: Public[Instant]
    mailing: Id
    attempts: int
    why: str


@event("subscription.delivered_again", visibility=Visibility.OPAQUE, en="Delivered again", ru="Снова доставляется")
class SubscriptionDeliveredAgain:
    """The first one that arrived after some that did not."""

    at: Public[Instant]


@event("subscription.ended", visibility=Visibility.OPAQUE, en="Unsubscribed ({why})", ru="Подписка окончена ({why})")
class SubscriptionEnded:
    """Nothing more is sent; the address is to be forgotten."""

    at: Public[Instant]
    why: SubscriptionEnd
    by: Id | None = None


@event("subscription.forgotten", visibility=Visibility.OPAQUE, en="The address was destroyed", ru="Адрес уничтожен")
class SubscriptionForgotten:
    """The key of the address does not exist any more."""

    at: Public[Instant]


Event: TypeAlias = (
    SubscriptionRequested
    | SubscriptionInvited
    | SubscriptionConfirmed
    | SubscriptionChanged
    | SubscriptionUndeliverable
    | SubscriptionDeliveredAgain
    | SubscriptionEnded
    | SubscriptionForgotten
)


class Step(StrEnum):
    """How far a subscription is."""

    NONE = "none"
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    ENDED = "ended"
    FORGOTTEN = "forgotten"


STEPS: Final[dict[type[Event], Step]] = {
    SubscriptionConfirmed: Step.CONFIRMED,
    SubscriptionEnded: Step.ENDED,
    SubscriptionForgotten: Step.FORGOTTEN,
}


@dataclass(frozen=True)
class Subscription:
    """What decisions read of a subscription."""

    step: Step = Step.NONE
    channel: SubscriptionChannel = SubscriptionChannel.EMAIL
    address: Sealed | None = None
    components: tuple[str, ...] = ()
    language: str = ""
    requested_at: Instant = 0
    is_invited: bool = False
    undelivered: frozenset[Id] = frozenset()
    """Announcements in a row that could not be delivered."""

    @property
    def ends_at(self) -> Instant | None:
        """When it ends by itself unless it is confirmed before."""
        return self.requested_at + TO_CONFIRM if self.step is Step.REQUESTED else None


def evolve(subscription: Subscription, event: Event) -> Subscription:
    """The subscription after an event."""
    match event:
        case SubscriptionRequested():
            wishes = event.address, event.components, event.language, event.at
            return Subscription(Step.REQUESTED, event.channel, *wishes)
        case SubscriptionInvited():
            return replace(subscription, is_invited=True)
        case SubscriptionChanged():
            return replace(subscription, components=event.components, language=event.language)
        case SubscriptionUndeliverable():
            return replace(subscription, undelivered=subscription.undelivered | {event.mailing})
        case SubscriptionDeliveredAgain():
            return replace(subscription, undelivered=frozenset())
        case SubscriptionConfirmed() | SubscriptionEnded() | SubscriptionForgotten():
            return replace(subscription, step=STEPS[type(event)])
        case _:
            assert_never(event)


def request(
    subscription: Subscription,
    *,
    channel: SubscriptionChannel,
    address: Content,
    components: frozenset[str],
    known: frozenset[str],
    language: str,
    at: Instant,
    by: Id | None = None,
) -> list[Event]:
    """Ask to be told; `known` are the components that there are. Refused: `component_unknown`."""
    wanted = _wanted(components, known)
    if subscription.step is not Step.NONE:
        return []
    return [SubscriptionRequested(at=at, channel=channel, address=address, components=wanted, language=language, by=by)]


def invited(subscription: Subscription, *, at: Instant) -> list[Event]:
    """What asks for the confirmation arrived."""
    waits = subscription.step is Step.REQUESTED and not subscription.is_invited
    return [SubscriptionInvited(at=at)] if waits else []


def confirm(subscription: Subscription, *, proof: Proof, at: Instant, by: Id | None = None) -> list[Event]:
    """The address wants to be told. Refused: `subscription_unknown`; `subscription_ended`, also if it is too late."""
    _demand_living(subscription)
    if subscription.step is Step.CONFIRMED:
        return []
    if lapse(subscription, at=at):
        raise Refused("subscription_ended")
    return [SubscriptionConfirmed(at=at, proof=proof, by=by)]


def change(
    subscription: Subscription, *, components: frozenset[str], known: frozenset[str], language: str, at: Instant
) -> list[Event]:
    """Tell of other components, or in another language. Refused as by `confirm`, and `component_unknown`.

    A component that was withdrawn since stays wished for.
    """
    _demand_living(subscription)
    wanted = _wanted(components, known.union(subscription.components))
    if (wanted, language) == (subscription.components, subscription.language):
        return []
    return [SubscriptionChanged(at=at, components=wanted, language=language)]


def delivered(subscription: Subscription, *, at: Instant) -> list[Event]:
    """An announcement arrived; noted only after some that did not."""
    counts = subscription.step is Step.CONFIRMED and subscription.undelivered
    return [SubscriptionDeliveredAgain(at=at)] if counts else []


def give_up(subscription: Subscription, *, mailing: Id, attempts: int, why: str, at: Instant) -> list[Event]:
    """An announcement cannot be delivered; after `UNREACHABLE` of them in a row nothing more is tried."""
    if subscription.step is not Step.CONFIRMED or mailing in subscription.undelivered:
        return []
    dead = SubscriptionUndeliverable(at=at, mailing=mailing, attempts=attempts, why=why)
    is_last = len(subscription.undelivered) + 1 >= UNREACHABLE
    return [dead, SubscriptionEnded(at=at, why=SubscriptionEnd.UNREACHABLE)] if is_last else [dead]


def end(subscription: Subscription, *, why: SubscriptionEnd, at: Instant, by: Id | None = None) -> list[Event]:
    """Tell nothing more. Refused: `subscription_unknown`."""
    if subscription.step is Step.NONE:
        raise Refused("subscription_unknown")
    over = subscription.step in (Step.ENDED, Step.FORGOTTEN)
    return [] if over else [SubscriptionEnded(at=at, why=why, by=by)]


def lapse(subscription: Subscription, *, at: Instant) -> list[Event]:
    """A request that nobody confirmed in time ends."""
    late = subscription.ends_at is not None and subscription.ends_at <= at
    return [SubscriptionEnded(at=at, why=SubscriptionEnd.NEVER_CONFIRMED)] if late else []


def forget(subscription: Subscription, *, at: Instant) -> list[Event]:
    """The key of its address was destroyed."""
    return [SubscriptionForgotten(at=at)] if subscription.step is Step.ENDED else []


def _demand_living(subscription: Subscription) -> None:
    if subscription.step is Step.NONE:
        raise Refused("subscription_unknown")
    if subscription.step in (Step.ENDED, Step.FORGOTTEN):
        raise Refused("subscription_ended")


def _wanted(components: frozenset[str], known: frozenset[str]) -> tuple[str, ...]:
    for key in (wanted := tuple(sorted(components))):
        demand_defined(key, known)
    return wanted
