from dataclasses import replace

from domain.calendar import Period, always
from domain.classification import Priority
from domain.configuration.calendar import CalendarExtended
from domain.deadline import Standing
from domain.instant import DAY, HOUR, MINUTE
from domain.policy import Clock
from domain.ticket.assignment import accept
from domain.ticket.joining import merge
from domain.ticket.outcome import Closing, close, resolve
from domain.ticket.state import WaitFor
from domain.ticket.waiting import go_on, wait
from projections.flow_clocks import OpenClocks, open_clocks
from tests.cast import ACME, ANN, AT, CY, opened
from tests.projections.story import Story, level, published


def clocks(story: Story, clock: Clock = Clock.RESOLUTION, organisation: str | None = None) -> list[OpenClocks]:
    with story.seen() as connection:
        found = open_clocks(connection, at=story.clock.now, organisation=organisation)
    return [each for each in found if each.clock == clock]


def standings(story: Story, clock: Clock = Clock.RESOLUTION) -> dict[Standing, int]:
    return {each.standing: each.number for each in clocks(story, clock)}


def test_a_clock_is_on_track_then_at_risk_then_overdue_though_nothing_happens(story: Story) -> None:
    story.open()
    (due,) = (each.next_due for each in clocks(story))
    assert due == AT + 4 * HOUR
    for passed, standing in ((3 * HOUR - 1, "on_track"), (1, "at_risk"), (HOUR, "at_risk"), (1, "overdue")):
        story.after(passed)
        assert standings(story) == {standing: 1}


def test_a_breached_clock_is_overdue_until_it_stops(story: Story) -> None:
    stream = story.open()
    story.after(HOUR)
    story.tick(stream)
    (late,) = clocks(story, Clock.REACTION)
    assert (late.standing, late.next_due) == (Standing.OVERDUE, None)
    story.do(stream, accept, by=ANN, teams=frozenset({"front"}))
    assert clocks(story, Clock.REACTION) == []


def test_the_next_due_instant_is_not_hidden_by_one_that_is_past(story: Story) -> None:
    story.open()
    story.after(5 * HOUR)
    story.open()
    assert {each.standing: each.next_due for each in clocks(story)} == {
        Standing.OVERDUE: None,
        Standing.ON_TRACK: story.clock.now + 4 * HOUR,
    }


def test_a_clock_is_paused_while_the_ticket_waits_for_the_client(story: Story) -> None:
    stream = story.open()
    story.do(stream, wait, what=WaitFor.CLIENT, until=AT + 2 * DAY, by=ANN)
    story.after(DAY)
    (paused,) = clocks(story)
    assert (paused.standing, paused.next_due) == (Standing.PAUSED, None)
    story.do(stream, go_on, by=ANN)
    assert standings(story) == {Standing.ON_TRACK: 1}


def test_a_resolved_clock_is_paused_until_the_client_agrees(story: Story) -> None:
    stream = story.open()
    story.do(stream, resolve, message="done", by=ANN, body="Try again")
    assert standings(story) == {Standing.PAUSED: 1}
    story.do(stream, close, how=Closing.CONFIRMED, book=story.desk.configured.state().book(), by=CY)
    assert clocks(story) == []


def test_a_merged_ticket_has_no_clocks(story: Story) -> None:
    stream, other = story.open(), story.open()
    story.do(stream, merge, ticket_id=stream, into=other, organisation=ACME, by=ANN)
    assert standings(story) == {Standing.ON_TRACK: 1}


def test_every_open_clock_is_counted_once(story: Story) -> None:
    for priority in Priority:
        story.open(priority=priority)
    story.after(90 * MINUTE)
    assert sum(each.number for each in clocks(story)) == len(Priority)


def test_an_organisation_has_its_own(story: Story) -> None:
    story.open()
    story.open(organisation="b" * 32)
    assert [each.number for each in clocks(story, organisation=ACME)] == [1]


def test_what_is_not_promised_is_no_clock(story: Story) -> None:
    promised = level(level="bare")
    reaction = tuple(each for each in promised.targets if each.clock is Clock.REACTION)
    story.tell("configuration", story.desk.name("configuration"), replace(promised, targets=reaction))
    story.open(level="bare")
    assert clocks(story) == []
    assert standings(story, Clock.REACTION) == {Standing.ON_TRACK: 1}


def test_a_clock_that_is_due_after_the_end_of_its_calendar_waits_for_more_of_it(story: Story) -> None:
    end = AT + 10 * MINUTE
    brief = level(level="brief", confirmation_calendar="short")
    pinned = tuple(replace(each, calendar="short") for each in brief.targets)
    short = published(always("short", 1, Period(AT - DAY, end)))
    stream = story.desk.name("configuration")
    story.tell("configuration", stream, short, replace(brief, targets=pinned))
    story.append("5" * 32, opened(level="brief"))
    assert [(each.standing, each.next_due) for each in clocks(story)] == [(Standing.ON_TRACK, None)]
    more = Period(end, end + DAY)
    longer = CalendarExtended(at=AT, key="short", version=1, tz_data="2026a", span_end=more.end, periods=(more,))
    story.tell("configuration", stream, longer)
    assert [(each.standing, each.next_due) for each in clocks(story)] == [(Standing.ON_TRACK, AT + 4 * HOUR)]
