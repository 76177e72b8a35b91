from dataclasses import replace
from typing import Any, Final

import pytest

from domain.alert import AlertAction
from domain.component import ComponentStatus
from domain.configuration import Wanted
from domain.configuration.alert_rules import NONE, AlertRule, AlertRulesSet
from domain.configuration.component import ComponentGroupDefined
from domain.configuration.probe import ProbeDefined
from domain.instant import MINUTE
from domain.probe_kind import HeartbeatCheck
from domain.refusal import Refused
from tests.domain.configuration.wishes import LABEL, after, changes, component, template, wanted

DOWN: Final = {"alertname": ("WebDown", "Slow"), "severity": ("critical",)}
RULES: Final = AlertRulesSet(
    at=0,
    rules=(
        AlertRule("down", DOWN, AlertAction.INCIDENT, component="web", template="web-down"),
        AlertRule("rest", {}, AlertAction.NOTIFY),
    ),
    heartbeat="heart",
)


def heart() -> ProbeDefined:
    facts: dict[str, Any] = {"component": "", "every": MINUTE, "timeout": 0, "fails_after": 1, "recovers_after": 1}
    says = ComponentStatus.MAJOR_OUTAGE
    return ProbeDefined(at=0, key="heart", says=says, heartbeat=HeartbeatCheck(MINUTE), **facts)


def web() -> tuple[Any, ...]:
    return ComponentGroupDefined(at=0, key="servers", label=LABEL, place=1), component("web")


@pytest.mark.parametrize(
    ("labels", "rule"),
    [
        ({"alertname": "WebDown", "severity": "critical", "job": "web"}, "down"),
        ({"alertname": "Slow", "severity": "critical"}, "down"),
        ({"alertname": "WebDown", "severity": "warning"}, "rest"),
        ({"alertname": "WebDown"}, "rest"),
        ({}, "rest"),
    ],
)
def test_the_first_rule_whose_conditions_all_hold_decides(labels: dict[str, str], rule: str) -> None:
    found = RULES.rule_for(labels)
    assert found
    assert found.key == rule


def test_until_rules_are_set_there_is_none() -> None:
    assert NONE.rule_for({"alertname": "WebDown"}) is None


def test_rules_that_name_what_is_there_are_set_once() -> None:
    wish = wanted(*web(), template("web-down"), heart(), RULES)
    state = after(wish)
    assert state.of(AlertRulesSet)[""].rules == RULES.rules
    assert changes(state, wish) == []


def test_rules_need_no_heartbeat() -> None:
    rules = replace(RULES, heartbeat="")
    state = after(wanted(*web(), template("web-down"), rules))
    assert state.of(AlertRulesSet)[""].rules == RULES.rules


@pytest.mark.parametrize(
    ("wish", "noun", "key"),
    [
        (wanted(*web(), template("web-down"), RULES), "probe", "heart"),
        (wanted(template("web-down"), heart(), RULES), "component", "web"),
        (wanted(*web(), heart(), RULES), "incident_template", "web-down"),
    ],
)
def test_rules_that_name_what_is_not_there_are_refused(wish: Wanted, noun: str, key: str) -> None:
    with pytest.raises(Refused) as refused:
        changes(after(), wish)
    assert refused.value == Refused("not_defined", noun=noun, key=key, needed_by="alert_rules")
