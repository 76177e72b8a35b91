from dataclasses import replace

import pytest
from hypothesis import given

from domain.classification import Impact, Priority, Urgency
from domain.component import ComponentStatus
from domain.configuration import Configuration, Wanted
from domain.configuration.category import CategoryDefined
from domain.configuration.component import ComponentGroupDefined, ComponentWithdrawn
from domain.configuration.contract import ContractEnded, ContractSigned
from domain.configuration.line import LineDefined, LineWithdrawn
from domain.configuration.priorities import PrioritiesSet
from domain.configuration.routing import RoutingSet
from domain.instant import DAY
from domain.policy import Action, Clock, Step
from domain.refusal import Refused
from domain.routing import Fact, Rule
from tests.domain.configuration.wishes import (
    LABEL,
    MATRIX,
    NOW,
    after,
    changes,
    component,
    contract,
    level,
    line,
    routing,
    team,
    template,
    wanted,
    wishes,
)

LADDER = (Step(Clock.REACTION, 500, Action.NOTIFY, "x"), Step(Clock.REACTION, 800, Action.NOTIFY, "lead"))
MAJOR = ComponentStatus.MAJOR_OUTAGE
SERVERS = ComponentGroupDefined(at=0, key="servers", label=LABEL, place=1)


def test_something_new_is_defined() -> None:
    [defined] = changes(after(wanted()), wanted(line("second")))
    assert defined == LineDefined(at=NOW, key="second", label=LABEL)


def test_something_different_is_defined_anew() -> None:
    moved = replace(component("web"), uptime_target=99_990)
    state = after(wanted(SERVERS, component("web")))
    assert changes(state, wanted(SERVERS, moved)) == [replace(moved, at=NOW)]


def test_something_that_is_not_wanted_is_withdrawn() -> None:
    state = after(wanted(line("second"), contract("c", "acme"), SERVERS, component("web")))
    assert changes(state, wanted(SERVERS)) == [
        LineWithdrawn(at=NOW, key="second"),
        ContractEnded(at=NOW, key="c"),
        ComponentWithdrawn(at=NOW, key="web"),
    ]
    assert list(after(wanted(line("second")), wanted()).of(LineDefined)) == ["first"]


def test_the_matrix_and_the_rules_are_set_and_never_withdrawn() -> None:
    bare = Wanted((), (), ())
    state = after(wanted(), bare)
    assert state.of(PrioritiesSet)[""].matrix == MATRIX
    assert state.of(RoutingSet)[""].level == "gold"


def test_rules_in_another_order_are_other_rules() -> None:
    one, two = Rule("one", {}, "first", "desk"), Rule("two", {}, "first", "desk")
    [event] = changes(after(wanted(rules=routing(one, two))), wanted(rules=routing(two, one)))
    assert isinstance(event, RoutingSet)


def test_the_priority_comes_from_the_matrix_unless_a_rule_says_it() -> None:
    matrix = {**MATRIX, Impact.HIGH: dict.fromkeys(Urgency, Priority.CRITICAL)}
    rule = Rule("chat", {Fact.CHANNEL: ("chat",)}, "first", "desk", Priority.LOW)
    wish = wanted(rules=routing(rule))
    state = after(replace(wish, definitions=(*wish.definitions, PrioritiesSet(at=0, matrix=matrix))))
    grave = {Fact.IMPACT: "high", Fact.URGENCY: "low"}
    assert state.route(grave).priority is Priority.CRITICAL
    assert state.route({**grave, Fact.CHANNEL: "chat"}).priority is Priority.LOW
    assert state.route({Fact.IMPACT: "high"}).priority is None


@pytest.mark.parametrize(
    ("wish", "noun", "key", "needed_by"),
    [
        (wanted(levels=(level(calendar="moon"),)), "calendar", "moon", "level gold"),
        (
            wanted(
                levels=(
                    level(
                        ladder=(
                            Step(Clock.REACTION, 1, Action.NOTIFY, "x"),
                            Step(Clock.REACTION, 2, Action.NOTIFY, "lead"),
                        )
                    ),
                )
            ),
            "team",
            "x",
            "level gold",
        ),
        (wanted(team("x", on="moon")), "line", "moon", "team x"),
        (wanted(component("web")), "component_group", "servers", "component web"),
        (wanted(template("web", web=MAJOR)), "component", "web", "incident_template web"),
        (wanted(replace(contract("c", "acme"), level="x")), "level", "x", "contract c"),
        (wanted(rules=routing(standard="x")), "level", "x", "routing"),
        (wanted(rules=routing(default="x")), "team", "x", "routing"),
        (wanted(rules=routing(Rule("r", {}, "x", "desk"))), "line", "x", "routing"),
        (wanted(rules=routing(Rule("r", {}, "first", "x"))), "team", "x", "routing"),
        (wanted(rules=routing(Rule("r", {}, "first", "desk", "", "x"))), "category", "x", "routing"),
        (wanted(rules=routing(Rule("r", {Fact.CATEGORY: ("x",)}, "first", "desk"))), "category", "x", "routing"),
        (wanted(rules=routing(Rule("r", {Fact.LEVEL: ("x",)}, "first", "desk"))), "level", "x", "routing"),
    ],
)
def test_what_names_something_that_is_not_there_is_refused(wish: Wanted, noun: str, key: str, needed_by: str) -> None:
    with pytest.raises(Refused) as refused:
        changes(after(), wish)
    assert refused.value == Refused("not_defined", noun=noun, key=key, needed_by=needed_by)


def test_a_level_that_a_contract_has_is_not_withdrawn() -> None:
    state = after(wanted(contract("c", "acme"), levels=(level(), level("silver")), rules=routing(standard="silver")))
    with pytest.raises(Refused, match="not_defined"):
        changes(state, wanted(contract("c", "acme"), levels=(level("silver"),), rules=routing(standard="silver")))


def test_a_rule_may_name_what_is_there() -> None:
    network = CategoryDefined(at=0, key="network", label=LABEL)
    rule = Rule("r", {Fact.CATEGORY: ("network",)}, "first", "desk", "", "network")
    assert after(wanted(network, rules=routing(rule))).route({Fact.CATEGORY: "network"}).category == "network"


@given(wishes())
def test_applying_again_changes_nothing(wish: Wanted) -> None:
    assert changes(after(wish), wish, NOW + DAY) == []


@given(wishes(), wishes())
def test_going_back_brings_back_what_was(one: Wanted, other: Wanted) -> None:
    back = after(one, other, one)
    assert tables(back) == tables(after(one))
    assert changes(back, one, NOW + DAY) == []


def tables(state: Configuration) -> tuple[object, ...]:
    """What holds now, whatever its version; calendars apart, whose span only grows, and the rule of uptime as such."""
    levels = [state.levels.published[ref] for ref in state.levels.in_force.items()]
    cells = {each.level: [replace(cell, calendar_version=0) for cell in each.targets] for each in levels}
    definitions = {name: each for name, each in state.definitions.items() if name.noun != "uptime_rule"}
    return cells, {each.level: each.ladder for each in levels}, definitions, state.uptime_rule


@given(wishes(), wishes())
def test_the_book_only_grows(one: Wanted, other: Wanted) -> None:
    before, later = after(one).book(), after(one, other).book()
    assert before.policies.items() <= later.policies.items()
    for ref, calendar in before.calendars.items():
        assert later.calendars[ref].periods[: len(calendar.periods)] == calendar.periods


def test_a_contract_is_kept_as_it_was_signed_last() -> None:
    changed = contract("c", "acme", until=NOW)
    assert after(wanted(contract("c", "acme")), wanted(changed)).of(ContractSigned)["c"] == replace(changed, at=NOW)
