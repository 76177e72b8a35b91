from collections.abc import Callable
from functools import reduce
from typing import Any, Final

import pytest

from domain.event import Content
from domain.instant import DAY
from domain.refusal import Refused
from domain.subscription import (
    TO_CONFIRM,
    Event,
    Proof,
    Step,
    Subscription,
    SubscriptionChanged,
    SubscriptionChannel,
    SubscriptionConfirmed,
    SubscriptionDeliveredAgain,
    SubscriptionEnd,
    SubscriptionEnded,
    SubscriptionForgotten,
    SubscriptionInvited,
    SubscriptionRequested,
    SubscriptionUndeliverable,
    change,
    confirm,
    delivered,
    end,
    evolve,
    forget,
    give_up,
    invited,
    lapse,
    request,
)
from tests.cast import ANN, AT

MAILINGS: Final = ["1" * 32, "2" * 32, "3" * 32]
KNOWN: Final = frozenset({"web", "mail"})
ADDRESS: Final = Content("5" * 32, {"address": "cy@example.org"})
REQUEST: Final[dict[str, Any]] = {
    "channel": SubscriptionChannel.EMAIL,
    "address": ADDRESS,
    "components": KNOWN,
    "known": KNOWN,
    "language": "ru",
}


def after(*events: Event, of: Subscription | None = None) -> Subscription:
    return reduce(evolve, events, of or Subscription())


REQUESTED: Final = after(*request(Subscription(), **REQUEST, at=AT))
CONFIRMED: Final = after(*confirm(REQUESTED, proof=Proof.LINK, at=AT), of=REQUESTED)
ENDED: Final = after(*end(CONFIRMED, why=SubscriptionEnd.UNSUBSCRIBED, at=AT), of=CONFIRMED)
FORGOTTEN: Final = after(*forget(ENDED, at=AT), of=ENDED)


def given_up(subscription: Subscription, mailing: str = MAILINGS[0]) -> list[Event]:
    return give_up(subscription, mailing=mailing, attempts=7, why="timed_out", at=AT)


def refused(decide: Callable[..., object], subscription: Subscription, **facts: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        decide(subscription, at=AT, **facts)
    return refusal.value


def test_a_request_says_what_is_wanted_and_waits() -> None:
    [event] = request(Subscription(), **REQUEST, at=AT, by=ANN)
    assert event == SubscriptionRequested(
        at=AT, channel=SubscriptionChannel.EMAIL, address=ADDRESS, components=("mail", "web"), language="ru", by=ANN
    )
    assert (REQUESTED.step, REQUESTED.ends_at) == (Step.REQUESTED, AT + 2 * DAY)
    assert (REQUESTED.address, REQUESTED.components, REQUESTED.language) == (ADDRESS, ("mail", "web"), "ru")


def test_the_same_request_again_is_none() -> None:
    assert request(REQUESTED, **REQUEST, at=AT + 1) == []


def test_nobody_is_told_of_a_component_that_there_is_not() -> None:
    wish = {**REQUEST, "components": frozenset({"web", "fax"})}
    assert refused(request, Subscription(), **wish) == Refused("component_unknown", component="fax")


def test_the_address_is_asked_once() -> None:
    assert invited(REQUESTED, at=AT) == [SubscriptionInvited(at=AT)]
    assert invited(after(SubscriptionInvited(at=AT), of=REQUESTED), at=AT) == []
    assert invited(CONFIRMED, at=AT) == invited(Subscription(), at=AT) == []


def test_a_confirmed_subscription_ends_no_more_by_itself() -> None:
    assert confirm(REQUESTED, proof=Proof.STAFF, at=AT, by=ANN) == [
        SubscriptionConfirmed(at=AT, proof=Proof.STAFF, by=ANN)
    ]
    assert (CONFIRMED.step, CONFIRMED.ends_at) == (Step.CONFIRMED, None)
    assert confirm(CONFIRMED, proof=Proof.LINK, at=AT + 9 * DAY) == []


def test_a_request_is_confirmed_until_just_before_it_ends() -> None:
    last = AT + TO_CONFIRM - 1
    assert confirm(REQUESTED, proof=Proof.LINK, at=last)
    assert lapse(REQUESTED, at=last) == []
    with pytest.raises(Refused, match="subscription_ended"):
        confirm(REQUESTED, proof=Proof.LINK, at=last + 1)
    assert lapse(REQUESTED, at=last + 1) == [SubscriptionEnded(at=last + 1, why=SubscriptionEnd.NEVER_CONFIRMED)]
    assert lapse(CONFIRMED, at=last + 1) == []


@pytest.mark.parametrize("subscription", [REQUESTED, CONFIRMED])
def test_wishes_change(subscription: Subscription) -> None:
    [event] = change(subscription, components=frozenset({"web"}), known=KNOWN, language="en", at=AT)
    assert event == SubscriptionChanged(at=AT, components=("web",), language="en")
    changed = after(event, of=subscription)
    assert (changed.components, changed.language, changed.step) == (("web",), "en", subscription.step)
    assert change(changed, components=frozenset({"web"}), known=KNOWN, language="en", at=AT) == []


def test_a_component_that_was_withdrawn_stays_wished_for_and_no_other_is_added() -> None:
    facts: dict[str, Any] = {"known": frozenset({"web"}), "language": "en"}
    assert change(CONFIRMED, components=KNOWN, **facts, at=AT)
    wish = KNOWN | {"fax"}
    assert refused(change, CONFIRMED, components=wish, **facts) == Refused("component_unknown", component="fax")


@pytest.mark.parametrize("subscription", [ENDED, FORGOTTEN])
def test_what_ended_is_not_taken_up_again(subscription: Subscription) -> None:
    assert refused(confirm, subscription, proof=Proof.LINK) == Refused("subscription_ended")
    wish: dict[str, Any] = {"components": KNOWN, "known": KNOWN, "language": "en"}
    assert refused(change, subscription, **wish) == Refused("subscription_ended")
    assert end(subscription, why=SubscriptionEnd.REMOVED, at=AT) == []


def test_what_was_never_asked_for_is_unknown() -> None:
    unknown = Refused("subscription_unknown")
    assert refused(confirm, Subscription(), proof=Proof.LINK) == unknown
    assert refused(change, Subscription(), components=KNOWN, known=KNOWN, language="en") == unknown
    assert refused(end, Subscription(), why=SubscriptionEnd.UNSUBSCRIBED) == unknown
    assert lapse(Subscription(), at=AT) == forget(Subscription(), at=AT) == []


@pytest.mark.parametrize("subscription", [REQUESTED, CONFIRMED])
def test_a_subscription_ends_whenever_somebody_wants_it_to(subscription: Subscription) -> None:
    [event] = end(subscription, why=SubscriptionEnd.REMOVED, at=AT, by=ANN)
    assert event == SubscriptionEnded(at=AT, why=SubscriptionEnd.REMOVED, by=ANN)
    assert (after(event, of=subscription).step, after(event, of=subscription).ends_at) == (Step.ENDED, None)


def test_only_what_ended_is_forgotten_and_once() -> None:
    assert forget(ENDED, at=AT) == [SubscriptionForgotten(at=AT)]
    assert forget(FORGOTTEN, at=AT) == forget(REQUESTED, at=AT) == forget(CONFIRMED, at=AT) == []
    assert FORGOTTEN.step is Step.FORGOTTEN


def test_an_announcement_that_arrives_is_noted_only_after_some_that_did_not() -> None:
    assert delivered(CONFIRMED, at=AT) == []
    failing = after(*given_up(CONFIRMED), of=CONFIRMED)
    assert delivered(failing, at=AT) == [SubscriptionDeliveredAgain(at=AT)]
    assert after(*delivered(failing, at=AT), of=failing) == CONFIRMED


def test_the_third_announcement_in_a_row_that_is_given_up_is_the_last() -> None:
    subscription = CONFIRMED
    for mailing in MAILINGS[:2]:
        [event] = given_up(subscription, mailing)
        assert event == SubscriptionUndeliverable(at=AT, mailing=mailing, attempts=7, why="timed_out")
        subscription = after(event, of=subscription)
    [_, last] = given_up(subscription, MAILINGS[2])
    assert last == SubscriptionEnded(at=AT, why=SubscriptionEnd.UNREACHABLE)


def test_an_announcement_that_is_given_up_twice_counts_once() -> None:
    failing = after(*given_up(CONFIRMED), of=CONFIRMED)
    assert given_up(failing) == []


@pytest.mark.parametrize("subscription", [Subscription(), REQUESTED, ENDED, FORGOTTEN])
def test_nothing_is_delivered_to_whoever_is_not_subscribed(subscription: Subscription) -> None:
    assert given_up(subscription) == delivered(subscription, at=AT) == []
