"""Alerts are told to the staff by the signed webhook."""

import json
from typing import Any

import pytest

from domain.alert import AlertAction
from domain.code import code_of
from domain.configuration.alert_rules import AlertRule
from domain.instant import HOUR, MINUTE
from projections.notices import STAFF
from service.alerts import herald
from service.alerts.settling import settling
from service.webhooks import remove_address, set_address
from tests.service.alerts.watch import Watch
from tests.service.running import Receiver, receiving

ALL = AlertRule("rest", {}, AlertAction.NOTIFY)


@pytest.fixture
def staff(watch: Watch) -> Any:
    watch.configure(ALL)
    with receiving() as receiver:
        set_address(watch.running.desk, STAFF, receiver.url)
        yield receiver


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in receiver.got]


def test_the_staff_is_told_that_it_fires_and_that_it_is_over(watch: Watch, staff: Receiver) -> None:
    stream = watch.fire(severity="critical")
    watch.work()
    assert watch.alert(stream).action is AlertAction.NOTIFY
    watch.end(stream)
    watch.confirm()
    assert watch.alert(stream).is_settled
    told = {
        "alert": code_of("alert", stream),
        "fingerprint": watch.alert(stream).fingerprint,
        "labels": {"alertname": "WebDown", "severity": "critical"},
        "annotations": {"summary": "WebDown fires", "runbook_url": "https://runbooks.example/1"},
        "started_at": "2026-11-02T10:00:00.000Z",
    }
    assert bodies(staff) == [
        {"type": "alert.fired", "timestamp": "2026-11-02T10:00:00.000Z", "data": {**told, "ended_at": None}},
        {
            "type": "alert.settled",
            "timestamp": "2026-11-02T10:02:00.000Z",
            "data": {**told, "ended_at": "2026-11-02T10:00:00.000Z"},
        },
    ]
    assert all("webhook-signature" in headers for headers, _ in staff.got)


def test_what_did_not_arrive_is_tried_again_under_the_same_id_and_others_do_not_wait(
    watch: Watch, staff: Receiver
) -> None:
    staff.answers = [503]
    streams = [watch.fire(), watch.fire("Other")]
    watch.work()
    assert [watch.alert(each).action for each in streams] == [None, None]
    assert len(staff.got) == 1
    watch.after(herald.REST)
    watch.work()
    assert [watch.alert(each).action for each in streams] == [AlertAction.NOTIFY] * 2
    first, *others = (headers["webhook-id"] for headers, _ in staff.got)
    assert others.count(first) == 1


def test_an_end_that_cannot_be_told_is_tried_for_an_hour(watch: Watch, staff: Receiver) -> None:
    stream = watch.fire()
    watch.work()
    staff.answers = [500] * 99
    watch.end(stream)
    watch.confirm()
    assert not watch.alert(stream).is_settled
    watch.after(HOUR)
    watch.confirm()
    assert watch.alert(stream).is_settled


def test_a_receiver_that_cannot_be_reached_is_one_that_failed(watch: Watch, staff: Receiver) -> None:
    set_address(watch.running.desk, STAFF, "http://127.0.0.1:9/")
    stream = watch.fire()
    watch.work()
    assert (watch.alert(stream).action, staff.got) == (None, [])


def test_without_a_webhook_it_is_ignored_and_the_log_says_so(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    watch.configure(ALL)
    stream = watch.fire()
    watch.work()
    assert watch.alert(stream).action is AlertAction.IGNORE
    assert "glasno desk webhook" in caplog.text


def test_whoever_took_the_webhook_away_wants_to_hear_of_no_end(watch: Watch, staff: Receiver) -> None:
    stream = watch.fire()
    watch.work()
    remove_address(watch.running.desk, STAFF)
    watch.end(stream)
    watch.confirm()
    assert (watch.alert(stream).is_settled, len(staff.got)) == (True, 1)


def test_one_without_a_rule_is_ignored(watch: Watch) -> None:
    stream = watch.fire("Unheard")
    watch.work()
    assert watch.alert(stream).action is AlertAction.IGNORE
    watch.end(stream)
    watch.after(MINUTE * 3)
    watch.beat()
    watch.work()
    assert settling(watch.duty).due(watch.now, 9) == []
