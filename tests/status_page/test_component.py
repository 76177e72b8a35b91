"""The days of a component that are told one by one."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from domain.component import WORST_FIRST, ComponentStatus, State
from domain.instant import HOUR
from domain.uptime import Stretch, Uptime, clipped
from status_page.bars import Bars, Day
from status_page.pages.component import eventful
from tests.cast import AT
from tests.status_page.stage import Stage
from tests.status_page.test_announcements import text

UP, SLOW, DOWN = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED, ComponentStatus.MAJOR_OUTAGE
WORKS = ComponentStatus.UNDER_MAINTENANCE
COURSES = st.lists(st.tuples(st.sampled_from(WORST_FIRST), st.booleans()), max_size=8)


def hours(*said: State) -> list[Stretch]:
    """Of each state an hour."""
    return [hour(number, state) for number, state in enumerate(said)]


def hour(number: int, state: State, *, excused: bool = False) -> Stretch:
    return Stretch(AT + number * HOUR, AT + (number + 1) * HOUR, frozenset({state}), excused)


def told(*courses: Sequence[Stretch]) -> list[Day]:
    """Of days in a row, each with what was said of it."""
    days = [Day(date(2026, 11, number), course, Uptime(HOUR)) for number, course in enumerate(courses, 1)]
    return [*eventful(Bars(days))]


def test_days_on_which_it_worked_or_of_which_nothing_is_known_are_left_out() -> None:
    assert told(hours(UP, UP), hours(None, UP), []) == []


def test_the_newest_day_comes_first() -> None:
    assert [day.date.day for day in told(hours(DOWN), hours(UP), hours(UP, SLOW))] == [3, 1]


def test_what_was_said_again_is_told_once_from_its_beginning_to_its_end() -> None:
    (day,) = told(hours(UP, DOWN, DOWN, DOWN, SLOW))
    assert [(each.state, each.start - AT, each.end - AT) for each in day.course] == [
        (UP, 0, HOUR),
        (DOWN, HOUR, 4 * HOUR),
        (SLOW, 4 * HOUR, 5 * HOUR),
    ]


def test_what_came_back_is_told_again() -> None:
    (day,) = told(hours(DOWN, UP, DOWN))
    assert [each.state for each in day.course] == [DOWN, UP, DOWN]


def test_announced_works_are_told_apart_from_others() -> None:
    (day,) = told([hour(0, UP, excused=True), hour(1, UP, excused=True), hour(2, WORKS), hour(3, WORKS)])
    assert [(each.state, each.excused, each.end - each.start) for each in day.course] == [
        (WORKS, True, 2 * HOUR),
        (WORKS, False, 2 * HOUR),
    ]


@given(COURSES)
def test_at_each_instant_a_day_is_told_as_it_was(said: list[tuple[State, bool]]) -> None:
    course = [hour(number, state, excused=excused) for number, (state, excused) in enumerate(said)]
    for day in told(course):
        assert day.uptime == Uptime(HOUR)
        for each in course:
            (then,) = clipped(day.course, each.start, each.end)
            assert (then.state, then.excused) == (each.state, each.excused)
        assert all((a.state, a.excused) != (b.state, b.excused) for a, b in pairwise(day.course))


def test_an_incident_that_says_the_same_of_a_component_is_one_line_of_its_page(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", DOWN)
    stage.story.after(HOUR)
    stage.incident({"web": DOWN})
    stage.story.after(HOUR)
    stage.set("web", DOWN)
    assert "13:00–15:00 major outage" in text(stage.get("/en/components/web").text)
