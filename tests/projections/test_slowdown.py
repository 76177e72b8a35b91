"""The first responses of each line, and who still waits: counted as they were given, by open time."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from sqlalchemy import select

from domain.calendar import Period, always
from domain.classification import Priority
from domain.clock import Exclusion
from domain.configuration.calendar import CalendarExtended
from domain.event import Source
from domain.instant import DAY, HOUR, MINUTE, Duration
from domain.policy import Clock
from domain.slowdown import WINDOWS, Given, Pace, pace
from domain.ticket import folded
from domain.ticket.assignment import accept, hand_over
from domain.ticket.classing import reprioritise
from domain.ticket.conversation import Answered, answer
from domain.ticket.joining import merge
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Closing, Resolved, TicketRefused, close, refuse, resolve
from domain.ticket.promise import exclude
from projections import slowdown
from tests.cast import ACME, ANN, AT, CAUSES, CY, LINES, OFFICE, REASONS, answered, opened
from tests.projections.histories import STEPS, WEIGHTED, history
from tests.projections.story import Story, level, published

SHOWN = ("1", "2", "3")


def paces(story: Story) -> Mapping[tuple[str, str], Pace]:
    with story.seen() as connection:
        calendars = story.desk.configured.state().calendars
        return slowdown.paces(connection, SHOWN, calendars, at=story.clock.now)


def usual(story: Story, number: int = 3, took: Duration = 10 * MINUTE) -> None:
    """Some answers, a good while ago."""
    for _ in range(number):
        answered_after(story, took)
    story.after(9 * DAY)


def answered_after(story: Story, took: Duration, **changes: Any) -> str:
    stream = story.open(**changes)
    story.after(took)
    story.do(stream, answer, message=f"a-{story.desk.log.head()}", by=ANN, channel="mail", body="Soon")
    return stream


def waiting_lines(story: Story) -> set[str]:
    with story.seen() as connection:
        return {*connection.scalars(select(slowdown.WAITING.c.line))}


def recent(story: Story, line: str = "1", window: str = "1d") -> tuple[int, int, Duration | None]:
    found = paces(story)[line, window]
    return found.recent.number, found.waiting, found.recent.median


def test_an_answer_counts_with_the_open_time_until_it(story: Story) -> None:
    answered_after(story, 10 * MINUTE)
    assert recent(story) == (1, 0, 10 * MINUTE)
    assert recent(story, "2") == (0, 0, None)


def test_only_the_first_answer_counts(story: Story) -> None:
    stream = answered_after(story, 10 * MINUTE)
    story.after(HOUR)
    story.do(stream, answer, message="again", by=ANN, channel="mail", body="Still at it")
    story.do(stream, resolve, message="done", by=ANN, body="Try again")
    assert recent(story) == (1, 0, 10 * MINUTE)


def test_a_solution_is_an_answer_and_so_is_a_reasoned_refusal(story: Story) -> None:
    solved, refused = story.open(), story.open()
    story.after(MINUTE)
    story.do(solved, resolve, message="done", by=ANN, body="Try again")
    why = {"cause": "out_of_scope", "causes": CAUSES, "explanation": "No", "alternatives": "Ask"}
    story.do(refused, refuse, message="no", by=ANN, **why)
    assert recent(story) == (2, 0, MINUTE)


def test_a_day_later_it_is_of_the_past_and_five_weeks_later_forgotten(story: Story) -> None:
    answered_after(story, MINUTE)
    story.after(DAY)
    assert (paces(story)["1", "1d"].usual.number, paces(story)["1", "7d"].recent.number) == (1, 1)
    story.after(34 * DAY - 1)
    assert [each.usual.number for of, each in paces(story).items() if of[0] == "1"] == [0, 1]
    story.after(1)
    assert {(each.recent.number, each.usual.number) for each in paces(story).values()} == {(0, 0)}


def test_who_waits_counts_from_the_usual_median_on_though_nothing_happens(story: Story) -> None:
    usual(story)
    story.open()
    story.after(10 * MINUTE)
    assert recent(story) == (0, 0, None)
    story.after(1)
    assert recent(story) == (1, 1, 10 * MINUTE + 1)
    story.after(DAY)
    assert recent(story) == recent(story, window="7d") == (1, 1, DAY + 10 * MINUTE + 1)


def test_who_was_answered_waits_no_longer(story: Story) -> None:
    usual(story)
    answered_after(story, HOUR)
    assert recent(story) == (1, 0, HOUR)


def test_out_of_hours_nobody_waits(story: Story) -> None:
    in_office = tuple(replace(each, calendar=OFFICE.key, calendar_version=OFFICE.version) for each in level().targets)
    configuration = story.desk.name("configuration")
    story.tell("configuration", configuration, published(OFFICE), replace(level(level="day"), targets=in_office))
    usual(story)
    story.clock.now = AT + 14 * DAY + 7 * HOUR + 55 * MINUTE  # a Monday, 17:55
    story.open(level="day")
    story.after(15 * HOUR)
    assert recent(story) == (0, 0, None)
    story.after(15 * MINUTE)
    assert recent(story) == (1, 1, 15 * MINUTE)


def test_a_ticket_belongs_to_the_line_that_it_is_at(story: Story) -> None:
    usual(story)
    stream = story.open()
    story.do(stream, accept, by=ANN, teams=frozenset({"front"}))
    story.do(stream, hand_over, by=ANN, team="network", reason="skill", reasons=REASONS, lines=LINES)
    assert waiting_lines(story) == {"2"}
    story.after(HOUR)
    story.do(stream, answer, message="a", by=ANN, channel="mail", body="Soon")
    assert (recent(story), recent(story, "2")) == ((0, 0, None), (1, 0, HOUR))


def test_another_priority_takes_nothing_of_the_time_away(story: Story) -> None:
    usual(story)
    stream = story.open()
    story.after(HOUR)
    story.do(stream, reprioritise, priority=Priority.CRITICAL, **WEIGHTED)
    story.after(HOUR)
    assert recent(story) == (1, 1, 2 * HOUR)


def test_who_withdraws_or_is_merged_waits_no_longer(story: Story) -> None:
    usual(story)
    withdrawn, merged, other = story.open(), story.open(), story.open()
    story.after(HOUR)
    story.do(withdrawn, close, how=Closing.WITHDRAWN, book=story.desk.configured.state().book(), by=CY)
    story.do(merged, merge, ticket_id=merged, into=other, organisation=ACME, by=ANN)
    assert recent(story) == (1, 1, HOUR)


def test_what_is_excluded_does_not_count(story: Story) -> None:
    stream, late = answered_after(story, 10 * MINUTE), story.open()
    story.after(HOUR)
    story.tick(late)
    for each in (stream, late):
        story.do(each, exclude, clock=Clock.FIRST_RESPONSE, instance=1, reason=Exclusion.CLOCK_ERROR, by=ANN)
    story.do(late, answer, message="a", by=ANN, channel="mail", body="Soon")
    assert recent(story) == (0, 0, None)


def test_what_was_imported_does_not_count(story: Story) -> None:
    story.append("5" * 32, opened(), answered(MINUTE))
    assert recent(story) == (0, 0, None)
    story.append("6" * 32, opened(), answered(MINUTE), source=Source.SIMULATION)
    story.after(MINUTE)
    assert recent(story) == (1, 0, MINUTE)


def test_without_a_promise_no_time_is_known(story: Story) -> None:
    story.tell("configuration", story.desk.name("configuration"), level(level="bare", targets=()))
    usual(story)
    answered_after(story, HOUR, level="bare")
    story.open(level="bare")
    story.after(HOUR)
    assert recent(story) == (0, 0, None)


def test_beyond_its_calendar_nothing_is_known_until_that_is_extended(story: Story) -> None:
    near, more = always("near", 1, Period(AT - DAY, AT + 10 * DAY)), Period(AT + 10 * DAY, AT + 30 * DAY)
    of_near = tuple(replace(each, calendar="near", calendar_version=1) for each in level().targets)
    configuration = story.desk.name("configuration")
    story.tell("configuration", configuration, published(near), replace(level(level="near"), targets=of_near))
    usual(story)
    waiting, late = story.open(level="near"), story.open(level="near")
    story.after(2 * DAY)
    story.do(waiting, accept, by=ANN, teams=frozenset({"front"}))
    story.do(late, answer, message="a", by=ANN, channel="mail", body="Soon")
    assert recent(story) == (0, 0, None)
    longer = CalendarExtended(at=AT, key="near", version=1, tz_data="2026a", span_end=more.end, periods=(more,))
    story.tell("configuration", configuration, longer)
    assert recent(story) == (1, 1, 2 * DAY)


def test_it_is_found_by_the_index(story: Story) -> None:
    with story.seen() as connection:
        text = str(slowdown._recent(AT).compile(connection, compile_kwargs={"literal_binds": True}))
        plan = " ".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
    assert f"USING COVERING INDEX {slowdown.NAME}_at (at>? AND at<?)" in plan


@settings(max_examples=15)
@given(STEPS)
def test_it_is_what_a_slow_count_of_the_log_gives(steps: list[tuple[str, int, int]]) -> None:
    with history(steps) as story:
        for _ in range(3):
            found, given, waits = paces(story), list(_given(story)), list(_waits(story))
            for line in SHOWN:
                own, late = [each for of, each in given if of == line], [each for of, each in waits if of == line]
                for window in WINDOWS:
                    assert found[line, window] == pace(own, late, window, story.clock.now)
            story.after(2 * DAY)


def _streams(story: Story) -> Iterator[list[Any]]:
    opened_here = {each.stream for each in story.desk.log.read_all(after=0) if isinstance(each.event, TicketOpened)}
    for stream in opened_here:
        yield [each.event for each in story.desk.log.read(stream)]


def _given(story: Story) -> Iterator[tuple[str, Given]]:
    """Of each ticket the first answer, the open time around the clock being elapsed time."""
    for events in _streams(story):
        answers = [each for each in events if isinstance(each, Answered | Resolved | TicketRefused)]
        before = events[: events.index(answers[0])] if answers else []
        if before and _first(before):
            yield folded(before).line, Given(answers[0].at, answers[0].at - events[0].at)


def _waits(story: Story) -> Iterator[tuple[str, Duration]]:
    for events in _streams(story):
        if _first(events):
            yield folded(events).line, story.clock.now - events[0].at


def _first(events: list[Any]) -> bool:
    """Whether the first response is still owed."""
    runs = folded(events).clocks.runs
    return any(run.clock is Clock.FIRST_RESPONSE and run.stopped is None for run in runs)
