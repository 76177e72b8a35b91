"""Probes as the staff sees them, and components that are left to them."""

import re
from dataclasses import replace

import pytest

from api.probe_words import WORDS
from domain.component import ComponentStatus, observe
from domain.configuration.probe import ProbeDefined
from domain.instant import HOUR, MINUTE
from domain.probe import Watch
from domain.probe_kind import TcpCheck
from domain.token import TokenScope
from monitoring.probes import Look, Why, watches
from monitoring.probes.watches import Watched
from store.streams import Command
from tests.api.office import Member, Office, token_for
from tests.cast import AT

DOWN = ComponentStatus.MAJOR_OUTAGE
PROBE = ProbeDefined(
    at=AT, key="port", component="uplink", every=MINUTE, timeout=1, fails_after=1, recovers_after=1, says=DOWN,
    tcp=TcpCheck("a:1"),
)  # fmt: skip
LOOK = Look(DOWN, Why.STATUS, "503", 0.25, AT + HOUR)


@pytest.fixture
def probed(office: Office) -> Office:
    stream = office.desk.name("configuration")
    office.desk.configuration.act(Command(office.desk.new_id()), stream, lambda _: [PROBE])
    return office


def saw(office: Office) -> None:
    """The probe says that it does not work."""
    stream = office.desk.name("component", "uplink")
    office.desk.components.act(
        Command(office.desk.new_id()), stream, observe, key="uplink", probe="port", status=DOWN, number=3, at=AT
    )
    watch = Watch(status=DOWN, number=3, missed=1, failed=2, seen_at=office.clock.now)
    watches.remember(office.views.engine, [Watched("port", "uplink", watch, office.clock.now, LOOK)])


def test_each_probe_is_told_with_what_it_saw(probed: Office) -> None:
    saw(probed)
    [told] = probed.ask("ann", "GET", "/v1/probes").json()["items"]
    assert (told["key"], told["component"], told["kind"], told["every"]) == ("port", "uplink", "tcp", 60_000)
    assert (told["status"], told["looked_status"], told["why"]) == ("major_outage", "major_outage", "status")
    assert told["words"] == "another HTTP status came (503)"
    assert (told["took"], told["expires_at"]) == (0.25, "2026-11-02T11:00:00.000Z")
    assert (told["number"], told["missed"], told["failed"]) == (3, 1, 2)
    assert told["seen_at"] == told["looked_at"] == "2026-11-02T10:00:00.000Z"


def test_of_several_who_look_each_is_told(probed: Office) -> None:
    stream = probed.desk.name("configuration")
    probed.desk.configuration.act(
        Command(probed.desk.new_id()), stream, lambda _: [replace(PROBE, probers=("fra", "desk"))]
    )
    watches.remember(probed.views.engine, [Watched("port@fra", "uplink", Watch(number=3), probed.clock.now, LOOK)])
    fra, desk = probed.ask("ann", "GET", "/v1/probes").json()["items"]
    assert (fra["key"], fra["prober"], fra["number"], fra["why"]) == ("port", "fra", 3, "status")
    assert (desk["key"], desk["prober"], desk["number"], desk["looked_at"]) == ("port", "desk", 0, None)


def test_what_is_silent_says_nothing(probed: Office) -> None:
    saw(probed)
    probed.clock.now += 3 * MINUTE
    [told] = probed.ask("ann", "GET", "/v1/probes").json()["items"]
    assert (told["status"], told["looked_status"]) == (None, "major_outage")


def test_a_probe_that_never_looked_is_told_as_well(probed: Office) -> None:
    answer = probed.ask("ann", "GET", "/v1/probes", Accept_Language="ru")
    [told] = answer.json()["items"]
    assert (told["status"], told["looked_at"], told["words"], told["number"]) == (None, None, "", 0)
    assert answer.headers["Content-Language"] == "ru"


def test_clients_are_not_told_of_probes(probed: Office) -> None:
    found = {who: probed.ask(who, "GET", "/v1/probes").status_code for who in ("ann", "lea", "ada", "cy", "eve")}
    assert found == {"ann": 200, "lea": 200, "ada": 200, "cy": 403, "eve": 403}


def test_a_token_for_something_else_does_not_do(probed: Office) -> None:
    ann = probed.people["ann"].id
    for scope, status in ((TokenScope.COMPONENTS_WRITE, 200), (TokenScope.TICKETS_WRITE, 403)):
        token = token_for(probed.desk, ann, frozenset({scope}), label=scope)
        answer = probed.client.get("/v1/probes", headers=Member(ann, token).headers)
        assert answer.status_code == status


def test_what_a_person_set_is_left_to_the_probes_again(probed: Office) -> None:
    saw(probed)
    probed.ask("ann", "PUT", "/v1/components/uplink/status", {"status": "operational"})
    saw(probed)
    first = probed.ask("ann", "DELETE", "/v1/components/uplink/status", Idempotency_Key="one").json()
    assert (first["component"], first["status"]) == ("uplink", "major_outage")
    assert first == probed.ask("ann", "DELETE", "/v1/components/uplink/status", Idempotency_Key="one").json()
    assert probed.ask("ann", "DELETE", "/v1/components/uplink/status").json()["position"] == 0
    [told] = probed.ask(None, "GET", "/v1/components").json()["items"]
    assert (told["status"], told["through"]) == ("major_outage", "probe")


def test_what_no_probe_has_looked_at_is_left_to_none(probed: Office) -> None:
    answer = probed.ask("ann", "DELETE", "/v1/components/uplink/status")
    assert (answer.status_code, answer.json()["code"]) == (409, "component_not_probed")
    moon = probed.ask("ann", "DELETE", "/v1/components/moon/status")
    assert (moon.status_code, moon.json()["code"]) == (404, "component_unknown")
    assert probed.ask("cy", "DELETE", "/v1/components/uplink/status").status_code == 403


@pytest.mark.parametrize("why", Why)
def test_every_reason_is_told_in_both_languages(why: Why) -> None:
    ru, en = WORDS[why]
    assert re.search("[а-я]", ru)
    assert re.search("[a-z]", en)
    assert not re.search("[а-яА-Я]", en)
