"""Alertmanager as the office hears it: payloads, and alerts as the staff is shown them."""

import json
from collections.abc import Sequence
from typing import Any, Final

from httpx2 import Response

from domain.alert import AlertAction, answer
from domain.configuration import Event as ConfigurationEvent
from domain.event import Id
from domain.instant import Instant
from monitoring.alertmanager.times import NONE, text_of
from projections.alerts import Standing, one
from store.streams import Command
from tests.api.office import Office
from tests.cast import AT

PATH: Final = "/v1/alerts/alertmanager"
SUMMARY: Final = "The uplink is gone"


def alert(number: int = 1, *, ended_at: Instant | None = None, started_at: Instant = AT, **labels: str) -> Any:
    """One alert as the webhook writes it."""
    return {
        "status": "firing" if ended_at is None else "resolved",
        "labels": {"alertname": "UplinkDown", "component": "uplink", "severity": "critical"} | labels,
        "annotations": {"summary": SUMMARY, "description": "No answer for a minute."},
        "startsAt": text_of(started_at),
        "endsAt": NONE if ended_at is None else text_of(ended_at),
        "generatorURL": "http://prometheus.example/graph?g0.expr=up",
        "fingerprint": f"{number:016x}",
    }


def payload(*alerts: Any) -> Any:
    """A group of them, which is firing as a group while one of them is."""
    return {
        "version": "4",
        "receiver": "glasno",
        "status": "firing" if any(each["status"] == "firing" for each in alerts) else "resolved",
        "alerts": alerts,
        "groupLabels": {"alertname": "UplinkDown"},
        "externalURL": "http://alertmanager.example",
        "truncatedAlerts": 0,
        "news": "from a later release",
    }


def send(office: Office, *alerts: Any, who: str | None = "ann") -> Response:
    return office.ask(who, "POST", PATH, payload(*alerts))


def send_raw(office: Office, body: bytes, who: str | None = "ann") -> Response:
    return office.client.request("POST", PATH, content=body, headers=office.people[who].headers if who else {})


def taken(office: Office, *alerts: Any) -> tuple[int, int, int, Sequence[str]]:
    """How many were received, are new and ended, and why others were left out."""
    answered = send(office, *alerts)
    assert answered.status_code == 200, answered.text
    told = answered.json()
    return told["received"], told["new"], told["ended"], told["rejected"]


def listed(office: Office, state: str = "", who: str = "ann") -> list[Any]:
    items: list[Any] = office.ask(who, "GET", "/v1/alerts" + (f"?state={state}" if state else "")).json()["items"]
    return items


def seen(office: Office, code: str) -> Standing:
    office.views.catch_up()
    with office.views.engine.connect() as connection:
        found = one(connection, code)
    assert found
    return found


def draft(office: Office, rule: str = "down", component: str = "uplink") -> str:
    """The address of an alert that proposes an incident."""
    send(office, alert())
    [shown] = listed(office)
    answered(office, seen(office, shown["id"]).stream, AlertAction.DRAFT, rule=rule, component=component)
    return f"/v1/alerts/{shown['id']}"


def answered(office: Office, stream: Id, action: AlertAction, **facts: Any) -> None:
    """As the work loop does."""
    desk, at = office.desk, office.clock.now
    desk.alerts.act(Command(desk.new_id()), stream, answer, action=action, at=at, **({"rule": "down"} | facts))
    office.views.catch_up()


def configure(office: Office, *events: ConfigurationEvent) -> None:
    stream = office.desk.name("configuration")
    office.desk.configuration.act(Command(office.desk.new_id()), stream, lambda _: list(events))


def size_of(*alerts: Any) -> int:
    return len(json.dumps(payload(*alerts)).encode())
