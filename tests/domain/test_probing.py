from functools import reduce
from typing import Any

import pytest

from domain.component import (
    Component,
    ComponentStatus,
    Event,
    ProbeTurned,
    ProbeWithdrawn,
    State,
    StatusSet,
    Through,
    claim,
    evolve,
    observe,
    release,
    set_status,
    withdraw_probe,
)
from domain.event import Content
from domain.instant import DAY, HOUR, Instant
from domain.refusal import Refused

AT = 100 * DAY
ANN, ONE = "a1" * 16, "1" * 32
OPERATIONAL, DEGRADED, MAJOR = ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED, ComponentStatus.MAJOR_OUTAGE


def seen(component: Component, status: State, at: Instant = AT, probe: str = "front") -> list[Event]:
    return observe(component, key="web", probe=probe, status=status, number=7, at=at)


def then(component: Component, *told: list[Event]) -> Component:
    return reduce(evolve, [each for events in told for each in events], component)


def by_person(component: Component, status: ComponentStatus, at: Instant = AT) -> list[Event]:
    facts: dict[str, Any] = {"key": "web", "known": {"web"}, "through": Through.PERSON, "by": ANN}
    return set_status(component, status=status, at=at, **facts)


def released(component: Component, at: Instant = AT, why: str = "") -> list[Event]:
    return release(component, key="web", at=at, by=ANN, why=why)


def own(events: list[Event]) -> list[State]:
    return [each.status for each in events if isinstance(each, StatusSet)]


WORKS = then(Component(), seen(Component(), OPERATIONAL))
FAILS = then(WORKS, seen(WORKS, MAJOR, AT + HOUR))
HELD = then(FAILS, by_person(FAILS, DEGRADED, AT + 2 * HOUR))


def test_what_the_only_probe_says_is_the_status() -> None:
    turned, told = seen(Component(), OPERATIONAL)
    assert turned == ProbeTurned(at=AT, component="web", probe="front", status=OPERATIONAL, number=7)
    assert told == StatusSet(at=AT, component="web", status=OPERATIONAL, through=Through.PROBE)


def test_the_same_again_is_no_news() -> None:
    assert seen(WORKS, OPERATIONAL) == []


def test_the_worst_of_what_probes_say_is_the_status() -> None:
    both = then(WORKS, seen(WORKS, MAJOR, AT + HOUR, "back"))
    assert both.status is MAJOR
    assert own(seen(both, DEGRADED, AT + HOUR)) == []
    assert own(seen(both, OPERATIONAL, AT + HOUR, "back")) == [OPERATIONAL]


def test_of_a_component_whose_only_probe_fell_silent_nothing_is_known() -> None:
    silent = then(WORKS, seen(WORKS, None, AT + HOUR))
    assert (silent.status, silent.since, silent.shown(AT + HOUR)) == (None, AT + HOUR, None)


def test_while_one_probe_is_silent_the_component_does_not_count_as_working() -> None:
    assert then(WORKS, seen(WORKS, None, AT, "back")).status is None


def test_an_outage_that_is_confirmed_late_does_not_begin_before_what_was_said_last() -> None:
    (_, told) = seen(FAILS, OPERATIONAL, AT)
    assert told.at == AT + HOUR


def test_a_persons_word_stands_against_what_probes_say() -> None:
    assert HELD.is_held
    (turned,) = seen(HELD, OPERATIONAL, AT + 3 * HOUR)
    assert isinstance(turned, ProbeTurned)
    assert then(HELD, [turned]).status is DEGRADED


def test_released_the_component_is_what_its_probes_say() -> None:
    (told,) = released(then(HELD, seen(HELD, OPERATIONAL, AT + 3 * HOUR)), AT + 4 * HOUR, "The carrier is back.")
    assert told == StatusSet(
        at=AT + 4 * HOUR,
        component="web",
        status=OPERATIONAL,
        through=Through.PROBE,
        by=ANN,
        why=Content(ANN, {"why": "The carrier is back."}),
    )
    assert not then(HELD, [told]).is_held


def test_released_by_a_clock_that_is_late_it_is_released_all_the_same() -> None:
    assert not then(HELD, released(HELD, AT)).is_held


def test_released_again_is_no_news() -> None:
    assert released(WORKS) == []


def test_a_component_without_probes_is_not_released() -> None:
    with pytest.raises(Refused, match="component_not_probed"):
        released(then(Component(), by_person(Component(), MAJOR)))


def test_what_a_withdrawn_probe_said_no_longer_counts() -> None:
    both = then(WORKS, seen(WORKS, MAJOR, AT + HOUR, "back"))
    gone, told = withdraw_probe(both, key="web", probe="back", at=AT + 2 * HOUR)
    assert gone == ProbeWithdrawn(at=AT + 2 * HOUR, component="web", probe="back")
    assert own([told]) == [OPERATIONAL]
    assert withdraw_probe(then(both, [gone]), key="web", probe="back", at=AT + 2 * HOUR) == []


def test_without_any_probe_nothing_is_known() -> None:
    assert own(withdraw_probe(WORKS, key="web", probe="front", at=AT)) == [None]


def test_what_an_incident_says_stands_beside_what_probes_say() -> None:
    told = claim(WORKS, key="web", incident=ONE, status=DEGRADED, through=Through.ALERT, at=AT)
    assert then(WORKS, told).shown(AT) is DEGRADED


def test_an_incident_that_knows_nothing_of_a_component_says_nothing() -> None:
    said = StatusSet(at=AT, component="web", status=None, through=Through.ALERT, incident=ONE)
    assert then(WORKS, [said]).claims == {}


def test_an_incident_that_is_over_is_no_word_against_probes_that_are_silent() -> None:
    silent = then(Component(), seen(Component(), OPERATIONAL), [*seen(Component(), None, AT + HOUR)])
    assert silent.status is None
    facts: dict[str, Any] = {"key": "web", "incident": ONE, "through": Through.PERSON, "by": ANN}
    claimed = then(silent, claim(silent, status=MAJOR, at=AT + 2 * HOUR, **facts))
    over = claim(claimed, status=OPERATIONAL, at=AT + 3 * HOUR, **facts)
    assert own(over) == [OPERATIONAL]
    assert then(claimed, over).status is None
    assert not then(claimed, over).is_held
