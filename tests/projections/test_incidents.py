from typing import Any

import pytest
from sqlalchemy import Connection, event

from domain.code import code_of
from domain.component import ComponentStatus
from domain.incident import Affected, IncidentStatus
from domain.instant import DAY, HOUR, MINUTE
from domain.maintenance import WorksStatus
from domain.refusal import Refused
from projections import incidents
from projections.announced import Kind
from tests.cast import AT
from tests.projections.announcing import (
    announce,
    plan,
    post,
    seen,
    turn,
    wait,
)
from tests.projections.effort import plans
from tests.projections.story import Story

ONE, TWO, WORKS, MORE = "1a" * 16, "2b" * 16, "3c" * 16, "4d" * 16
OUTAGE, DEGRADED, WELL = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED, ComponentStatus.OPERATIONAL


def asked(story: Story, query: Any, *args: Any, **facts: Any) -> list[str]:
    """The streams that the query finds."""
    with story.seen() as connection:
        return [each.stream for each in query(connection, *args, **facts)]


def test_an_incident_is_found_by_its_code_with_all_that_was_told(any_story: Story) -> None:
    announce(any_story, ONE)
    any_story.after(HOUR)
    post(any_story, ONE, IncidentStatus.MONITORING)
    incident = seen(any_story, ONE)
    assert (incident.kind, incident.status, incident.code) == (
        Kind.INCIDENT, IncidentStatus.MONITORING, code_of("incident", ONE)
    )  # fmt: skip
    assert (incident.started_at, incident.created, incident.updated_at) == (AT, AT, AT + HOUR)
    assert (incident.monitoring_at, incident.resolved_at, incident.components) == (AT + HOUR, None, ["web"])
    assert [each.number for each in incident.updates] == [2, 1]
    assert incident.updates[1].affected == (Affected("web", WELL, OUTAGE),)


def test_an_incident_is_unresolved_until_it_is_resolved_and_as_of_then_for_ever(any_story: Story) -> None:
    first = announce(any_story, ONE)
    any_story.after(HOUR)
    both = announce(any_story, TWO)
    post(any_story, ONE, IncidentStatus.RESOLVED)
    assert asked(any_story, incidents.unresolved) == [TWO]
    assert asked(any_story, incidents.unresolved, position=first) == [ONE]
    assert asked(any_story, incidents.unresolved, position=both) == [TWO, ONE]


def test_works_are_ahead_then_under_way_then_over(any_story: Story) -> None:
    scheduled = plan(any_story, WORKS)
    announce(any_story, ONE)
    any_story.after(HOUR)
    begun = wait(any_story, WORKS)
    any_story.after(HOUR)
    wait(any_story, WORKS)
    for position, ahead, under_way in ((scheduled, [WORKS], []), (begun, [], [WORKS]), (None, [], [])):
        assert asked(any_story, incidents.ahead, position=position) == ahead
        assert asked(any_story, incidents.under_way, position=position) == under_way
    works = seen(any_story, WORKS)
    assert (works.kind, works.impact, works.components) == (Kind.WORKS, "maintenance", ["web"])
    assert (works.status, works.resolved_at) == (WorksStatus.COMPLETED, AT + 2 * HOUR)
    assert [each.text is None for each in works.updates] == [True, True, False]


def test_what_is_not_over_is_asked_for_at_once(any_story: Story) -> None:
    scheduled = plan(any_story, WORKS)
    any_story.after(HOUR)
    announce(any_story, ONE)
    assert asked(any_story, incidents.going) == [ONE, WORKS]
    assert asked(any_story, incidents.going, position=scheduled) == [WORKS]
    post(any_story, ONE, IncidentStatus.RESOLVED)
    assert asked(any_story, incidents.going) == [WORKS]


def test_the_next_works_come_first(story: Story) -> None:
    plan(story, WORKS, after=DAY)
    plan(story, MORE, after=HOUR, components=frozenset({"mail"}))
    assert asked(story, incidents.ahead) == [MORE, WORKS]


def touching(story: Story, since: int, until: int, **facts: Any) -> list[str]:
    return asked(story, incidents.between, AT + since, AT + until, **facts)


def test_an_incident_touches_the_time_from_its_start_until_it_is_resolved(any_story: Story) -> None:
    then = announce(any_story, ONE)
    any_story.after(2 * HOUR)
    post(any_story, ONE, IncidentStatus.RESOLVED)
    assert touching(any_story, -HOUR, 0) == []
    assert touching(any_story, -HOUR, 1) == [ONE]
    assert touching(any_story, HOUR, 9 * HOUR) == [ONE]
    assert touching(any_story, 2 * HOUR, 3 * HOUR) == []
    assert touching(any_story, 2 * HOUR, 3 * HOUR, position=then) == [ONE]


def test_works_touch_the_time_in_which_they_are_done_or_planned(story: Story) -> None:
    plan(story, WORKS, after=HOUR)
    assert [touching(story, *hours) for hours in ((0, HOUR), (HOUR, 2 * HOUR), (2 * HOUR, DAY))] == [[], [WORKS], []]
    story.after(3 * HOUR)
    wait(story, WORKS)
    assert [touching(story, *hours) for hours in ((0, HOUR), (HOUR, 2 * HOUR), (DAY, 2 * DAY))] == [
        [],
        [WORKS],
        [WORKS],
    ]
    turn(story, WORKS, WorksStatus.COMPLETED)
    assert touching(story, DAY, 2 * DAY) == []


def test_works_called_off_touch_the_time_for_which_they_were_planned(story: Story) -> None:
    plan(story, WORKS, after=HOUR)
    turn(story, WORKS, WorksStatus.CANCELLED)
    assert (touching(story, 0, HOUR), touching(story, HOUR, 2 * HOUR)) == ([], [WORKS])


def test_a_day_of_a_component_has_what_was_said_of_it(story: Story) -> None:
    then = announce(story, ONE)
    post(story, ONE, IncidentStatus.IDENTIFIED, mail=DEGRADED)
    announce(story, TWO)
    assert touching(story, 0, DAY, component="mail") == [ONE]
    assert touching(story, 0, DAY, component="mail", position=then) == []


def test_pages_neither_skip_nor_repeat_while_more_is_announced(any_story: Story) -> None:
    for stream in (ONE, TWO, WORKS):
        announce(any_story, stream)
        any_story.after(HOUR)
    with any_story.seen() as connection:
        first = incidents.page(connection, limit=2)
    announce(any_story, MORE)
    post(any_story, ONE, IncidentStatus.RESOLVED)
    with any_story.seen() as connection:
        second = incidents.page(connection, before=first.cursor, limit=2)
    assert [each.stream for each in first.incidents] == [WORKS, TWO]
    assert [(each.stream, each.status) for each in second.incidents] == [(ONE, IncidentStatus.INVESTIGATING)]
    assert (second.position, second.cursor) == (first.position, None)


def test_pages_are_of_a_kind_or_of_a_component_if_that_is_asked_for(story: Story) -> None:
    announce(story, ONE)
    plan(story, WORKS, components=frozenset({"mail"}))

    def page(**facts: Any) -> list[str]:
        return asked(story, lambda connection: incidents.page(connection, **facts).incidents)

    assert page(kind=Kind.INCIDENT) == page(component="web") == [ONE]
    assert page(kind=Kind.WORKS) == page(component="mail") == [WORKS]
    assert page(kind=Kind.WORKS, component="web") == []


def test_a_page_without_works_that_were_called_off_is_full_of_others(story: Story) -> None:
    plan(story, WORKS)
    for stream in (MORE, ONE):
        story.after(MINUTE)
        plan(story, stream, components=frozenset({"mail"}))
        turn(story, stream, WorksStatus.CANCELLED)
    with story.seen() as connection:
        page = incidents.page(connection, limit=1, called_off=False)
    assert ([each.stream for each in page.incidents], page.cursor) == ([WORKS], None)


def test_the_newest_are_found_in_their_order(story: Story) -> None:
    known = announce(story, ONE)
    with story.seen() as connection:
        plan, updates = plans(connection, lambda: incidents.page(connection, position=known))
    assert plan == f"SCAN {incidents.NAME} USING INDEX {incidents.NAME}_started"
    assert updates.startswith(f"SEARCH {incidents.NAME}_updates USING INDEX")


def test_a_forged_cursor_is_refused(story: Story) -> None:
    with story.seen() as connection, pytest.raises(Refused) as refusal:
        incidents.page(connection, before="forged")
    assert refusal.value.code == "cursor_invalid"


def counted(connection: Connection) -> list[str]:
    """The statements that are executed from now on."""
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement.partition(" ")[0])

    event.listen(connection, "before_cursor_execute", note)
    return statements


def test_many_incidents_are_loaded_with_two_queries(story: Story) -> None:
    for stream in (ONE, TWO):
        announce(story, stream)
    with story.seen() as connection:
        statements = counted(connection)
        assert [len(each.updates) for each in incidents.unresolved(connection, position=99)] == [1, 1]
    assert statements.count("SELECT") == 2


def test_the_oldest_is_known(story: Story) -> None:
    with story.seen() as connection:
        assert incidents.first_at(connection) is None
        assert incidents.one(connection, "0" * 12) is None
    announce(story, ONE)
    announce(story, TWO, ago=HOUR)
    with story.seen() as connection:
        assert incidents.first_at(connection) == AT - HOUR


def test_the_next_edge_is_that_of_works_that_are_not_over(story: Story) -> None:
    plan(story, WORKS)
    announce(story, ONE)
    with story.seen() as connection:
        edges = [incidents.next_edge(connection, at) for at in (AT, AT + HOUR, AT + 2 * HOUR)]
    assert edges == [AT + HOUR, AT + 2 * HOUR, None]
    then = story.desk.log.head()
    turn(story, WORKS, WorksStatus.CANCELLED)
    with story.seen() as connection:
        assert incidents.next_edge(connection, AT) is None
        assert incidents.next_edge(connection, AT, position=then) == AT + HOUR


def test_works_are_due_when_they_are_to_begin_and_to_end_the_longest_due_first(story: Story) -> None:
    plan(story, WORKS, after=2 * HOUR)
    plan(story, MORE, after=HOUR, components=frozenset({"mail"}))
    begun, both = [(MORE, AT + HOUR)], [(MORE, AT + HOUR), (WORKS, AT + 2 * HOUR)]
    with story.seen() as connection:
        found = [incidents.due_works(connection, at=AT + at) for at in (HOUR - 1, HOUR, 2 * HOUR)]
        assert incidents.due_works(connection, at=AT + DAY, limit=1) == begun
        assert incidents.next_works(connection) == AT + HOUR
    assert found == [[], begun, both]
    story.after(HOUR)
    wait(story, MORE)
    with story.seen() as connection:
        assert incidents.due_works(connection, at=AT + DAY) == [(WORKS, AT + 2 * HOUR), (MORE, AT + 2 * HOUR)]
