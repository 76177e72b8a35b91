"""A component of which nothing is known any more: neither up nor down."""

import pytest

from domain.component import ComponentStatus, State, StatusSet, Through
from domain.incident import IncidentStatus
from domain.instant import HOUR, MINUTE
from domain.subscription import SubscriptionChannel
from domain.uptime import Rule, Spell, stretches, uptime
from projections import status, subscribers
from projections.flow_components import components
from projections.said import Kind
from tests.cast import ANN, AT
from tests.projections.announcing import announce, post
from tests.projections.story import Story
from tests.projections.subscribing import subscribe
from tests.projections.test_status import SERVERS, WEB, configure, told

INCIDENT = "1c" * 16
UP, DOWN = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE


@pytest.fixture
def known(any_story: Story) -> Story:
    """Known from AT on for an hour, and then for another hour not."""
    configure(any_story, SERVERS, WEB)
    told(any_story, UP)
    any_story.clock.now = AT + HOUR
    say(any_story, None, AT + HOUR)
    any_story.clock.now = AT + 2 * HOUR
    return any_story


def say(story: Story, state: State, at: int) -> int:
    event = StatusSet(at=at, component="web", status=state, through=Through.PROBE)
    return story.tell("components", story.desk.name("component", "web"), event)


def test_it_is_shown_as_unknown_and_was_not_before(known: Story) -> None:
    then = known.desk.log.head() - 1
    with known.seen() as connection:
        [web] = status.components(connection)
        [before] = status.components(connection, then)
    assert (web.status, web.since, web.through) == (None, None, None)
    assert (before.status, before.since) == (UP, AT)


def test_the_time_of_it_counts_on_neither_side(known: Story) -> None:
    say(known, DOWN, AT + 2 * HOUR)
    with known.seen() as connection:
        said = status.spells(connection, since=AT, until=AT + 3 * HOUR)["web"]
        changes = status.changes(connection, "web", since=AT, until=AT + 3 * HOUR)
    assert said == [Spell(AT, AT + HOUR, UP), Spell(AT + 2 * HOUR, None, DOWN)]
    came = uptime(stretches(said, AT, AT + 3 * HOUR), Rule())
    assert (came.unknown, came.share) == (HOUR, 50_000)
    assert [(each.kind, each.status, each.at) for each in changes] == [
        (Kind.STATUS, DOWN, AT + 2 * HOUR), (Kind.STATUS, None, AT + HOUR), (Kind.STATUS, UP, AT)
    ]  # fmt: skip


def test_what_an_incident_says_is_known_all_the_same(known: Story) -> None:
    announce(known, INCIDENT, components={"web": DOWN})
    with known.seen() as connection:
        assert status.components(connection)[0].status is DOWN
    post(known, INCIDENT, IncidentStatus.RESOLVED, web=UP)
    with known.seen() as connection:
        assert status.components(connection)[0].status is None


def test_the_metrics_add_up_the_time_that_was_known(known: Story) -> None:
    with known.seen() as connection:
        [web] = components(connection, at=AT + 2 * HOUR, until=AT + 2 * HOUR)
    assert (web.state, web.accountable, web.weighed) == (None, HOUR, 0)


def test_no_subscriber_is_told_that_nothing_is_known(known: Story) -> None:
    subscribe(known, channel=SubscriptionChannel.WEBHOOK)
    say(known, DOWN, AT + 2 * HOUR)
    say(known, None, AT + 2 * HOUR + MINUTE)
    with known.seen() as connection:
        assert len(subscribers.mailings(connection)) == 1


def test_a_component_is_held_by_a_persons_word_alone(known: Story) -> None:
    def held() -> set[str]:
        with known.seen() as connection:
            return status.held(connection)

    assert held() == set()
    word = StatusSet(at=AT + 2 * HOUR, component="web", status=DOWN, through=Through.PERSON, by=ANN)
    known.tell("components", known.desk.name("component", "web"), word)
    assert held() == {"web"}
    say(known, UP, AT + 3 * HOUR)
    assert held() == set()
