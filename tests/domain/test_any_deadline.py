from hypothesis import given
from hypothesis import strategies as st

from domain.clock import Clocks, Terms, Why
from domain.deadline import due, explain, used
from domain.instant import Instant
from domain.policy import Book, Clock
from tests.domain.promises import OFFICE, ROUND, book, critical, h, opened, run, target, terms

RESOLUTION = Clock.RESOLUTION


HOURS = st.integers(1, 24 * 20)
TARGETS = st.builds(target, st.integers(1, 40), st.integers(0, 10), st.sampled_from([ROUND, OFFICE]))
BOOKS = st.builds(
    lambda normal, other: book({RESOLUTION: normal}, {RESOLUTION: other} if other else {}), TARGETS, st.none() | TARGETS
)
STEPS = st.tuples(
    HOURS, st.sampled_from(["wait", "go on", "resolve", "reopen", "critical", "normal", "agreed", "tighten"])
)


@st.composite
def lives(draw: st.DrawFn) -> Clocks:
    clocks = opened()
    for hour, step in sorted(draw(st.lists(STEPS, max_size=12))):
        clocks = _lived(clocks, h(hour), step)
    return clocks


def _lived(clocks: Clocks, at: Instant, step: str) -> Clocks:
    return {
        "wait": clocks.waited(at, Why.CLIENT),
        "go on": clocks.went_on(at),
        "resolve": clocks.resolved(at),
        "reopen": clocks.reopened(at),
        "critical": clocks.retermed(terms(at, critical(0).priority)),
        "normal": clocks.retermed(terms(at)),
        "agreed": clocks.retermed(Terms(at, "gold", 1, terms().kind, critical(0).priority, agreed=True)),
        "tighten": clocks.tightened(RESOLUTION, at + h(5)),
    }[step]


@given(lives(), BOOKS, HOURS.map(h))
def test_segments_have_no_holes_and_the_counted_ones_add_up(clocks: Clocks, policies: Book, at: Instant) -> None:
    measured = run(clocks, RESOLUTION)
    explained = explain(clocks, measured, policies, at)
    edges = [explained.segments[0].start, *(segment.end for segment in explained.segments)]
    assert [segment.start for segment in explained.segments] == edges[:-1]
    assert (edges[0], edges[-1]) == (measured.started, at if measured.stopped is None else min(at, measured.stopped))
    assert sum(segment.end - segment.start for segment in explained.segments if segment.counted) == explained.used


@given(lives(), BOOKS)
def test_a_deadline_is_reached_exactly_when_the_limit_is_used(clocks: Clocks, policies: Book) -> None:
    measured = run(clocks, RESOLUTION)
    limit = due(clocks, measured, policies)
    if limit is None or measured.tightened is not None or measured.stopped is not None:
        return
    explained = explain(clocks, measured, policies, limit)
    assert explained.used == explained.target
    assert used(clocks, measured, policies, limit - 1) < explained.used


@given(lives(), BOOKS, HOURS.map(h))
def test_a_change_never_makes_a_clock_late_that_was_not(clocks: Clocks, policies: Book, later: Instant) -> None:
    at = h(24 * 20) + later
    before = due(clocks, run(clocks, RESOLUTION), policies)
    changed = clocks.retermed(terms(at, critical(0).priority, agreed=True))
    after = due(changed, run(changed, RESOLUTION), policies)
    if before is None or after is None:
        return
    assert after == before if before < at else after >= at


@given(lives(), BOOKS, HOURS)
def test_nobody_loosens_a_deadline_in_the_last_quarter_alone(clocks: Clocks, policies: Book, later: int) -> None:
    at = h(24 * 20 + later)
    measured = run(clocks, RESOLUTION)
    before = due(clocks, measured, policies)
    target_now = explain(clocks, measured, policies, at).target
    if before is None or target_now is None or used(clocks, measured, policies, at) * 4 < target_now * 3:
        return
    after = due(clocks.retermed(terms(at, critical(0).priority)), measured, policies)
    assert after is not None
    assert after <= before
