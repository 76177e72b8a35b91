"""Components as anybody is shown them, the status that a person sets, and uptime by month."""

from typing import Any

import pytest

from domain.component import ComponentStatus, Through, claim
from domain.configuration.uptime import UptimeRuleSet
from domain.instant import DAY, HOUR
from domain.month import Figures, fix
from domain.uptime import Rule
from store.streams import Command
from tests.api.office import Office
from tests.cast import AT

STATUS = "/v1/components/uplink/status"
OUTAGE = {"status": "major_outage", "why": "A cut cable"}


def shown(office: Office, query: str = "", **headers: str) -> Any:
    return office.ask(None, "GET", f"/v1/components{query}", **headers).json()["items"][0]


def uptime(office: Office, query: str = "month=2026-11", **headers: str) -> Any:
    return office.ask(None, "GET", f"/v1/components/uplink/uptime?{query}", **headers).json()


def test_anybody_sees_how_a_component_stands(office: Office) -> None:
    office.ask("ann", "PUT", STATUS, OUTAGE)
    told = shown(office, Accept_Language="ru")
    assert (told["key"], told["name"], told["names"]["en"]) == ("uplink", "Сеть", "Network")
    assert (told["status"], told["through"], told["uptime_target"]) == ("major_outage", "person", 99.9)
    assert told["since"] == "2026-11-02T10:00:00.000Z"


def test_the_language_of_the_names_is_the_readers(office: Office) -> None:
    answer = office.ask(None, "GET", "/v1/components")
    assert (answer.headers["Content-Language"], answer.headers["Vary"]) == ("en", "Accept-Language")
    assert {"key": "carriers", "name": "Network", "names": {"ru": "Сеть", "en": "Network"}} in answer.json()["groups"]


def test_nothing_is_claimed_of_a_component_that_nothing_is_known_of(office: Office) -> None:
    told = shown(office)
    assert (told["status"], told["since"], told["through"]) == (None, None, None)


def test_a_component_is_told_as_it_was(office: Office) -> None:
    office.clock.now += HOUR
    office.ask("ann", "PUT", STATUS, OUTAGE)
    assert shown(office, "?at=2026-11-02T10:30:00Z")["status"] is None


def test_a_person_sets_the_status_of_a_component(office: Office) -> None:
    first = office.ask("ann", "PUT", STATUS, OUTAGE, Idempotency_Key="one").json()
    assert first == office.ask("ann", "PUT", STATUS, OUTAGE, Idempotency_Key="one").json()
    assert office.ask("ann", "PUT", STATUS, OUTAGE).json()["position"] == 0
    assert office.ask("cy", "PUT", STATUS, OUTAGE).status_code == 403
    assert office.ask("ann", "PUT", STATUS.replace("uplink", "moon"), OUTAGE).json()["code"] == "component_unknown"


def test_who_set_it_and_why_is_nobodys_business(office: Office) -> None:
    office.ask("ann", "PUT", STATUS, OUTAGE)
    answer = office.ask(None, "GET", "/v1/components").text
    assert office.people["ann"].id not in answer
    assert "A cut cable" not in answer


def test_uptime_is_told_with_its_rule(office: Office) -> None:
    office.ask("ann", "PUT", STATUS, {"status": "operational"})
    office.clock.now += 9 * HOUR
    office.ask("ann", "PUT", STATUS, {"status": "partial_outage"})
    office.clock.now += HOUR
    told = uptime(office)
    assert (told["component"], told["month"], told["zone"], told["is_final"]) == ("uplink", "2026-11", "Etc/UTC", False)
    assert (told["uptime"], told["coverage"]) == (97.0, 22.727)
    assert (told["accountable_seconds"], told["unavailable_seconds"], told["unknown_seconds"]) == (36000, 1080, 122400)
    rule = told["rule"]
    assert (rule["formula"], rule["weights"]["partial_outage"], rule["notice_seconds"]) == ("uptime/1", 300, 86400)
    assert "partial outage 30 %" in rule["text"]


def test_the_rule_is_told_in_the_readers_language(office: Office) -> None:
    assert "частичный сбой 30 %" in uptime(office, Accept_Language="ru")["rule"]["text"]


def test_where_nothing_is_known_there_is_no_figure(office: Office) -> None:
    told = uptime(office)
    assert (told["uptime"], told["coverage"], told["unknown_seconds"]) == (None, 0.0, 34 * 3600)


def test_a_share_is_never_rounded_up_and_an_outage_never_down(office: Office) -> None:
    office.ask("ann", "PUT", STATUS, {"status": "operational"})
    office.clock.now += DAY
    office.ask("ann", "PUT", STATUS, {"status": "partial_outage"})
    office.clock.now += 1
    told = uptime(office)
    assert (told["uptime"], told["unavailable_seconds"]) == (99.999, 0.001)


def test_uptime_is_told_as_it_was_known(office: Office) -> None:
    office.ask("ann", "PUT", STATUS, {"status": "operational"})
    office.clock.now += HOUR
    claimed = {"key": "uplink", "incident": "1" * 32, "status": ComponentStatus.MAJOR_OUTAGE, "through": Through.ALERT}
    stream, command = office.desk.name("component", "uplink"), Command(office.desk.new_id())
    office.desk.components.act(command, stream, lambda state: claim(state, at=AT, **claimed))  # type: ignore[arg-type]
    assert uptime(office)["uptime"] == 0.0
    assert uptime(office, "month=2026-11&at=2026-11-02T10:59:00Z")["uptime"] == 100.0


def test_a_month_follows_the_rule_that_was_in_force_when_it_ended(office: Office) -> None:
    office.ask("ann", "PUT", STATUS, {"status": "degraded"})
    office.clock.now += 30 * DAY
    rule = UptimeRuleSet(
        at=office.clock.now, weights={**Rule().weights, ComponentStatus.DEGRADED: 500}, notice=2 * HOUR
    )
    stream = office.desk.name("configuration")
    office.desk.configuration.act(Command(office.desk.new_id()), stream, lambda _: [rule])
    office.clock.now += DAY
    november, december = uptime(office), uptime(office, "month=2026-12")
    assert (november["uptime"], november["rule"]["weights"]["degraded"]) == (100.0, 0)
    assert (december["uptime"], december["rule"]["notice_seconds"]) == (50.0, 7200)
    assert "at least 2 h before" in december["rule"]["text"]


def test_a_month_that_is_fixed_says_so_and_keeps_its_rule(office: Office) -> None:
    office.ask("ann", "PUT", STATUS, {"status": "degraded"})
    office.clock.now += 40 * DAY
    stream, rule = office.desk.name("month", "2026-11"), Rule(notice=HOUR)
    figures = Figures(position=office.desk.log.head(), sla=(), uptime=(), opaque=0)
    facts: dict[str, Any] = {"name": "2026-11", "zone": "Etc/UTC", "figures": figures, "undecided": 0, "rule": rule}
    office.desk.months.act(Command(office.desk.new_id()), stream, fix, **facts, at=office.clock.now)
    told = uptime(office)
    assert (told["is_final"], told["rule"]["notice_seconds"]) == (True, 3600)
    assert uptime(office, "month=2026-12")["is_final"] is False


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("moon/uptime?month=2026-11", 404, "component_unknown"),
        ("uplink/uptime?month=2026-12", 422, "month_ahead"),
        ("uplink/uptime?month=2026-11&at=2026-10-01T00:00:00Z", 422, "month_ahead"),
        ("uplink/uptime?month=2026-13", 422, "invalid"),
        ("uplink/uptime?month=november", 422, "invalid"),
        ("uplink/uptime", 422, "invalid"),
    ],
)
def test_what_has_no_uptime_says_why(office: Office, address: str, status: int, code: str) -> None:
    answer = office.ask(None, "GET", f"/v1/components/{address}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
