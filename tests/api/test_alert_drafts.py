"""Drafts are decided on: a person publishes what an alert proposes, or dismisses it."""

from typing import Any, Final

import pytest

from domain.alert import AlertAction, end, settle
from domain.component import ComponentStatus
from domain.configuration.alert_rules import AlertRule, AlertRulesSet
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.configuration.label import Label
from domain.incident import IncidentStatus
from domain.instant import MINUTE
from monitoring.alertmanager.wording import NOTICED
from store.streams import Command
from tests.api.alerts import alert, configure, draft, listed, seen, send
from tests.api.office import Office
from tests.cast import AT

SLOW: Final = IncidentTemplateDefined(
    at=AT,
    key="slow",
    title=Label("Канал тормозит", "The uplink drags"),
    text=Label("Знаем.", "We know."),
    status=IncidentStatus.IDENTIFIED,
    components={},
)


def published(office: Office, address: str, body: Any = None, **headers: str) -> Any:
    """The incident."""
    answer = office.ask("ann", "POST", f"{address}/incident", body, **headers)
    assert answer.status_code == 201, answer.text
    office.views.catch_up()
    return office.ask(None, "GET", answer.headers["Location"]).json()


def refused(office: Office, address: str, what: str = "incident", who: str = "ann") -> Any:
    return office.ask(who, "POST", f"{address}/{what}").json()["code"]


def over(office: Office, address: str) -> None:
    """It ends, and that is confirmed."""
    desk, stream, now = office.desk, seen(office, address[-12:]).stream, office.clock.now
    desk.alerts.act(Command(desk.new_id()), stream, end, ended_at=now)
    desk.alerts.act(Command(desk.new_id()), stream, settle, beat=now, margin=0, at=now)


def test_a_draft_waits_for_somebody(office: Office) -> None:
    draft(office)
    [shown] = listed(office, "draft")
    assert (shown["is_draft"], shown["state"], shown["incident"]) == (True, "standing", None)


def test_published_it_is_announced_in_the_usual_words(office: Office) -> None:
    address = draft(office)
    incident = published(office, address)
    assert incident["title"]["en"] == "Network does not work"
    assert incident["updates"][0]["text"]["ru"] == NOTICED["ru"]
    assert (incident["components"], incident["impact"], incident["status"]) == (["uplink"], "critical", "investigating")
    assert listed(office, "draft") == []
    assert office.ask("ann", "GET", address).json()["incident"] == incident["id"]
    assert office.ask(None, "GET", "/v1/components").json()["items"][0]["status"] == "major_outage"


def test_the_rule_says_how_bad_it_is_and_by_which_template(office: Office) -> None:
    rule = AlertRule("down", {}, AlertAction.INCIDENT, says=ComponentStatus.DEGRADED, template="slow")
    configure(office, SLOW, AlertRulesSet(at=AT, rules=(rule,)))
    incident = published(office, draft(office))
    assert (incident["title"]["en"], incident["status"]) == ("The uplink drags", "identified")
    assert incident["updates"][0]["affected"][0]["new"] == "degraded"


def test_whoever_publishes_it_may_say_it_otherwise(office: Office) -> None:
    body = {"title": {"en": "No lights in Tula"}, "components": {"uplink": "partial_outage"}}
    incident = published(office, draft(office), body)
    assert (incident["title"]["en"], incident["title"]["ru"]) == ("No lights in Tula", None)
    assert incident["updates"][0]["affected"][0]["new"] == "partial_outage"
    assert incident["updates"][0]["text"]["en"] == NOTICED["en"]


def test_it_is_published_once(office: Office) -> None:
    address = draft(office)
    published(office, address)
    assert refused(office, address) == refused(office, address, "dismissal") == "alert_no_draft"
    assert len(office.ask(None, "GET", "/v1/incidents").json()["items"]) == 1


def test_the_same_request_sent_again_is_answered_as_it_was(office: Office) -> None:
    address = draft(office)
    incident = published(office, address, {}, Idempotency_Key="night-17")
    assert published(office, address, {}, Idempotency_Key="night-17") == incident


def test_incident_and_decision_are_stored_together_or_not_at_all(office: Office) -> None:
    address, head = draft(office, component="moon"), office.desk.log.head()
    assert refused(office, address) == "component_unknown"
    assert (office.desk.log.head(), len(listed(office, "draft"))) == (head, 1)


def test_a_dismissed_draft_is_none_any_more(office: Office) -> None:
    address = draft(office)
    answer = office.ask("ann", "POST", f"{address}/dismissal", {"why": "A rehearsal"})
    assert answer.json()["events"] == ["alert.dismissed"]
    assert listed(office, "draft") == []
    assert office.ask("ann", "GET", address).json()["dismissed"]
    assert office.ask("ann", "POST", f"{address}/dismissal").json()["events"] == []
    assert refused(office, address) == "alert_no_draft"


@pytest.mark.parametrize("what", ["incident", "dismissal"])
def test_what_proposes_nothing_is_not_decided_on(office: Office, what: str) -> None:
    send(office, alert())
    [shown] = listed(office)
    assert refused(office, f"/v1/alerts/{shown['id']}", what) == "alert_no_draft"


@pytest.mark.parametrize("what", ["incident", "dismissal"])
def test_what_is_over_needs_no_decision(office: Office, what: str) -> None:
    address = draft(office)
    office.clock.now += MINUTE
    over(office, address)
    assert listed(office, "draft") == []
    assert refused(office, address, what) == "alert_no_draft"


@pytest.mark.parametrize("what", ["incident", "dismissal"])
def test_only_those_who_announce_decide(office: Office, what: str) -> None:
    address = draft(office)
    assert refused(office, address, what, who="cy") == refused(office, address, what, who="ada") == "not_allowed"


@pytest.mark.parametrize("what", ["incident", "dismissal"])
def test_an_alert_that_is_not_there_is_not_decided_on(office: Office, what: str) -> None:
    assert refused(office, "/v1/alerts/000000000000", what) == "alert_unknown"
