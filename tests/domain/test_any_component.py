"""Whatever happens to a component, and whatever is announced of works on it."""

from dataclasses import replace
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from domain.component import (
    Component,
    ComponentStatus,
    Event,
    ProbeTurned,
    ProbeWithdrawn,
    StatusSet,
    Through,
    Window,
    WorksBegun,
    WorksEnded,
    WorksPlanned,
    begin_works,
    evolve,
    promised,
    worst,
)

NOTICE = 24
HOURS = st.integers(0, 100)
THINGS = st.sampled_from(["1" * 32, "2" * 32])
PROBES = st.sampled_from(["front", "back"])
STATES = st.sampled_from([None, *ComponentStatus])
PLANS = st.builds(
    lambda at, start, length: WorksPlanned(at=at, component="web", works="1" * 32, start=start, end=start + length),
    HOURS,
    st.integers(90, 110),
    st.integers(1, 10),
)
ANNOUNCED = st.lists(PLANS, max_size=6).map(lambda plans: sorted(plans, key=lambda plan: plan.at))
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        StatusSet,
        at=HOURS,
        component=st.just("web"),
        status=STATES,
        through=st.sampled_from(Through),
        why=st.none(),
        incident=st.none() | THINGS,
    ),
    st.builds(WorksPlanned, at=HOURS, component=st.just("web"), works=THINGS, start=HOURS, end=HOURS),
    st.builds(
        WorksBegun,
        at=HOURS,
        component=st.just("web"),
        works=THINGS,
        excused_from=st.none() | HOURS,
        excused_until=st.none() | HOURS,
    ),
    st.builds(WorksEnded, at=HOURS, component=st.just("web"), works=THINGS),
    st.builds(ProbeTurned, at=HOURS, component=st.just("web"), probe=PROBES, status=STATES, number=HOURS),
    st.builds(ProbeWithdrawn, at=HOURS, component=st.just("web"), probe=PROBES),
)


@given(st.lists(EVENTS, max_size=12), HOURS)
def test_any_order_of_events_is_a_history(events: list[Event], at: int) -> None:
    component = reduce(evolve, events, Component())
    own = [each for each in events if isinstance(each, StatusSet) and each.incident is None]
    assert component.since == max((each.at for each in own), default=0)
    assert ComponentStatus.OPERATIONAL not in component.claims.values()
    assert component.shown(at) in [*ComponentStatus, None]


@given(st.lists(EVENTS, max_size=12), HOURS)
def test_it_is_shown_as_operational_only_if_nothing_says_otherwise(events: list[Event], at: int) -> None:
    component = reduce(evolve, events, Component())
    fine = component.status is ComponentStatus.OPERATIONAL and not component.claims and not component.works
    assert (component.shown(at) is ComponentStatus.OPERATIONAL) == fine


@given(st.lists(STATES, min_size=1, max_size=6))
def test_the_worst_of_all_is_the_worst_of_the_worst(states: list[ComponentStatus | None]) -> None:
    for left, right in ((states[:place], states[place:]) for place in range(1, len(states))):
        assert worst([worst(left), worst(right)]) is worst(states)
    assert worst(states) in states


@given(ANNOUNCED)
def test_what_is_excused_was_announced_in_time(plans: list[WorksPlanned]) -> None:
    window = promised(plans, NOTICE)
    in_time = [plan for plan in plans if plan.at + NOTICE <= plan.start]
    if window is not None:
        assert any(plan.start == window.start and plan.end >= window.end for plan in in_time)
        assert (plans[-1].start, window.end <= plans[-1].end) == (window.start, True)


@given(ANNOUNCED)
def test_works_that_were_only_announced_late_are_never_excused(plans: list[WorksPlanned]) -> None:
    assert promised([plan for plan in plans if plan.at + NOTICE > plan.start], NOTICE) is None


@given(ANNOUNCED.filter(bool), st.integers(1, 50))
def test_making_them_longer_late_excuses_nothing_more(plans: list[WorksPlanned], longer: int) -> None:
    last = plans[-1]
    late = WorksPlanned(at=last.start, component="web", works=last.works, start=last.start, end=last.end + longer)
    assert promised([*plans, late], NOTICE) == promised(plans, NOTICE)


@given(ANNOUNCED.filter(bool), st.lists(st.integers(1, 20), max_size=4))
def test_beginning_changes_nothing_of_what_is_excused(plans: list[WorksPlanned], lengths: list[int]) -> None:
    """Made shorter, made longer: before the beginning or after it, it is the same."""
    last = plans[-1]
    late = [replace(last, at=last.start, end=last.start + length) for length in lengths]
    planned = reduce(evolve, plans, Component())
    begun = begin_works(planned, key="web", works=last.works, notice=NOTICE, at=last.start)
    assert reduce(evolve, [*begun, *late], planned).works == {last.works: promised([*plans, *late], NOTICE)}


@given(ANNOUNCED)
def test_of_what_was_announced_in_time_that_is_excused_which_was_never_taken_back(plans: list[WorksPlanned]) -> None:
    in_time = [number for number, plan in enumerate(plans) if plan.at + NOTICE <= plan.start]
    since = plans[in_time[-1] :] if in_time else []
    held = bool(since) and {plan.start for plan in since} == {since[0].start}
    assert promised(plans, NOTICE) == (Window(since[0].start, min(plan.end for plan in since)) if held else None)


@given(ANNOUNCED, st.integers(0, 50))
def test_a_longer_notice_excuses_no_more(plans: list[WorksPlanned], more: int) -> None:
    assert excused(plans, NOTICE + more) <= excused(plans, NOTICE)


def excused(plans: list[WorksPlanned], notice: int) -> int:
    window = promised(plans, notice)
    return window.end - window.start if window else 0
