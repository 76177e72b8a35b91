"""Against a real web server: bodies as Statuspage sends them, and the challenge."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from domain.component import ComponentStatus
from domain.incident import IncidentStatus
from domain.subscription import Proof, Step, SubscriptionConfirmed
from service.subscribers.telling import INVITING
from store.subscriptions import signing_secret, subscription_by
from tests.service.running import Receiver
from tests.service.subscribers.town import ADDRESS, Town

META = {"unsubscribe", "documentation", "generated_at"}
PAGE = {"id", "status_indicator", "status_description"}
COMPONENT = {
    *("status", "name", "created_at", "updated_at", "position", "description", "showcase", "id", "page_id", "group_id"),
}
COMPONENT_UPDATE = {"old_status", "new_status", "created_at", "component_type", "id", "component_id"}
UPDATE = {
    *("status", "body", "created_at", "wants_twitter_update", "twitter_updated_at", "updated_at", "display_at"),
    *("affected_components", "custom_tweet", "deliver_notifications", "id", "incident_id"),
}
INCIDENT = {
    *("name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact", "shortlink"),
    *("postmortem_ignored", "postmortem_body", "postmortem_body_last_updated_at", "postmortem_published_at"),
    *("postmortem_notified_subscribers", "postmortem_notified_twitter", "backfilled", "scheduled_for"),
    *("scheduled_until", "scheduled_remind_prior", "scheduled_reminded_at", "impact_override"),
    *("scheduled_auto_in_progress", "scheduled_auto_completed", "id", "page_id", "incident_updates", "components"),
}
"""The keys that receivers made for Statuspage may read."""


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(body) for _, body in receiver.got]


def echo(receiver: Receiver, shape: str) -> None:
    """Answer with the challenge."""

    def answer() -> None:
        receiver.body = (shape % bodies(receiver)[-1]["challenge"]).encode()

    receiver.before_answering, receiver.answers = answer, [200] * 9


@pytest.mark.parametrize("shape", ["%s", '{"challenge": "%s"}'])
def test_whoever_answers_with_the_challenge_has_confirmed(any_town: Town, receiver: Receiver, shape: str) -> None:
    stream = any_town.subscribe(receiver.url, is_confirmed=False)
    echo(receiver, shape)
    any_town.call()
    any_town.call()
    assert len(receiver.got) == 1
    confirmed = any_town.running.desk.log.read(stream)[-1].event
    assert confirmed == SubscriptionConfirmed(at=any_town.running.clock.now, proof=Proof.CHALLENGE)


def test_whoever_does_not_echo_it_is_asked_three_times(town: Town, receiver: Receiver) -> None:
    stream = town.subscribe(receiver.url, is_confirmed=False)
    receiver.answers, receiver.body = [200, 500] + [204] * 9, b"something else"
    town.call()
    for delay in (*INVITING, INVITING[-1]):
        town.running.clock.now += delay
        town.call()
    assert (len(receiver.got), town.state(stream).step) == (3, Step.REQUESTED)
    assert len({body["challenge"] for body in bodies(receiver)}) == 1


def test_a_challenge_that_comes_late_in_an_endless_answer_is_not_looked_for(town: Town, receiver: Receiver) -> None:
    stream = town.subscribe(receiver.url, is_confirmed=False)
    echo(receiver, 2_000 * " " + "%s")
    town.call()
    assert town.state(stream).step is Step.REQUESTED


def test_an_incident_is_told_as_statuspage_tells_it(any_town: Town, receiver: Receiver) -> None:
    any_town.subscribe(receiver.url, "api")
    stream = any_town.open()
    any_town.post(stream, IncidentStatus.RESOLVED)
    any_town.call()
    any_town.keep()
    opened, resolved = bodies(receiver)
    assert (set(opened), set(opened["meta"]), set(opened["page"])) == ({"meta", "page", "incident"}, META, PAGE)
    assert (opened["incident"]["name"], opened["incident"]["status"]) == ("Network outage", "investigating")
    assert (opened["page"]["status_indicator"], resolved["page"]["status_indicator"]) == ("critical", "minor")
    assert opened["incident"]["components"][0].keys() >= COMPONENT
    assert [each["status"] for each in resolved["incident"]["incident_updates"]] == ["resolved", "investigating"]
    assert len(opened["incident"]["incident_updates"]) == 1
    assert any_town.done() == [(1, 0), (1, 0)]


def test_every_key_of_statuspage_is_there(town: Town, receiver: Receiver) -> None:
    town.subscribe(receiver.url)
    town.open()
    town.call()
    [incident] = (body["incident"] for body in bodies(receiver))
    assert INCIDENT - incident.keys() == set()
    assert UPDATE - incident["incident_updates"][0].keys() == set()


def test_the_status_of_a_component_is_told_to_webhooks(town: Town, receiver: Receiver) -> None:
    town.subscribe(receiver.url, "api")
    town.subscribe("ann@acme.example")
    town.set(ComponentStatus.PARTIAL_OUTAGE)
    town.set(ComponentStatus.DEGRADED, "web")
    town.call()
    town.keep()
    [body] = bodies(receiver)
    assert body.keys() == {"meta", "page", "component", "component_update"}
    assert body["component"].keys() >= COMPONENT
    assert body["component_update"].keys() == COMPONENT_UPDATE
    assert (body["component_update"]["old_status"], body["component_update"]["new_status"]) == (
        "operational",
        "partial_outage",
    )
    assert body["component_update"]["component_id"] == body["component"]["id"]
    assert body["component"]["status"] == "partial_outage"
    assert sorted(town.done()) == [(0, 0), (1, 0)]


def test_works_that_were_called_off_are_told_in_words_that_statuspage_has(town: Town, receiver: Receiver) -> None:
    town.subscribe(receiver.url, "web")
    works = town.plan()
    town.put_off(works)
    town.call_off(works)
    town.call()
    told = [body["incident"] for body in bodies(receiver)]
    assert [each["status"] for each in told] == ["scheduled", "scheduled", "completed"]
    assert told[2]["incident_updates"][0]["status"] == "completed"
    assert told[0]["scheduled_for"] < told[1]["scheduled_for"]


def test_the_signature_is_that_of_the_secret_of_the_subscription(town: Town, receiver: Receiver) -> None:
    stream = town.subscribe(receiver.url)
    town.open()
    town.call()
    [(headers, body)] = receiver.got
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    secret = signing_secret(town.running.desk, stream)
    expected = base64.b64encode(hmac.new(secret, said, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


def test_the_link_in_it_unsubscribes(town: Town, receiver: Receiver) -> None:
    stream = town.subscribe(receiver.url, language="ru")
    town.open()
    town.call()
    [body] = bodies(receiver)
    before, _, text = body["meta"]["unsubscribe"].rpartition("/")
    assert before == f"{ADDRESS}/ru/subscription"
    assert subscription_by(town.running.desk, text) == stream


def test_whoever_is_gone_is_a_dead_letter_at_once(town: Town, receiver: Receiver) -> None:
    stream = town.subscribe(receiver.url)
    receiver.answers = [410]
    town.open()
    town.call()
    assert len(town.state(stream).undelivered) == 1


def test_a_private_address_is_never_called(town: Town, receiver: Receiver) -> None:
    town.subscribe(receiver.url)
    town.subscribe(receiver.url + "2", is_confirmed=False)
    town.open()
    town.call(allow_private=False)
    assert receiver.got == []
