from hypothesis import given
from hypothesis import strategies as st

from domain.classification import Priority
from domain.routing import DEFAULT, Fact, Routed, Rule, Rules, route

VIP = Rule("vip", {Fact.LEVEL: ("gold", "platinum")}, "second", "engineers", Priority.HIGH, "vip")
CALLS = Rule("calls", {Fact.CHANNEL: ("phone",), Fact.KIND: ("incident",)}, "first", "hotline")
RULES = Rules((VIP, CALLS), "first", "desk")

VALUES = st.sampled_from(["x", "y"])
CONDITIONS = st.dictionaries(st.sampled_from(Fact), st.lists(VALUES, min_size=1).map(tuple))
SOME_RULES = st.lists(st.builds(Rule, VALUES, CONDITIONS, VALUES, VALUES), max_size=4).map(tuple)


def test_the_first_rule_that_holds_wins() -> None:
    facts = {Fact.LEVEL: "gold", Fact.CHANNEL: "phone", Fact.KIND: "incident"}
    assert route(RULES, facts) == Routed("vip", "second", "engineers", Priority.HIGH, "vip")


def test_a_rule_leaves_open_what_it_does_not_say() -> None:
    routed = route(RULES, {Fact.CHANNEL: "phone", Fact.KIND: "incident"})
    assert routed == Routed("calls", "first", "hotline", None, None)


def test_all_conditions_must_hold() -> None:
    assert route(RULES, {Fact.CHANNEL: "phone", Fact.KIND: "question"}).rule == DEFAULT


def test_an_unknown_fact_meets_no_condition() -> None:
    assert route(RULES, {Fact.CHANNEL: "phone"}).rule == DEFAULT


def test_what_meets_no_rule_takes_the_default() -> None:
    assert route(RULES, {}) == Routed(DEFAULT, "first", "desk")


@given(SOME_RULES, st.dictionaries(st.sampled_from(Fact), VALUES))
def test_every_ticket_gets_a_line_and_a_team(ordered: tuple[Rule, ...], facts: dict[Fact, str]) -> None:
    routed = route(Rules(ordered, "line", "team"), facts)
    assert routed.line
    assert routed.team
