from collections.abc import Collection
from typing import Any
from uuid import uuid4

from domain.event import Id
from domain.incident import IncidentStatus
from domain.instant import HOUR
from domain.subscription import (
    TO_CONFIRM,
    Proof,
    Step,
    SubscriptionChannel,
    SubscriptionEnd,
    confirm,
    invited,
    lapse,
)
from projections import subscribers
from projections.subscribers import Subscriber
from store.streams import Command
from store.subscriptions import address_of
from store.subscriptions import subscribe as ask_at
from tests.cast import AT
from tests.projections.announcing import announce, post
from tests.projections.story import Story, rows
from tests.projections.subscribing import asked, do, lose, subscribe, unsubscribe, wish

ONE = "1a" * 16


def one(story: Story, stream: Id) -> Subscriber:
    with story.seen() as connection:
        found = subscribers.one(connection, stream)
    assert found is not None
    return found


def counts(story: Story) -> list[int]:
    with story.seen() as connection:
        return [subscribers.count(connection, step) for step in Step if step is not Step.NONE]


def told(story: Story, components: Collection[str]) -> set[Id]:
    """Who is to be told of the newest announcement."""
    with story.seen() as connection:
        query = subscribers.audience(subscribers.mailings(connection)[-1], components)
        return {subscribers.read(row).stream for row in connection.execute(query)}


def test_a_subscription_is_seen_from_its_request_until_it_is_forgotten(any_story: Story) -> None:
    stream = asked(any_story, "web", "mail")
    first = one(any_story, stream)
    assert (first.step, first.why, first.channel) == (Step.REQUESTED, None, SubscriptionChannel.EMAIL)
    assert (first.language, first.components, first.is_invited) == ("ru", ("mail", "web"), False)
    assert (first.requested_at, first.ends_at, first.confirmed_at) == (AT, AT + TO_CONFIRM, None)
    any_story.after(HOUR)
    do(any_story, stream, invited)
    do(any_story, stream, confirm, proof=Proof.LINK)
    known = one(any_story, stream)
    assert (known.step, known.is_invited, known.ends_at, known.confirmed_at) == (Step.CONFIRMED, True, None, AT + HOUR)
    unsubscribe(any_story, stream)
    over = one(any_story, stream)
    assert (over.step, over.why) == (Step.ENDED, SubscriptionEnd.UNSUBSCRIBED)
    lose(any_story, stream)
    assert one(any_story, stream).step is Step.FORGOTTEN
    with any_story.seen() as connection:
        assert subscribers.one(connection, "0" * 32) is None


def test_a_row_leads_to_the_address_and_holds_none_of_it(story: Story) -> None:
    stream = asked(story)
    assert story.desk.log.text(one(story, stream).address) == {"address": f"{stream}@example.org"}
    assert "example.org" not in repr(rows(story.engine))


def test_it_is_counted_how_many_are_how_far(any_story: Story) -> None:
    streams = [
        asked(any_story),
        asked(any_story, channel=SubscriptionChannel.WEBHOOK),
        subscribe(any_story),
        subscribe(any_story),
    ]
    assert counts(any_story) == [2, 2, 0, 0]
    do(any_story, streams[1], confirm, proof=Proof.CHALLENGE)
    unsubscribe(any_story, streams[2])
    assert counts(any_story) == [1, 2, 1, 0]
    lose(any_story, streams[2])
    assert counts(any_story) == [1, 2, 0, 1]


def test_a_page_has_those_who_are_so_far_the_oldest_first(any_story: Story) -> None:
    first, second = asked(any_story), subscribe(any_story)
    any_story.after(HOUR)
    third = asked(any_story)
    with any_story.seen() as connection:
        waiting = subscribers.page(connection, steps=[Step.REQUESTED])
        everybody = subscribers.page(connection, steps=list(Step))
        assert [each.stream for each in subscribers.page(connection, steps=list(Step), limit=2)] == [
            each.stream for each in everybody[:2]
        ]
    assert [each.stream for each in waiting] == [first, third]
    last = everybody[1]
    with any_story.seen() as connection:
        rest = subscribers.page(connection, steps=list(Step), after=(last.requested_at, last.stream))
    assert [each.stream for each in rest] == [third]
    assert ({each.stream for each in everybody[:2]}, everybody[2].stream) == ({first, second}, third)


def test_whoever_was_not_asked_yet_is_to_be_invited(any_story: Story) -> None:
    first = asked(any_story)
    any_story.after(HOUR)
    second, third = asked(any_story), asked(any_story)
    do(any_story, third, invited)
    with any_story.seen() as connection:
        found = [subscribers.read(row).stream for row in connection.execute(subscribers.to_be_invited())]
    assert found == [first, second]


def test_a_request_is_late_when_its_time_is_over(story: Story) -> None:
    stream, _ = asked(story), subscribe(story)
    with story.seen() as connection:
        assert subscribers.late(connection, at=AT + TO_CONFIRM - 1, limit=9) == []
        assert subscribers.late(connection, at=AT + TO_CONFIRM, limit=9) == [stream]
    story.after(TO_CONFIRM)
    do(story, stream, lapse)
    assert one(story, stream).why is SubscriptionEnd.NEVER_CONFIRMED
    with story.seen() as connection:
        assert subscribers.late(connection, at=AT + TO_CONFIRM, limit=9) == []


def test_what_ended_is_to_be_forgotten_once(story: Story) -> None:
    stream, _ = subscribe(story), asked(story)
    unsubscribe(story, stream)
    with story.seen() as connection:
        assert subscribers.to_be_forgotten(connection, limit=9) == [stream]
    lose(story, stream)
    with story.seen() as connection:
        assert subscribers.to_be_forgotten(connection, limit=9) == []


def test_those_are_told_who_want_to_be_told_of_one_of_its_components_or_of_everything(any_story: Story) -> None:
    everything, web, mail, both = (subscribe(any_story, *wish) for wish in ([], ["web"], ["mail"], ["mail", "web"]))
    asked(any_story)
    announce(any_story, ONE)
    assert told(any_story, {"web"}) == {everything, web, both}
    assert told(any_story, {"mail", "web"}) == {everything, web, mail, both}
    assert told(any_story, {"fax"}) == told(any_story, ()) == {everything}


def test_whoever_changes_the_wish_is_told_by_the_new_one(any_story: Story) -> None:
    stream, _ = subscribe(any_story, "web"), announce(any_story, ONE)
    for wanted, web, mail in ((["mail"], False, True), ([], True, True), (["web"], True, False)):
        wish(any_story, stream, *wanted)
        assert [bool(told(any_story, {component})) for component in ("web", "mail")] == [web, mail]
    assert (one(any_story, stream).language, one(any_story, stream).components) == ("en", ("web",))


def test_whoever_confirms_after_an_announcement_hears_of_the_next(story: Story) -> None:
    early, late = subscribe(story), asked(story)
    announce(story, ONE)
    do(story, late, confirm, proof=Proof.LINK)
    assert told(story, {"web"}) == {early}
    post(story, ONE, IncidentStatus.MONITORING)
    assert told(story, {"web"}) == {early, late}


def test_whoever_ended_or_was_replaced_is_told_no_more(story: Story) -> None:
    stays, ended = subscribe(story, "web"), subscribe(story, "web")
    replaced, newer = at_one_address(story), at_one_address(story)
    do(story, replaced, confirm, proof=Proof.LINK)
    do(story, newer, confirm, proof=Proof.LINK)
    unsubscribe(story, ended)
    announce(story, ONE)
    assert told(story, {"web"}) == {stays, newer}
    assert one(story, replaced).why is SubscriptionEnd.REPLACED
    assert {row[0] for row in rows(story.engine)["subscribers_v1_wishes"]} == {stays}


def at_one_address(story: Story) -> Id:
    command = Command(uuid4().hex)
    facts: dict[str, Any] = {"channel": SubscriptionChannel.EMAIL, "components": frozenset(), "language": "en"}
    ask_at(story.desk, command, to="cy@example.org", at=AT, **facts)
    assert address_of(story.desk, story.desk.subscriptions.load(command.id)[0]) == "cy@example.org"
    return command.id
