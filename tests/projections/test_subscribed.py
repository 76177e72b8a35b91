"""What is announced and is to be told, and what could not be: row by row."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import uuid4

import pytest

from domain.component import ComponentStatus, StatusSet, Through
from domain.event import Id, Source
from domain.incident import IncidentStatus
from domain.instant import HOUR
from domain.mailing import finish
from domain.maintenance import WorksStatus
from domain.subscription import (
    Step,
    SubscriptionChannel,
    SubscriptionEnd,
    delivered,
)
from projections import subscribers
from projections.rebuild import differing, rebuild
from projections.subscribed import MailingKind
from projections.subscribers import Announced, DeadLetter, Subscriber
from store.streams import Command
from tests.cast import ANN, AT
from tests.projections.announcing import announce, bring_in, plan, post, put_off, reword, turn
from tests.projections.story import Story, rows
from tests.projections.subscribing import asked, do, fail, lose, subscribe, unsubscribe

ONE, TWO, WORKS = "1a" * 16, "2b" * 16, "3c" * 16
WEBHOOK = SubscriptionChannel.WEBHOOK


def one(story: Story, stream: Id) -> Subscriber:
    with story.seen() as connection:
        found = subscribers.one(connection, stream)
    assert found is not None
    return found


def mailings(story: Story) -> Sequence[Announced]:
    with story.seen() as connection:
        return subscribers.mailings(connection)


def kinds(story: Story) -> list[tuple[Id, MailingKind]]:
    return [(each.stream, each.kind) for each in mailings(story)]


def set_status(story: Story, source: Source = Source.LIVE, incident: Id | None = None) -> None:
    event = StatusSet(
        at=AT, component="web", status=ComponentStatus.DEGRADED, through=Through.PERSON, incident=incident, by=ANN
    )
    story.append(story.desk.name("component", "web"), event, source=source)


def audience(story: Story, components: Collection[str]) -> set[Id]:
    with story.seen() as connection:
        query = subscribers.audience(subscribers.mailings(connection)[-1], components)
        return {subscribers.read(row).stream for row in connection.execute(query)}


def test_each_live_announcement_is_told_until_its_mailing_is_done(any_story: Story) -> None:
    subscribe(any_story)
    first = announce(any_story, ONE)
    post(any_story, ONE, IncidentStatus.IDENTIFIED)
    plan(any_story, WORKS, after=HOUR, components=frozenset({"mail"}))
    put_off(any_story, WORKS, AT + 2 * HOUR, AT + 3 * HOUR)
    turn(any_story, WORKS, WorksStatus.CANCELLED)
    expected = [(ONE, MailingKind.INCIDENT)] * 2 + [(WORKS, MailingKind.WORKS)] * 3
    assert kinds(any_story) == expected
    mailing = mailings(any_story)[0]
    [recorded] = any_story.desk.log.read_all(after=mailing.position - 1, until=mailing.position)
    assert (mailing.stream, mailing.version, mailing.at) == (recorded.stream, recorded.version, recorded.event.at)
    assert mailing.position <= first
    done(any_story, mailing)
    done(any_story, mailing)
    assert kinds(any_story) == expected[1:]


def done(story: Story, mailing: Announced) -> None:
    name = story.desk.name("mailing", str(mailing.position))
    facts: dict[str, Any] = {"of": mailing.stream, "position": mailing.position, "delivered": 1, "given_up": 0}
    story.desk.mailings.act(Command(uuid4().hex), name, finish, at=AT, **facts)


def test_an_announcement_that_nobody_was_subscribed_for_is_told_to_nobody(story: Story) -> None:
    asked(story)
    unsubscribe(story, subscribe(story))
    announce(story, ONE)
    subscribe(story)
    assert mailings(story) == []


@pytest.mark.parametrize("source", [Source.IMPORT, Source.SIMULATION])
def test_what_was_imported_or_simulated_is_told_to_nobody(story: Story, source: Source) -> None:
    subscribe(story, channel=WEBHOOK)
    announce(story, ONE, source=source)
    set_status(story, source=source)
    assert mailings(story) == []


def test_other_words_are_told_to_nobody(story: Story) -> None:
    announce(story, ONE)
    subscribe(story)
    reword(story, ONE)
    bring_in(story, "incidents", ONE)
    assert mailings(story) == []


def test_webhooks_alone_are_told_of_a_components_own_status(any_story: Story) -> None:
    subscribe(any_story)
    set_status(any_story)
    assert mailings(any_story) == []
    webhook, _ = subscribe(any_story, "web", channel=WEBHOOK), subscribe(any_story, "mail", channel=WEBHOOK)
    set_status(any_story)
    assert kinds(any_story) == [(any_story.desk.name("component", "web"), MailingKind.COMPONENT)]
    assert audience(any_story, {"web"}) == {webhook}


def test_what_an_incident_says_of_a_component_is_told_with_the_incident(story: Story) -> None:
    subscribe(story, channel=WEBHOOK)
    announce(story, ONE)
    set_status(story, incident=ONE)
    assert kinds(story) == [(ONE, MailingKind.INCIDENT)]


def dead(story: Story) -> Sequence[DeadLetter]:
    with story.seen() as connection:
        return subscribers.dead_letters(connection)


def test_dead_letters_are_listed_the_newest_first_as_long_as_the_subscription_lives(any_story: Story) -> None:
    stream, other = subscribe(any_story), subscribe(any_story)
    fail(any_story, other, ONE)
    for mailing in (ONE, TWO):
        any_story.after(HOUR)
        fail(any_story, stream, mailing)
    assert dead(any_story)[0] == DeadLetter(stream, TWO, AT + 2 * HOUR, 7, "timed_out")
    assert [each.stream for each in dead(any_story)] == [stream, stream, other]
    assert one(any_story, stream).failures == 2
    do(any_story, stream, delivered)
    assert (one(any_story, stream).failures, len(dead(any_story))) == (0, 3)
    unsubscribe(any_story, stream)
    assert [each.stream for each in dead(any_story)] == [other]


def test_whoever_cannot_be_reached_is_told_no_more_and_leaves_no_dead_letter(story: Story) -> None:
    stream = subscribe(story)
    for mailing in (ONE, TWO, WORKS):
        fail(story, stream, mailing)
    assert (one(story, stream).step, one(story, stream).why) == (Step.ENDED, SubscriptionEnd.UNREACHABLE)
    assert dead(story) == []


def test_rebuilt_is_live(any_story: Story) -> None:
    stays, ended = subscribe(any_story, "web"), subscribe(any_story, "mail")
    announce(any_story, ONE)
    done(any_story, mailings(any_story)[0])
    fail(any_story, stays)
    fail(any_story, ended)
    post(any_story, ONE, IncidentStatus.RESOLVED)
    unsubscribe(any_story, ended)
    lose(any_story, ended)
    projector = any_story.projector
    projector.catch_up()
    live = rows(any_story.engine, [subscribers])
    assert differing(projector, subscribers) == []
    rebuild(projector, subscribers)
    assert rows(any_story.engine, [subscribers]) == live
