from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projections.outlook import outlook
from projections.past import Past
from tests.cast import LEVEL
from tests.projections.histories import STEPS, history
from tests.projections.story import Story, level

A_FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def past_of(story: Story) -> Past:
    return Past(story.desk.log, story.desk.name("configuration"))


def told(past: Past, position: int, limit: int) -> list[Any]:
    return [
        (recorded, moment.before, moment.after, moment.book) for recorded, moment in past.after(position, None, limit)
    ]


@A_FEW
@given(STEPS, st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=6))
def test_the_past_is_the_same_wherever_one_comes_from(
    steps: list[tuple[str, int, int]], asked: list[tuple[int, int]]
) -> None:
    with history(steps) as story:
        past = past_of(story)
        for position, limit in asked:
            assert told(past, position, limit) == told(past_of(story), position, limit)


def test_whoever_leaps_forward_misses_no_configuration(story: Story) -> None:
    """Another process may have moved the view meanwhile."""
    past = past_of(story)
    past.after(0, None, 500)
    position = story.tell("configuration", story.desk.name("configuration"), level(version=2))
    story.open()
    moment = past.after(position, None, 500)[-1][1]
    assert (LEVEL, 2) in moment.book.policies


@A_FEW
@given(STEPS)
def test_what_is_remembered_of_a_moment_is_what_would_be_found_anew(steps: list[tuple[str, int, int]]) -> None:
    with history(steps) as story:
        for _, moment in past_of(story).after(0, None, 1_000):
            assert moment.ahead == outlook(moment.after, moment.book)
            assert moment.like is None or moment.like.after.clocks == moment.after.clocks
