from collections.abc import Sequence
from functools import reduce
from typing import Any

import pytest

from domain.component import (
    Component,
    ComponentStatus,
    Event,
    StatusSet,
    Through,
    Window,
    WorksBegun,
    WorksEnded,
    WorksPlanned,
    begin_works,
    claim,
    end_works,
    evolve,
    plan_works,
    promised,
    set_status,
    worst,
)
from domain.event import Content
from domain.instant import DAY, HOUR, Duration, Instant
from domain.refusal import Refused

AT = 100 * DAY
ANN = "a1" * 16
ONE, OTHER = "1" * 32, "2" * 32
OPERATIONAL, DEGRADED = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED
PARTIAL, MAJOR, WORKS = ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE, ComponentStatus.UNDER_MAINTENANCE
DOWN = Component(MAJOR, AT, Through.PROBE)


def after(*events: Event) -> Component:
    return reduce(evolve, events, Component())


def then(component: Component, events: Sequence[Event]) -> Component:
    return reduce(evolve, events, component)


def told(component: Component, through: Through = Through.PROBE, **facts: Any) -> list[Event]:
    asked = {"status": MAJOR, "at": AT, **facts}
    return set_status(component, key="web", known={"web"}, through=through, **asked)


def said(component: Component, incident: str, status: ComponentStatus, at: Instant = AT) -> Component:
    return then(component, claim(component, key="web", incident=incident, status=status, through=Through.PERSON, at=at))


def planned(at: Instant, start: Instant, end: Instant, works: str = ONE) -> WorksPlanned:
    return WorksPlanned(at=at, component="web", works=works, start=start, end=end)


def begun(component: Component, at: Instant, notice: Duration = DAY) -> list[Event]:
    return begin_works(component, key="web", works=ONE, notice=notice, at=at)


def test_the_first_status_is_set() -> None:
    (event,) = told(Component())
    assert event == StatusSet(at=AT, component="web", status=MAJOR, through=Through.PROBE)
    assert evolve(Component(), event) == DOWN


def test_the_same_status_again_is_no_news() -> None:
    assert told(DOWN) == []
    assert told(DOWN, Through.ALERT) == []


def test_a_person_who_confirms_a_probe_is_news_once() -> None:
    (event,) = told(DOWN, Through.PERSON, by=ANN)
    assert told(evolve(DOWN, event), Through.PERSON, by=ANN) == []


def test_what_is_told_late_is_kept_and_leaves_the_newest_status() -> None:
    (late,) = told(DOWN, at=AT - 1)
    assert isinstance(late, StatusSet)
    assert late.at == AT - 1
    assert evolve(DOWN, late) == DOWN


def test_a_person_need_not_say_why() -> None:
    down = StatusSet(at=AT, component="web", status=MAJOR, through=Through.PERSON, by=ANN)
    assert told(Component(), Through.PERSON, by=ANN) == [down]


def test_the_persons_words_are_sealed_under_the_persons_key() -> None:
    (event,) = told(Component(), Through.PERSON, by=ANN, why="Disk is full")
    assert isinstance(event, StatusSet)
    assert event.why == Content(ANN, {"why": "Disk is full"})


def test_nobody_gives_reasons_without_a_name() -> None:
    with pytest.raises(Refused) as refusal:
        told(Component(), why="Disk is full")
    assert refusal.value == Refused("person_required", component="web")


def test_an_unknown_component_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        set_status(Component(), key="web", known=[], status=DEGRADED, through=Through.PROBE, at=AT)
    assert refusal.value == Refused("component_unknown", component="web")


def test_what_an_incident_says_stands_beside_the_own_status() -> None:
    claimed = said(DOWN, ONE, DEGRADED)
    assert (claimed.status, claimed.claims) == (MAJOR, {ONE: DEGRADED})


def test_an_incident_says_what_it_says_once() -> None:
    (event,) = claim(DOWN, key="web", incident=ONE, status=PARTIAL, through=Through.ALERT, at=AT, by=ANN)
    assert event == StatusSet(at=AT, component="web", status=PARTIAL, through=Through.ALERT, by=ANN, incident=ONE)
    again = evolve(DOWN, event)
    assert said(again, ONE, PARTIAL) == again
    assert claim(DOWN, key="web", incident=ONE, status=OPERATIONAL, through=Through.ALERT, at=AT) == []


def test_the_end_of_one_incident_does_not_hide_another() -> None:
    both = said(said(after(*told(Component(), status=OPERATIONAL)), ONE, MAJOR), OTHER, DEGRADED)
    assert both.shown(AT) is MAJOR
    left = said(both, ONE, OPERATIONAL)
    assert (left.shown(AT), left.claims) == (DEGRADED, {OTHER: DEGRADED})
    assert said(left, OTHER, OPERATIONAL).shown(AT) is OPERATIONAL


def test_an_own_recovery_does_not_hide_an_incident() -> None:
    claimed = said(DOWN, ONE, PARTIAL)
    assert then(claimed, told(claimed, status=OPERATIONAL)).shown(AT) is PARTIAL


def test_the_worst_is_operational_only_if_all_is() -> None:
    assert worst([]) is None
    assert worst([OPERATIONAL, None]) is None
    assert worst([OPERATIONAL, OPERATIONAL]) is OPERATIONAL
    assert worst([WORKS, None]) is WORKS
    assert worst([WORKS, DEGRADED, OPERATIONAL]) is DEGRADED
    assert worst([PARTIAL, MAJOR, DEGRADED]) is MAJOR


def test_works_are_planned_once_and_anew() -> None:
    component = Component()
    for start in (AT, AT, AT + HOUR):
        events = plan_works(component, key="web", works=ONE, start=start, end=AT + 2 * HOUR, at=1)
        component = then(component, events)
    assert component.plans[ONE] == tuple(planned(1, start, AT + 2 * HOUR) for start in (AT, AT + HOUR))
    assert component.shown(AT) is None


def test_works_may_follow_each_other_but_not_overlap() -> None:
    component = after(planned(1, AT, AT + HOUR), planned(1, AT + 2 * HOUR, AT + 3 * HOUR, OTHER))
    for start, end in ((AT - HOUR, AT), (AT + HOUR, AT + 2 * HOUR), (AT + 3 * HOUR, AT + 4 * HOUR)):
        assert plan_works(component, key="web", works="3" * 32, start=start, end=end, at=1)
    with pytest.raises(Refused) as refusal:
        plan_works(component, key="web", works=ONE, start=AT + HOUR, end=AT + 2 * HOUR + 1, at=2)
    assert refusal.value == Refused("works_overlap", component="web", start=AT + 2 * HOUR, end=AT + 3 * HOUR)


def test_works_that_moved_away_leave_their_time_to_others() -> None:
    component = after(planned(1, AT, AT + HOUR), planned(2, AT + DAY, AT + DAY + HOUR))
    assert plan_works(component, key="web", works=OTHER, start=AT, end=AT + HOUR, at=3)


def test_works_that_were_announced_in_time_are_excused() -> None:
    (event,) = begun(after(planned(AT - DAY, AT, AT + HOUR)), AT)
    assert event == WorksBegun(at=AT, component="web", works=ONE, excused_from=AT, excused_until=AT + HOUR)


def test_works_that_were_announced_late_are_not_excused() -> None:
    (event,) = begun(after(planned(AT - DAY + 1, AT, AT + HOUR)), AT)
    assert event == WorksBegun(at=AT, component="web", works=ONE)


def test_works_begin_and_end_once() -> None:
    component = after(planned(AT - DAY, AT, AT + HOUR))
    under_way = then(component, begun(component, AT))
    assert begun(under_way, AT) == []
    (event,) = end_works(under_way, key="web", works=ONE, at=AT + HOUR)
    assert event == WorksEnded(at=AT + HOUR, component="web", works=ONE)
    assert evolve(under_way, event) == Component()
    assert end_works(Component(), key="web", works=ONE, at=AT) == []
    assert begun(Component(), AT) == []


def test_works_shortened_while_under_way_are_excused_for_what_is_left_however_long_they_become() -> None:
    component = after(planned(AT - DAY, AT, AT + 4 * HOUR))
    component = then(component, begun(component, AT))
    assert component.shown(AT + 2 * HOUR) is WORKS
    for end in (AT + HOUR, AT + 4 * HOUR):
        component = then(component, [planned(AT + 1, AT, end)])
        assert component.works == {ONE: Window(AT, AT + HOUR)}


def test_works_lengthened_while_under_way_are_excused_as_they_were_announced_in_time() -> None:
    component = after(planned(AT - DAY, AT, AT + HOUR))
    component = then(component, [*begun(component, AT), planned(AT + 1, AT, AT + 2 * HOUR)])
    assert component.works == {ONE: Window(AT, AT + HOUR)}


def test_works_begun_early_and_lengthened_are_excused_as_announced_when_they_began() -> None:
    start = AT + 10 * DAY
    announced = after(planned(AT, start, start + HOUR))
    early = then(announced, begun(announced, AT + DAY))
    longer = then(early, [planned(AT + 2 * DAY, start, start + 2 * HOUR)])
    assert longer.works == early.works == {ONE: Window(start, start + HOUR)}


def test_works_that_were_never_excused_are_not_excused_by_other_times() -> None:
    component = after(planned(AT, AT, AT + HOUR))
    component = then(component, [*begun(component, AT), planned(AT + 1, AT, AT + 2 * HOUR)])
    assert component.works == {ONE: None}


def test_works_that_are_called_off_leave_their_time_to_others() -> None:
    component = after(planned(1, AT, AT + HOUR), WorksEnded(at=2, component="web", works=ONE))
    assert plan_works(component, key="web", works=OTHER, start=AT, end=AT + HOUR, at=3)


def test_the_end_of_works_leaves_other_works_as_they_are() -> None:
    other = planned(2, AT + DAY, AT + 2 * DAY, OTHER)
    begin = WorksBegun(at=3, component="web", works=OTHER)
    component = after(planned(1, AT, AT + HOUR), other, begin, WorksEnded(at=AT, component="web", works=ONE))
    assert (component.plans, component.works) == ({OTHER: (other,)}, {OTHER: None})


def test_works_announced_in_time_are_shown_before_anything_else_and_only_at_their_time() -> None:
    component = said(after(planned(AT - DAY, AT, AT + HOUR)), ONE, MAJOR)
    under_way = then(component, begun(component, AT - HOUR))
    assert [under_way.shown(at) for at in (AT - 1, AT, AT + HOUR - 1, AT + HOUR)] == [MAJOR, WORKS, WORKS, MAJOR]


def test_works_announced_late_hide_no_outage() -> None:
    component = after(planned(AT - 1, AT, AT + HOUR), *told(Component(), status=OPERATIONAL))
    under_way = then(component, begun(component, AT))
    assert under_way.shown(AT) is WORKS
    assert said(under_way, ONE, MAJOR).shown(AT) is MAJOR


@pytest.mark.parametrize(
    ("plans", "window"),
    [
        ([], None),
        ([(AT - DAY, AT, AT + 2 * HOUR)], (AT, AT + 2 * HOUR)),
        ([(AT - DAY + 1, AT, AT + 2 * HOUR)], None),
        # moved: in time, late forward, late back, late and back again
        ([(1, AT, AT + HOUR), (2, AT + HOUR, AT + 2 * HOUR)], (AT + HOUR, AT + 2 * HOUR)),
        ([(1, AT, AT + HOUR), (AT - 1, AT + HOUR, AT + 2 * HOUR)], None),
        ([(1, AT, AT + HOUR), (AT - 2 * HOUR, AT - HOUR, AT + HOUR)], None),
        ([(1, AT, AT + HOUR), (AT - 2, AT + HOUR, AT + 2 * HOUR), (AT - 1, AT, AT + HOUR)], None),
        # late: made longer, made shorter, made shorter and longer again
        ([(1, AT, AT + HOUR), (AT - 1, AT, AT + 2 * HOUR)], (AT, AT + HOUR)),
        ([(1, AT, AT + 2 * HOUR), (AT - 1, AT, AT + HOUR)], (AT, AT + HOUR)),
        ([(1, AT, AT + 2 * HOUR), (AT - 2, AT, AT + HOUR), (AT - 1, AT, AT + 2 * HOUR)], (AT, AT + HOUR)),
        # late at first, then put off far enough
        ([(AT - 1, AT, AT + HOUR), (AT - 1, AT + DAY, AT + 2 * DAY)], (AT + DAY, AT + 2 * DAY)),
    ],
)
def test_what_was_promised_in_time(plans: list[tuple[int, int, int]], window: tuple[int, int] | None) -> None:
    expected = Window(*window) if window else None
    assert promised([planned(*plan) for plan in plans], DAY) == expected


def test_the_first_word_that_a_component_works_may_be_that_of_an_incident_that_is_over() -> None:
    down = claim(Component(), key="web", incident="i" * 32, status=MAJOR, through=Through.PERSON, at=AT)
    over: dict[str, Any] = {"key": "web", "incident": "i" * 32, "status": OPERATIONAL, "through": Through.PERSON}
    told = claim(reduce(evolve, down, Component()), at=AT + 1, **over)
    known = reduce(evolve, [*down, *told], Component())
    assert (len(down), len(told), known.shown(AT + 1)) == (1, 2, OPERATIONAL)
    assert claim(known, at=AT + 2, **over) == []
