from dataclasses import replace

from domain.component import ComponentStatus
from domain.configuration import Configuration
from domain.configuration.uptime import USUAL
from domain.instant import DAY, HOUR
from domain.uptime import Rule
from tests.domain.configuration.wishes import NOW, after, changes, uptime_rule, wanted


def test_the_usual_rule_is_in_force_until_another_one_is_set() -> None:
    assert Configuration().uptime_rule == after(wanted()).uptime_rule == Rule()
    assert (USUAL.weights, USUAL.notice) == (Rule().weights, 24 * HOUR)


def test_the_usual_rule_is_not_stored_as_long_as_it_is_in_force() -> None:
    assert changes(after(wanted()), wanted(USUAL)) == []


def test_another_rule_is_set_once() -> None:
    rule = uptime_rule(degraded=100, notice=2 * DAY)
    assert changes(after(wanted()), wanted(rule)) == [replace(rule, at=NOW)]
    state = after(wanted(rule))
    assert state.uptime_rule == Rule({**Rule().weights, ComponentStatus.DEGRADED: 100}, 2 * DAY)
    assert changes(state, wanted(rule)) == []


def test_the_usual_rule_is_set_to_take_the_place_of_another_one() -> None:
    state = after(wanted(uptime_rule(degraded=100)))
    assert changes(state, wanted(USUAL)) == [replace(USUAL, at=NOW)]
    assert after(wanted(uptime_rule(degraded=100)), wanted(USUAL)).uptime_rule == Rule()


def test_a_rule_is_never_withdrawn() -> None:
    state = after(wanted(uptime_rule(degraded=100)))
    assert changes(state, wanted()) == []
