"""Whatever anybody decides about a subscription, in whatever order."""

from collections.abc import Callable
from functools import partial, reduce
from typing import Any, Final, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from domain.event import Content
from domain.instant import HOUR, Duration
from domain.refusal import Refused
from domain.subscription import (
    UNREACHABLE,
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
from tests.cast import AT

Deed: TypeAlias = Callable[..., list[Event]]

STEPS: Final = list(Step)
LIVING: Final = (Step.REQUESTED, Step.CONFIRMED)
KNOWN: Final = frozenset({"web", "mail"})
ADDRESS: Final = Content("5" * 32, {"address": "cy@example.org"})
WISHES: Final = st.frozensets(st.sampled_from(sorted(KNOWN)))
LANGUAGES: Final = st.sampled_from(["ru", "en"])
MAILINGS: Final = st.sampled_from(["1" * 32, "2" * 32, "3" * 32, "4" * 32])
ENDS: Final = st.sampled_from(SubscriptionEnd)
PROOFS: Final = st.sampled_from(Proof)
NOW: Final = st.just(AT)
ASK: Final[dict[str, Any]] = {"channel": SubscriptionChannel.EMAIL, "address": ADDRESS, "known": KNOWN}


def deciding(decide: Deed, **facts: st.SearchStrategy[Any]) -> st.SearchStrategy[Deed]:
    return st.builds(partial, st.just(decide), **facts)


DEEDS: Final[st.SearchStrategy[Deed]] = st.one_of(
    deciding(partial(request, **ASK), components=WISHES, language=LANGUAGES),
    deciding(invited),
    deciding(confirm, proof=PROOFS),
    deciding(partial(change, known=KNOWN), components=WISHES, language=LANGUAGES),
    deciding(delivered),
    deciding(give_up, mailing=MAILINGS, attempts=st.integers(1, 9), why=st.just("timed_out")),
    deciding(end, why=ENDS),
    deciding(lapse),
    deciding(forget),
)
LIVES: Final = st.lists(st.tuples(DEEDS, st.integers(0, 12 * HOUR)), max_size=30)


@given(LIVES)
def test_whatever_is_done_a_subscription_never_goes_back(deeds: list[tuple[Deed, Duration]]) -> None:
    subscription, at = Subscription(), AT
    for deed, later in deeds:
        at += later
        before, subscription = subscription, done(deed, subscription, at)
        assert STEPS.index(before.step) <= STEPS.index(subscription.step)
        assert before.step is Step.NONE or before.address == subscription.address
        assert subscription.step is not Step.CONFIRMED or len(subscription.undelivered) < UNREACHABLE


def done(deed: Deed, subscription: Subscription, at: int) -> Subscription:
    """What is refused is not done: of a subscription that lives, and is not late, nothing is refused."""
    try:
        return reduce(evolve, deed(subscription, at=at), subscription)
    except Refused:
        assert subscription.step not in LIVING or lapse(subscription, at=at)
        return subscription


EVENTS: Final[st.SearchStrategy[Event]] = st.one_of(
    st.builds(
        SubscriptionRequested,
        at=NOW,
        channel=st.sampled_from(SubscriptionChannel),
        address=st.just(ADDRESS),
        components=st.just(("web",)),
        language=LANGUAGES,
    ),
    st.builds(SubscriptionInvited, at=NOW),
    st.builds(SubscriptionConfirmed, at=NOW, proof=PROOFS),
    st.builds(SubscriptionChanged, at=NOW, components=st.just(()), language=LANGUAGES),
    st.builds(SubscriptionUndeliverable, at=NOW, mailing=MAILINGS, attempts=st.just(1), why=st.just("timed_out")),
    st.builds(SubscriptionDeliveredAgain, at=NOW),
    st.builds(SubscriptionEnded, at=NOW, why=ENDS),
    st.builds(SubscriptionForgotten, at=NOW),
)


@given(st.lists(EVENTS, max_size=12))
def test_any_order_of_events_is_a_history(events: list[Event]) -> None:
    subscription = reduce(evolve, events, Subscription())
    assert subscription.step in Step
    assert (subscription.ends_at is not None) == (subscription.step is Step.REQUESTED)
