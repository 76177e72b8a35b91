from domain.component import ComponentStatus, StatusSet, Through, set_status
from domain.configuration.component import (
    ComponentDefined,
    ComponentGroupDefined,
    ComponentGroupWithdrawn,
    ComponentWithdrawn,
)
from domain.configuration.label import Label
from domain.event import Content
from domain.instant import HOUR
from projections import status
from tests.cast import ANN, AT
from tests.projections.story import Story

SERVERS = ComponentGroupDefined(at=AT, key="servers", label=Label("Серверы", "Servers"), place=1)
WEB = ComponentDefined(
    at=AT, key="web", group="servers", label=Label("Сайт", "Web site"), place=2, uptime_target=99_950
)
MAIL = ComponentDefined(at=AT, key="mail", group="servers", label=Label("Почта", "Mail"), place=1, uptime_target=0)


def configure(story: Story, *events: object) -> int:
    return story.tell("configuration", story.desk.name("configuration"), *events)


def told(story: Story, to: ComponentStatus, at: int = AT, key: str = "web") -> int:
    change = StatusSet(at=at, component=key, status=to, through=Through.PROBE)
    return story.tell("components", story.desk.name("component", key), change)


def test_components_stand_in_the_order_of_the_page_with_their_status(story: Story) -> None:
    configure(story, SERVERS, WEB, MAIL)
    told(story, ComponentStatus.DEGRADED)
    with story.seen() as connection:
        assert [group.key for group in status.groups(connection)] == ["servers"]
        mail, web = status.components(connection)
    assert (mail.key, mail.status, mail.since, mail.through) == ("mail", None, None, None)
    assert (web.status, web.since, web.through) == (ComponentStatus.DEGRADED, AT, Through.PROBE)
    assert (web.group, web.ru, web.en, web.uptime_target) == ("servers", "Сайт", "Web site", 99_950)


def test_the_page_is_seen_as_it_stood(story: Story) -> None:
    then = configure(story, SERVERS, WEB)
    told(story, ComponentStatus.MAJOR_OUTAGE)
    configure(story, ComponentWithdrawn(at=AT, key="web"), ComponentGroupWithdrawn(at=AT, key="servers"))
    with story.seen() as connection:
        assert (status.groups(connection), status.components(connection)) == ([], [])
        assert [each.key for each in status.groups(connection, then)] == ["servers"]
        (web,) = status.components(connection, then)
        assert web.status is None
        (web,) = status.components(connection, then + 1)
        assert web.status is ComponentStatus.MAJOR_OUTAGE


def test_what_is_told_late_is_history_and_not_the_present(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.OPERATIONAL, AT + HOUR)
    told(story, ComponentStatus.MAJOR_OUTAGE, AT)
    with story.seen() as connection:
        (web,) = status.components(connection)
        changes = status.history(connection, "web", since=AT, until=AT + 2 * HOUR)
    assert (web.status, web.since) == (ComponentStatus.OPERATIONAL, AT + HOUR)
    assert [change.status for change in changes] == [ComponentStatus.MAJOR_OUTAGE, ComponentStatus.OPERATIONAL]


def test_history_begins_with_what_held_and_ends_before_the_end(story: Story) -> None:
    then = 0
    for hour, each in enumerate(ComponentStatus):
        then = told(story, each, AT + hour * HOUR)
    with story.seen() as connection:
        changes = status.history(connection, "web", since=AT + HOUR + 1, until=AT + 3 * HOUR)
        known = status.history(connection, "web", since=AT, until=AT + 9 * HOUR, position=then - 1)
    assert [change.at for change in changes] == [AT + HOUR, AT + 2 * HOUR]
    assert len(known) == len(ComponentStatus) - 1


def test_the_persons_own_words_are_kept_by_address(story: Story) -> None:
    (change,) = set_status(
        story.desk.components.initial,
        key="web",
        known=frozenset({"web"}),
        status=ComponentStatus.DEGRADED,
        through=Through.PERSON,
        by=ANN,
        why="Disk is full",
        at=AT,
    )
    assert isinstance(change.why, Content)
    story.tell("components", story.desk.name("component", "web"), change)
    with story.seen() as connection:
        (seen,) = status.history(connection, "web", since=AT, until=AT + 1)
    assert seen.why
    assert seen.by == ANN
    assert story.desk.log.text(seen.why) == {"why": "Disk is full"}
