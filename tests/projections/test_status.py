from domain.component import ComponentStatus, StatusSet, Through, set_status
from domain.configuration.component import (
    ComponentDefined,
    ComponentGroupDefined,
    ComponentGroupWithdrawn,
    ComponentWithdrawn,
)
from domain.configuration.label import Label
from domain.event import Content
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR, MINUTE, Instant
from domain.maintenance import WorksStatus
from domain.uptime import Spell
from projections import status
from projections.said import Kind, said_between
from tests.cast import ANN, AT
from tests.projections.announcing import announce, plan, post, put_off, turn, wait
from tests.projections.story import Story

SERVERS = ComponentGroupDefined(at=AT, key="servers", label=Label("Серверы", "Servers"), place=1)
WEB = ComponentDefined(
    at=AT, key="web", group="servers", label=Label("Сайт", "Web site"), place=2, uptime_target=99_950
)
MAIL = ComponentDefined(at=AT, key="mail", group="servers", label=Label("Почта", "Mail"), place=1, uptime_target=0)


INCIDENT = "1c" * 16
WORKS = "3d" * 16
FOR_EVER = 2**60


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


def test_a_component_was_shown_until_it_was_withdrawn(story: Story) -> None:
    defined = configure(story, SERVERS, WEB)
    withdrawn = configure(story, ComponentWithdrawn(at=AT, key="web"))
    with story.seen() as connection:
        assert status.shown_since(connection, defined - 1, withdrawn) == {"web"}
        assert status.shown_since(connection, withdrawn - 1, withdrawn) == {"web"}
        assert status.shown_since(connection, withdrawn, withdrawn) == set()
        assert status.shown_since(connection, 0, defined - 1) == set()


def test_what_is_told_late_splits_what_held_then(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.OPERATIONAL, AT)
    before = told(story, ComponentStatus.DEGRADED, AT + 3 * HOUR)
    told(story, ComponentStatus.MAJOR_OUTAGE, AT + HOUR)
    assert spells(story) == [
        Spell(AT, AT + HOUR, ComponentStatus.OPERATIONAL),
        Spell(AT + HOUR, AT + 3 * HOUR, ComponentStatus.MAJOR_OUTAGE),
        Spell(AT + 3 * HOUR, None, ComponentStatus.DEGRADED),
    ]
    assert [each.status for each in spells(story, before)] == [ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED]


def test_what_is_told_of_the_time_before_the_first_status_holds_until_it(story: Story) -> None:
    told(story, ComponentStatus.OPERATIONAL, AT + HOUR)
    told(story, ComponentStatus.DEGRADED, AT)
    assert spells(story)[0] == Spell(AT, AT + HOUR, ComponentStatus.DEGRADED)
    told(story, ComponentStatus.MAJOR_OUTAGE, AT - HOUR)
    assert spells(story)[0] == Spell(AT - HOUR, AT, ComponentStatus.MAJOR_OUTAGE)


def test_a_status_set_at_the_same_instant_takes_the_place_of_the_one_before(story: Story) -> None:
    told(story, ComponentStatus.DEGRADED)
    told(story, ComponentStatus.OPERATIONAL)
    assert spells(story) == [Spell(AT, None, ComponentStatus.OPERATIONAL)]


def test_the_worst_that_is_said_is_shown_and_an_incident_takes_back_its_own_only(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.DEGRADED)
    announce(story, INCIDENT)
    assert (shown(story).status, shown(story).through) == (ComponentStatus.MAJOR_OUTAGE, Through.PERSON)
    story.after(HOUR)
    post(story, INCIDENT, IncidentStatus.RESOLVED)
    web = shown(story)
    assert (web.status, web.since, web.through) == (ComponentStatus.DEGRADED, AT + HOUR, Through.PROBE)


def test_works_announced_in_time_are_shown_before_anything_else_while_their_time_lasts(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.MAJOR_OUTAGE)
    plan(story, WORKS, after=DAY)
    assert shown(story).status is ComponentStatus.MAJOR_OUTAGE
    begun = story.after(DAY)
    wait(story, WORKS)
    web = shown(story)
    assert (web.status, web.since, web.through) == (ComponentStatus.UNDER_MAINTENANCE, begun, None)
    web = shown(story, begun + HOUR)
    assert (web.status, web.since, web.through) == (ComponentStatus.MAJOR_OUTAGE, begun + HOUR, Through.PROBE)


def test_works_announced_too_late_hide_nothing_that_is_worse(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.OPERATIONAL)
    plan(story, WORKS)
    begun = story.after(HOUR)
    wait(story, WORKS)
    assert shown(story).status is ComponentStatus.UNDER_MAINTENANCE
    told(story, ComponentStatus.DEGRADED, begun + 1)
    assert (shown(story).status, shown(story).since) == (ComponentStatus.DEGRADED, begun + 1)


def test_what_is_shown_is_so_since_it_is_whoever_says_it(story: Story) -> None:
    configure(story, SERVERS, WEB)
    told(story, ComponentStatus.MAJOR_OUTAGE)
    story.after(HOUR)
    announce(story, INCIDENT)
    told(story, ComponentStatus.OPERATIONAL, AT + 2 * HOUR)
    assert shown(story).since == AT


def test_however_often_it_is_said_again_it_is_shown_so_since_it_was_said_first(story: Story) -> None:
    configure(story, SERVERS, WEB)
    for minute in range(3 * status.A_FEW):
        told(story, ComponentStatus.DEGRADED, AT + minute * MINUTE)
    assert shown(story).since == AT


def test_what_is_asked_is_found_by_indexes(story: Story) -> None:
    told(story, ComponentStatus.DEGRADED)
    with story.seen() as connection:
        query = said_between(AT, AT + DAY, 10**6).compile(connection, compile_kwargs={"literal_binds": True})
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all())
    assert "SCAN" not in plan
    for index in ("going_span (node=?", "ended_at (at>? AND at<?", "ended_fork (fork=?"):
        assert f"USING INDEX status_v3_{index}" in plan


def test_works_come_as_what_was_announced_in_time_and_what_was_not(story: Story) -> None:
    plan(story, WORKS, after=DAY)
    story.after(DAY - HOUR)
    turn(story, WORKS, WorksStatus.IN_PROGRESS)
    story.after(3 * HOUR)
    begun, end = AT + DAY - HOUR, AT + DAY + 2 * HOUR
    late = Spell(begun + 2 * HOUR, None, ComponentStatus.UNDER_MAINTENANCE)
    assert spells(story) == [
        Spell(begun, begun + HOUR, ComponentStatus.UNDER_MAINTENANCE),
        Spell(begun + HOUR, begun + 2 * HOUR, ComponentStatus.UNDER_MAINTENANCE, excused=True),
        late,
    ]
    turn(story, WORKS, WorksStatus.COMPLETED)
    assert spells(story)[-1] == late._replace(end=end)


def test_works_made_shorter_and_longer_again_are_excused_for_what_was_left(story: Story) -> None:
    plan(story, WORKS, after=DAY)
    start = story.after(DAY)
    wait(story, WORKS)
    whole = story.desk.log.head()
    put_off(story, WORKS, start, start + HOUR // 2)
    put_off(story, WORKS, start, start + HOUR)
    works = ComponentStatus.UNDER_MAINTENANCE
    assert spells(story) == [
        Spell(start, start + HOUR // 2, works, excused=True),
        Spell(start + HOUR // 2, None, works),
    ]
    assert spells(story, whole) == [Spell(start, start + HOUR, works, excused=True), Spell(start + HOUR, None, works)]


def test_works_announced_too_late_and_works_called_off_excuse_nothing(story: Story) -> None:
    plan(story, WORKS)
    story.after(HOUR)
    wait(story, WORKS)
    assert [each.excused for each in spells(story)] == [False]
    plan(story, INCIDENT, after=DAY)
    turn(story, INCIDENT, WorksStatus.CANCELLED)
    assert len(spells(story)) == 1


def test_changes_tell_who_said_what_the_newest_first(story: Story) -> None:
    told(story, ComponentStatus.OPERATIONAL)
    announce(story, INCIDENT)
    position = story.desk.log.head()
    story.after(HOUR)
    post(story, INCIDENT, IncidentStatus.RESOLVED)
    with story.seen() as connection:
        incident, own = status.changes(connection, "web", since=AT, until=AT + DAY)
        then, _ = status.changes(connection, "web", since=AT, until=AT + DAY, position=position)
        assert status.changes(connection, "web", since=AT - DAY, until=AT) == []
        assert status.changes(connection, "web", since=AT + HOUR, until=AT + DAY) == [own]
    assert (own.kind, own.source, own.through, own.by) == (Kind.STATUS, "", Through.PROBE, None)
    assert (incident.kind, incident.source, incident.through, incident.by) == (
        (Kind.INCIDENT, INCIDENT, Through.PERSON, ANN)
    )
    assert (incident.at, incident.until, then.until) == (AT, AT + HOUR, None)


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
    assert isinstance(change, StatusSet)
    assert isinstance(change.why, Content)
    story.tell("components", story.desk.name("component", "web"), change)
    with story.seen() as connection:
        (seen,) = status.changes(connection, "web", since=AT, until=AT + 1)
    assert seen.why
    assert seen.by == ANN
    assert story.desk.log.text(seen.why) == {"why": "Disk is full"}


def test_spells_are_told_of_the_components_that_are_asked_for(any_story: Story) -> None:
    told(any_story, ComponentStatus.DEGRADED)
    told(any_story, ComponentStatus.DEGRADED, key="mail")
    with any_story.seen() as connection:
        everything = status.spells(connection, since=AT, until=AT + 1)
        found = status.spells(connection, since=AT, until=AT + 1, components={"mail"})
    assert set(everything) == {"web", "mail"}
    assert set(found) == {"mail"}
    assert found["web"] == []


def spells(story: Story, position: int | None = None) -> list[Spell]:
    with story.seen() as connection:
        return status.spells(connection, since=0, until=FOR_EVER, position=position)["web"]


def shown(story: Story, at: Instant | None = None) -> status.Component:
    with story.seen() as connection:
        (web,) = status.components(connection, at=at)
    return web
