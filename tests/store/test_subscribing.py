"""An address has one living subscription: whatever is confirmed, replaced or ended is stored with what it means."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, Final

import pytest

from domain import subscription
from domain.configuration.component import ComponentDefined
from domain.configuration.label import Label
from domain.event import Id, Source
from domain.instant import DAY, HOUR
from domain.refusal import Refused
from domain.reservation import NameReleased, NameReserved
from domain.subscription import (
    Proof,
    Step,
    Subscription,
    SubscriptionChannel,
    SubscriptionConfirmed,
    SubscriptionEnd,
    SubscriptionEnded,
    confirm,
    end,
    forget,
    lapse,
)
from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from store.log import Change, Recorded
from store.sealing import Erased
from store.streams import Acted, Command
from store.subscribing import LONGEST, written
from store.subscriptions import PURPOSE, address_of, link_of, subscribe, subscription_by, subscription_of

AT: Final = 1_000 * DAY
EMAIL, WEBHOOK = SubscriptionChannel.EMAIL, SubscriptionChannel.WEBHOOK
MAIL: Final = "cy@example.org"


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    built = build_desk(settings)
    yield built
    built.close()


@pytest.fixture
def sqlite_desk(sqlite_settings: Settings) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    yield built
    built.close()


def asked(desk: Desk, to: str = MAIL, channel: SubscriptionChannel = EMAIL, components: Sequence[str] = ()) -> Id:
    command = Command(desk.new_id())
    facts: dict[str, Any] = {"channel": channel, "components": frozenset(components), "language": "en"}
    return subscribe(desk, command, to=to, at=AT, **facts).events[0].stream


def confirmed(desk: Desk, stream: Id) -> Acted[Subscription, subscription.Event]:
    return desk.subscriptions.act(Command(desk.new_id()), stream, confirm, proof=Proof.LINK, at=AT)


def ended(desk: Desk, stream: Id, why: SubscriptionEnd = SubscriptionEnd.UNSUBSCRIBED) -> None:
    desk.subscriptions.act(Command(desk.new_id()), stream, end, why=why, at=AT)


def holder(desk: Desk, to: str = MAIL, channel: SubscriptionChannel = EMAIL) -> Id | None:
    return desk.reservations.load(desk.name("subscriber", channel, written(channel, to)))[0].holder


def steps(desk: Desk, *streams: Id) -> list[Step]:
    return [desk.subscriptions.load(stream)[0].step for stream in streams]


def forgotten(desk: Desk, stream: Id) -> None:
    desk.keys.destroy(stream, AT)
    desk.subscriptions.act(Command(desk.new_id()), stream, forget, at=AT)


def interrupted(desk: Desk, monkeypatch: pytest.MonkeyPatch, by: Callable[[], object]) -> None:
    """Somebody else stores something right before the next append."""
    append = desk.log.append

    def late(changes: Sequence[Change], command: Id, source: Source) -> list[Recorded[Any]]:
        monkeypatch.setattr(desk.log, "append", append)
        by()
        return append(changes, command, source)

    monkeypatch.setattr(desk.log, "append", late)


def test_a_request_takes_no_address_and_is_sealed_under_a_key_of_its_own(desk: Desk) -> None:
    stream = asked(desk, f" {MAIL} ")
    newest = desk.log.read_all(after=desk.log.head() - 1)
    assert ([each.stream for each in newest], holder(desk)) == ([stream], None)
    state = subscription_of(desk, stream)
    assert (state.step, address_of(desk, state)) == (Step.REQUESTED, MAIL)
    desk.keys.destroy(stream, AT)
    assert address_of(desk, state) is None


def test_what_was_asked_for_twice_by_one_command_is_one_request(desk: Desk) -> None:
    command = Command(desk.new_id())
    facts: dict[str, Any] = {"channel": EMAIL, "to": MAIL, "components": frozenset(), "language": "en", "at": AT}
    first, again = subscribe(desk, command, **facts), subscribe(desk, command, **facts)
    assert [each.position for each in again.events] == [each.position for each in first.events]


def test_confirming_takes_the_place_of_the_older_one_in_one_commit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    older, newer = asked(desk), asked(desk, "Cy@EXAMPLE.org")
    confirmed(desk, older)
    commits: list[list[Recorded[Any]]] = []
    append = desk.log.append

    def kept(changes: Sequence[Change], command: Id, source: Source) -> list[Recorded[Any]]:
        commits.append(append(changes, command, source))
        return commits[-1]

    monkeypatch.setattr(desk.log, "append", kept)
    confirmed(desk, newer)
    [commit] = commits
    assert [each.event for each in commit] == [
        SubscriptionConfirmed(at=AT, proof=Proof.LINK),
        NameReleased(at=AT, holder=older),
        NameReserved(at=AT, holder=newer),
        SubscriptionEnded(at=AT, why=SubscriptionEnd.REPLACED),
    ]
    assert (steps(desk, older, newer), holder(desk)) == ([Step.ENDED, Step.CONFIRMED], newer)


def test_whoever_confirms_twice_is_subscribed_once(desk: Desk) -> None:
    stream = asked(desk)
    confirmed(desk, stream)
    head = desk.log.head()
    assert confirmed(desk, stream).events == []
    assert (desk.log.head(), holder(desk)) == (head, stream)


def test_of_two_confirmed_at_once_one_is_left(desk: Desk) -> None:
    for _ in range(4):
        streams, ready = [asked(desk) for _ in range(4)], Barrier(4)

        def at_once(stream: Id, ready: Barrier = ready) -> None:
            ready.wait()
            confirmed(desk, stream)

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(at_once, streams))
        living = [stream for stream in streams if steps(desk, stream) == [Step.CONFIRMED]]
        assert living == [holder(desk)]


def test_a_confirmation_that_another_one_was_faster_than_replaces_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, faster, slower = asked(desk), asked(desk), asked(desk)
    confirmed(desk, older)
    interrupted(desk, monkeypatch, lambda: confirmed(desk, faster))
    confirmed(desk, slower)
    assert steps(desk, older, faster, slower) == [Step.ENDED, Step.ENDED, Step.CONFIRMED]
    assert holder(desk) == slower


def test_an_address_that_changes_hands_while_it_is_decided_is_no_reason_to_refuse(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After it was seen who has the address, and before that is decided upon."""
    older, faster, slower = asked(desk), asked(desk), asked(desk)
    confirmed(desk, older)
    streams, intend = vars(desk.reservations), desk.reservations.intend

    def late(*args: Any, **facts: Any) -> Any:
        monkeypatch.delitem(streams, "intend")
        confirmed(desk, faster)
        return intend(*args, **facts)

    monkeypatch.setitem(streams, "intend", late)
    confirmed(desk, slower)
    assert steps(desk, older, faster, slower) == [Step.ENDED, Step.ENDED, Step.CONFIRMED]


def test_one_that_ends_while_another_is_confirmed_frees_nothing_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newer = asked(desk), asked(desk)
    confirmed(desk, older)
    interrupted(desk, monkeypatch, lambda: ended(desk, older))
    confirmed(desk, newer)
    assert (steps(desk, older, newer), holder(desk)) == ([Step.ENDED, Step.CONFIRMED], newer)
    ended(desk, older)
    assert holder(desk) == newer


@pytest.mark.parametrize("why", [SubscriptionEnd.UNSUBSCRIBED, SubscriptionEnd.REMOVED])
def test_ending_frees_the_address(desk: Desk, why: SubscriptionEnd) -> None:
    stream = asked(desk)
    confirmed(desk, stream)
    ended(desk, stream, why)
    assert (steps(desk, stream), holder(desk)) == ([Step.ENDED], None)
    confirmed(desk, again := asked(desk))
    assert holder(desk) == again


def test_a_request_that_lapses_frees_nothing_of_the_one_that_lives(desk: Desk) -> None:
    living, late = asked(desk), asked(desk)
    confirmed(desk, living)
    desk.subscriptions.act(Command(desk.new_id()), late, lapse, at=AT + 49 * HOUR)
    assert (steps(desk, living, late), holder(desk)) == ([Step.CONFIRMED, Step.ENDED], living)


def test_an_address_that_cannot_be_read_does_not_stop_ending_and_is_subscribed_again(desk: Desk) -> None:
    lost = asked(desk)
    confirmed(desk, lost)
    desk.keys.destroy(lost, AT)
    ended(desk, lost)
    assert (steps(desk, lost), holder(desk)) == ([Step.ENDED], lost)
    confirmed(desk, again := asked(desk))
    assert holder(desk) == again


def test_a_forgotten_address_opens_with_no_key(desk: Desk) -> None:
    stream = asked(desk)
    confirmed(desk, stream)
    ended(desk, stream)
    forgotten(desk, stream)
    state = subscription_of(desk, stream)
    address: Any = state.address
    assert (state.step, address_of(desk, state), desk.log.text(address)) == (Step.FORGOTTEN, None, Erased())
    forgotten(desk, stream)


def test_one_channel_takes_nothing_from_the_other(sqlite_desk: Desk) -> None:
    mail, hook = asked(sqlite_desk), asked(sqlite_desk, "https://example.org/hook", WEBHOOK)
    for stream in (mail, hook):
        confirmed(sqlite_desk, stream)
    assert steps(sqlite_desk, mail, hook) == [Step.CONFIRMED, Step.CONFIRMED]
    assert holder(sqlite_desk, "https://example.org/hook", WEBHOOK) == hook


@pytest.mark.parametrize(
    "to",
    [
        *("", "cy", "cy@", "@example.org", "a b@example.org", "a@b@c", "a\r\nBcc: x@example.org", "a\x00@example.org"),
        *("cy@[", "cy@[127.0.0.1]", "cy@a_b.org", "cy@-", "cy@a.b/", "cy\N{FULLWIDTH COMMERCIAL AT}a.org"),
    ],
)
def test_what_is_no_address_is_refused_before_anything_is_stored(sqlite_desk: Desk, to: str) -> None:
    head = sqlite_desk.log.head()
    with pytest.raises(Refused) as refusal:
        asked(sqlite_desk, to)
    assert refusal.value == Refused("address_invalid", channel="mail")
    assert sqlite_desk.log.head() == head


def test_an_address_is_no_longer_than_any_can_be() -> None:
    longest = "a" * (LONGEST - len("@example.org")) + "@example.org"
    assert written(EMAIL, longest) == longest
    with pytest.raises(Refused, match="address_invalid"):
        written(EMAIL, "a" + longest)


@pytest.mark.parametrize("to", ["", "example.org", "ftp://example.org/", "http://a:b@example.org/"])
def test_what_is_no_web_address_is_refused(sqlite_desk: Desk, to: str) -> None:
    with pytest.raises(Refused) as refusal:
        asked(sqlite_desk, to, WEBHOOK)
    assert refusal.value == Refused("webhook_address_invalid")


def test_a_component_that_there_is_not_is_refused(sqlite_desk: Desk) -> None:
    defined = ComponentDefined(at=AT, key="web", label=Label("Сайт", "Web"), group="servers", place=1, uptime_target=0)
    sqlite_desk.configuration.act(Command(sqlite_desk.new_id()), sqlite_desk.name("configuration"), lambda _: [defined])
    assert subscription_of(sqlite_desk, asked(sqlite_desk, components=["web"])).components == ("web",)
    with pytest.raises(Refused) as refusal:
        asked(sqlite_desk, components=["web", "fax"])
    assert refusal.value == Refused("component_unknown", component="fax")


def test_a_link_leads_to_its_subscription_and_no_made_up_one_to_any(sqlite_desk: Desk) -> None:
    stream = asked(sqlite_desk)
    assert subscription_by(sqlite_desk, link_of(sqlite_desk, stream)) == stream
    configuration = sqlite_desk.name("configuration")
    for text in (link_of(sqlite_desk, "5" * 32), link_of(sqlite_desk, configuration), stream, PURPOSE):
        with pytest.raises(Refused) as refusal:
            subscription_by(sqlite_desk, text)
        assert refusal.value == Refused("subscription_unknown")
