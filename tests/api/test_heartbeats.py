"""Heartbeats: whoever knows the address says that it works, and needs no token for it."""

import json

import pytest
from httpx2 import Response
from sqlalchemy.exc import OperationalError

from api.heartbeats import address_of
from domain.component import ComponentStatus
from domain.configuration.probe import ProbeDefined
from domain.instant import MINUTE, Instant
from domain.probe_kind import HeartbeatCheck, TcpCheck
from monitoring import heartbeats
from monitoring.heartbeats import Heard
from store.streams import Command
from tests.api.office import Office
from tests.cast import AT

LABELS = {"alertname": "Watchdog"}


@pytest.fixture
def beating(office: Office) -> Office:
    """An office with a heartbeat, and a probe that is none."""
    usual = {"at": AT, "every": MINUTE, "timeout": 1, "fails_after": 1, "recovers_after": 1}
    probes = [
        ProbeDefined(**usual, key="nightly", component="", says=DOWN, heartbeat=HeartbeatCheck(MINUTE)),  # type: ignore[arg-type]
        ProbeDefined(**usual, key="port", component="uplink", says=DOWN, tcp=TcpCheck("a:1")),  # type: ignore[arg-type]
    ]
    stream = office.desk.name("configuration")
    office.desk.configuration.act(Command(office.desk.new_id()), stream, lambda _: probes)
    return office


DOWN = ComponentStatus.MAJOR_OUTAGE


def beat(office: Office, method: str = "GET", body: bytes = b"", query: str = "") -> Response:
    return office.client.request(method, address_of(office.desk, "nightly") + query, content=body)


def heard(office: Office) -> Instant | None:
    with office.views.engine.connect() as connection:
        return heartbeats.newest(connection, "nightly")


def watchdog(*statuses: str) -> bytes:
    alerts = [{"status": each, "labels": LABELS, "startsAt": "2026-01-01T00:00:00Z"} for each in statuses]
    return json.dumps({"version": "4", "alerts": alerts}).encode()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_whoever_knows_the_address_beats(beating: Office, method: str) -> None:
    answer = beat(beating, method, query="?run=17")
    assert (answer.status_code, answer.content, answer.headers["Cache-Control"]) == (204, b"", "no-store")
    assert heard(beating) == beating.clock.now


@pytest.mark.parametrize("body", [b"", b"done", b"\xff", b'{"alerts": 1}', watchdog("firing")])
def test_whatever_is_sent_along_is_a_beat(beating: Office, body: bytes) -> None:
    assert beat(beating, "POST", body).status_code == 204
    assert heard(beating) == beating.clock.now


def test_a_watchdog_that_is_over_is_no_beat(beating: Office) -> None:
    beat(beating)
    before = beating.clock.now
    beating.clock.now += MINUTE
    assert beat(beating, "POST", watchdog("resolved")).status_code == 204
    assert heard(beating) == before
    with beating.views.engine.connect() as connection:
        assert heartbeats.heard(connection) == {"nightly": Heard(before, beating.clock.now)}


def test_an_address_that_is_nobodys_is_not_there(beating: Office) -> None:
    for key in ("moon", "port"):
        answer = beating.client.get(address_of(beating.desk, key))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert beating.client.get("/v1/heartbeats/nightly").status_code == 404
    assert heard(beating) is None


def test_a_body_of_a_mebibyte_is_taken_and_a_longer_one_is_not(beating: Office) -> None:
    assert beat(beating, "POST", b"x" * 1024 * 1024).status_code == 204
    assert beat(beating, "POST", b"x" * (1024 * 1024 + 1)).status_code == 413


def test_nobody_beats_too_often(beating: Office) -> None:
    found = {beat(beating).status_code for _ in range(201)}
    assert found == {204, 429}


def test_nothing_is_stored_in_the_log(beating: Office) -> None:
    head = beating.desk.log.head()
    beat(beating)
    assert beating.desk.log.head() == head


def test_its_address_stands_in_no_log(
    beating: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr(heartbeats, "beat", away)
    assert beat(beating).status_code == 503
    assert "/v1/heartbeats/{secret}" in caplog.text
    assert address_of(beating.desk, "nightly") not in caplog.text


def test_after_a_pause_or_after_it_was_over_it_begins_anew(beating: Office) -> None:
    def begun(after: int, body: bytes = b"") -> Instant:
        beating.clock.now += after
        assert beat(beating, "POST", body).status_code == 204
        with beating.views.engine.connect() as connection:
            return heartbeats.since(connection, "nightly")

    assert [begun(0), begun(MINUTE)] == [0, 0]
    assert begun(MINUTE + 1) == beating.clock.now
    assert begun(MINUTE) == beating.clock.now - MINUTE
    begun(1, watchdog("resolved"))
    assert begun(1) == beating.clock.now
