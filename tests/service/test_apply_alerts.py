"""What a desk file says of alerts."""

from copy import deepcopy
from typing import Any, Final

import pytest

from domain.alert import AlertAction
from domain.component import ComponentStatus
from domain.configuration.alert_rules import AlertRule, AlertRulesSet
from domain.configuration.component import AlertIncidents, ComponentDefined
from domain.instant import MINUTE, SECOND
from service.build import build_desk
from service.desk_yaml import BadDeskFile
from service.settings import Settings
from store.desk import Desk
from tests.service.desk_files import apply, default, mistakes

WEB: Final = {"group": "servers", "label": {"ru": "Веб", "en": "Web"}}
DOWN: Final = {
    "title": {"ru": "Сайт недоступен", "en": "The website is down"},
    "text": {"ru": "Выясняем причину.", "en": "We are looking for the cause."},
}
ACME: Final = {"organisation": "acme", "name": "Acme Oil", "level": "standard", "since": "2026-01-01"}
RULES: Final[list[dict[str, Any]]] = [
    {"key": "down", "when": {"alertname": ["WebDown", "Slow"], "severity": "critical"}, "then": "incident"},
    {"key": "imminent", "when": {"alertname": "GlasnoSLABreachImminent"}, "then": "note"},
    {"key": "stalled", "when": {"job": "glasno"}, "then": "ticket", "organisation": "acme"},
    {"key": "rest", "then": "notify"},
]


@pytest.fixture
def desk(sqlite_settings: Settings) -> Desk:
    return build_desk(sqlite_settings)


@pytest.fixture
def values() -> dict[str, Any]:
    alerts = {"heartbeat": "prometheus", "alertmanager": "http://127.0.0.1:9093/am/", "rules": deepcopy(RULES)}
    return default() | {
        "components": {"web": dict(WEB)},
        "contracts": {"acme": dict(ACME)},
        "incident_templates": {"web-down": DOWN},
        "probes": {"prometheus": {"component": "", "heartbeat": "3m"}},
        "alerts": alerts,
    }


def test_a_file_without_alerts_stores_nothing_of_them(desk: Desk) -> None:
    assert apply(desk, default() | {"alerts": {}}) == []
    assert desk.configured.state().of(AlertRulesSet) == {}


def test_rules_are_stored_in_their_order_with_what_is_usual(desk: Desk, values: dict[str, Any]) -> None:
    apply(desk, values)
    stored = desk.configured.state().of(AlertRulesSet)[""]
    assert (stored.heartbeat, stored.margin, stored.receivers) == ("prometheus", 2 * MINUTE, ())
    assert stored.alertmanager == "http://127.0.0.1:9093/am"
    when = {"alertname": ("WebDown", "Slow"), "severity": ("critical",)}
    assert stored.rules[0] == AlertRule("down", when, AlertAction.INCIDENT)
    assert [rule.key for rule in stored.rules] == ["down", "imminent", "stalled", "rest"]
    assert apply(desk, values) == []


def test_the_organisation_of_tickets_is_stored_by_its_id(desk: Desk, values: dict[str, Any]) -> None:
    apply(desk, values)
    stored = desk.configured.state().of(AlertRulesSet)[""]
    assert stored.rules[2].organisation == desk.name("organisation", "acme")


def test_a_rule_may_say_what_its_incident_says(desk: Desk, values: dict[str, Any]) -> None:
    values["alerts"]["rules"][0] |= {"component": "web", "says": "degraded", "template": "web-down"}
    apply(desk, values)
    rule = desk.configured.state().of(AlertRulesSet)[""].rules[0]
    assert (rule.component, rule.says, rule.template) == ("web", ComponentStatus.DEGRADED, "web-down")


def test_incidents_of_a_component_are_drafts_unless_it_says_otherwise(desk: Desk, values: dict[str, Any]) -> None:
    apply(desk, values)
    assert desk.configured.state().of(ComponentDefined)["web"].alerts is AlertIncidents.DRAFT
    values["components"]["web"]["alerts"] = "publish"
    assert apply(desk, values) == ["component web: alerts draft -> publish"]


def test_what_changes_is_told_rule_by_rule(desk: Desk, values: dict[str, Any]) -> None:
    apply(desk, values)
    values["alerts"] |= {"margin": "30s"}
    values["alerts"]["rules"][3]["then"] = "ignore"
    changed = ["alert rules: rules rest action notify -> ignore", "alert rules: margin 2m -> 30s"]
    assert apply(desk, values) == changed
    assert desk.configured.state().of(AlertRulesSet)[""].margin == 30 * SECOND


def test_rules_that_the_file_no_longer_names_are_gone(desk: Desk, values: dict[str, Any]) -> None:
    apply(desk, values)
    del values["alerts"]
    apply(desk, values)
    assert desk.configured.state().of(AlertRulesSet)[""].rules == ()


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"key": "rest"}, "alerts: rest: a key belongs to one rule"),
        ({"then": "draft"}, "then: incidents are drafts unless the component says alerts: publish: write incident"),
        ({"then": "page"}, "then: 'page': write incident, ticket, note, notify, ignore"),
        ({"then": "note", "component": "web"}, "component belongs to then: incident, leave it out"),
        ({"then": "note", "says": "major_outage"}, "says belongs to then: incident, leave it out"),
        ({"organisation": "acme"}, "organisation belongs to then: ticket, leave it out"),
        ({"then": "ticket"}, "a ticket is opened for somebody: give the organisation"),
        ({"says": "operational"}, "says: an incident says degraded, partial_outage, major_outage"),
        ({"when": {"alertname": []}}, "when.alertname: Tuple should have at least 1 item"),
        ({"whn": {}}, "whn: there is no such key: did you mean 'when'?"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(values: dict[str, Any], rule: dict[str, Any], told: str) -> None:
    values["alerts"]["rules"][0] |= rule
    [mistake] = mistakes(values)
    assert told in mistake


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"heartbeat": ""}, "alerts: down, stalled would call something over because the monitoring is dead: give"),
        ({"margin": "0s"}, "alerts.margin: '0s' is no duration"),
        ({"margin": "2h"}, "alerts.margin: '2h': write 1s at the least and 1h at most"),
        ({"alertmanager": "localhost:9093"}, "alertmanager: 'localhost:9093' is no address: write http:// or https://"),
        ({"alertmanager": "http://u:p@host"}, "is no address"),
        ({"alertmanager": "", "receivers": "glasno"}, "receivers are those of the Alertmanager that is asked"),
    ],
)
def test_a_section_that_makes_no_sense_is_refused(values: dict[str, Any], section: dict[str, Any], told: str) -> None:
    values["alerts"] |= section
    assert any(told in mistake for mistake in mistakes(values))


def test_without_incidents_and_tickets_no_heartbeat_is_needed(values: dict[str, Any]) -> None:
    values["alerts"] |= {"heartbeat": "", "rules": RULES[1:2]}
    assert mistakes(values) == []


def test_the_watchdog_calls_a_heartbeat(values: dict[str, Any]) -> None:
    values["probes"]["prometheus"] = {"component": "web", "http": "https://web.example"}
    [mistake] = mistakes(values)
    assert "alerts.heartbeat: prometheus is a probe, but no heartbeat: name one that is" in mistake


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"component": "mail"}, "alert rules: there is no component mail"),
        ({"template": "mail"}, "alert rules: there is no incident template mail"),
    ],
)
def test_a_rule_names_what_is_there(desk: Desk, values: dict[str, Any], rule: dict[str, str], told: str) -> None:
    values["alerts"]["rules"][0] |= rule
    with pytest.raises(BadDeskFile) as fault:
        apply(desk, values)
    assert fault.value.mistakes == [told]


def test_the_heartbeat_is_a_probe_that_is_there(desk: Desk, values: dict[str, Any]) -> None:
    del values["probes"]
    with pytest.raises(BadDeskFile, match="alert rules: there is no probe prometheus"):
        apply(desk, values)


def test_a_ticket_is_opened_for_somebody_who_has_a_contract(desk: Desk, values: dict[str, Any]) -> None:
    values["alerts"]["rules"][2]["organisation"] = "umbrella"
    with pytest.raises(BadDeskFile, match="alerts: there is no organisation umbrella: it has no contract"):
        apply(desk, values)
