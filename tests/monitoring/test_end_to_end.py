"""From a fault to those who have to know, and back: through the real Prometheus and the real Alertmanager."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.settings import Settings
from tests.monitoring.lab import PATIENCE, PROMISED, Lab, eventually, laboratory
from tests.service.test_serve import read

RULES: list[dict[str, Any]] = [
    {"key": "down", "when": {"alertname": "GlasnoProbeFailed"}, "then": "incident"},
    {"key": "imminent", "when": {"alertname": "GlasnoSLABreachImminent"}, "then": "note"},
]
TICKET = {"kind": "incident", "subject": "No label printer answers", "body": "Six people are waiting."}


@pytest.mark.timeout(5 * PATIENCE)
def test_a_fault_reaches_those_who_have_to_know(
    tmp_path: Path, environment: Callable[[Settings], dict[str, str]]
) -> None:
    with laboratory(tmp_path, environment) as lab:
        lab.start(RULES)
        scopes = ["tickets:read", "tickets:write"]
        client = lab.token("Cy", "--organisation", "acme", scopes=scopes)
        agent = lab.token("Ann", "--agent", "--team", "service-desk", scopes=[*scopes, "alerts:write"])
        ticket = lab.ask("/v1/tickets", client, TICKET)["ticket"]["reference"]
        a_component_fails_and_recovers(lab)
        a_deadline_comes_near(lab, agent, ticket)
        prometheus_dies(lab, agent)


def a_component_fails_and_recovers(lab: Lab) -> None:
    """The page says so, and that it is over once a heartbeat confirms it."""
    lab.web.works = False
    eventually(lambda: lab.incidents() == ["investigating"])
    eventually(lambda: "The web site does not work" in read(f"{lab.desk}/en/")[1])
    lab.web.works = True
    eventually(lambda: lab.incidents() == ["resolved"])
    assert "GlasnoProbeFailed" not in lab.firing()


def a_deadline_comes_near(lab: Lab, agent: str, ticket: str) -> None:
    """The ticket says so before it is too late, and the answer ends it."""
    eventually(lambda: len(notes(lab, agent, ticket)) == 1)
    [note] = notes(lab, agent, ticket)
    opened_at = lab.ask(f"/v1/tickets/{ticket}", agent)["opened_at"]
    assert instant(note["at"]) < instant(opened_at) + timedelta(seconds=PROMISED)
    assert "GlasnoSLABreachImminent" in note["text"]["parts"]["body"]
    lab.ask(f"/v1/tickets/{ticket}/messages", agent, {"body": "The print server is back."})
    eventually(lambda: "GlasnoSLABreachImminent" not in lab.firing())


def prometheus_dies(lab: Lab, agent: str) -> None:
    """Alertmanager says that everything is over, and the desk does not believe it."""
    lab.web.works = False
    eventually(lambda: lab.incidents() == ["investigating", "resolved"])
    lab.kill_prometheus()
    eventually(lambda: bool(parked(lab, agent)))
    eventually(lambda: lab.firing() == set())
    time.sleep(10)  # longer than the margin: no beat comes, so that nothing is confirmed
    assert lab.incidents() == ["investigating", "resolved"]
    lab.start_prometheus()
    eventually(lambda: not parked(lab, agent))
    assert lab.incidents() == ["investigating", "resolved"]
    lab.web.works = True
    eventually(lambda: lab.incidents() == ["resolved", "resolved"])


def notes(lab: Lab, agent: str, ticket: str) -> list[Any]:
    said = lab.ask(f"/v1/tickets/{ticket}/messages", agent)["messages"]
    return [each for each in said if each["what"] == "ticket.noted"]


def parked(lab: Lab, agent: str) -> list[Any]:
    """Alerts of the probe whose end nobody confirms."""
    found = lab.ask("/v1/alerts?state=parked", agent)
    return [each for each in next(iter(found.values())) if each["rule"] == "down"]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
