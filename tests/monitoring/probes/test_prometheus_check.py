"""What a Prometheus knows: one of the tests', and the real one."""

import json
import time
from typing import Any

import pytest

from domain.component import ComponentStatus
from domain.probe_kind import PrometheusCheck
from monitoring.probes import Look, Why
from tests.monitoring.probes.serving import IMPATIENCE, answering, hanging, http, looked, looked_at
from tests.servers.ports import free_port
from tests.servers.prometheus import running_prometheus

FAILED = ComponentStatus.MAJOR_OUTAGE


def asked(answer: bytes) -> Look:
    return looked_at(answering(answer), lambda port: PrometheusCheck(f"http://127.0.0.1:{port}", "up"))


def result(kind: str, found: Any) -> bytes:
    return http(json.dumps({"status": "success", "data": {"resultType": kind, "result": found}}).encode())


def vector(*values: str) -> bytes:
    return result("vector", [{"metric": {"instance": str(at)}, "value": [1.5, v]} for at, v in enumerate(values)])


def said(seen: Look) -> tuple[ComponentStatus | None, Why, str]:
    return seen.status, seen.why, seen.detail


@pytest.mark.parametrize("values", [["1"], ["1", "0.001"], ["-1", "+Inf"]])
def test_series_that_are_not_0_are_good(values: list[str]) -> None:
    assert said(asked(vector(*values))) == (ComponentStatus.OPERATIONAL, Why.NOTHING, "")


def test_one_that_is_0_fails() -> None:
    assert said(asked(vector("0"))) == (FAILED, Why.SERIES_ZERO, "1/1")
    assert said(asked(vector("1", "0", "-0", "2"))) == (FAILED, Why.SERIES_ZERO, "2/4")


def test_a_scalar_is_a_series_of_its_own() -> None:
    assert asked(result("scalar", [1.5, "1"])).status is ComponentStatus.OPERATIONAL
    assert asked(result("scalar", [1.5, "0"])).status is FAILED


def test_without_a_series_or_a_number_nothing_is_known() -> None:
    assert said(asked(vector())) == (None, Why.SERIES_MISSING, "")
    assert said(asked(vector("1", "NaN"))) == (None, Why.SERIES_MISSING, "")


@pytest.mark.parametrize(
    "answer",
    [
        http(b""),
        http(b"<html>"),
        http(b"[" * 100_000),
        http(b'{"status": "error", "errorType": "bad_data", "error": "what?"}'),
        result("string", [1.5, "1"]),
        result("matrix", [{"metric": {}, "values": [[1.5, "1"]]}]),
        result("vector", [{"metric": {}, "histogram": [1.5, {}]}]),
        vector("one"),
        http(b" " * 5_000_000),
    ],
)
def test_what_is_no_such_answer_is_unreadable(answer: bytes) -> None:
    assert said(asked(answer)) == (None, Why.UNREADABLE, "")


def test_a_server_that_is_down_tells_nothing() -> None:
    assert said(asked(http(b"", "503 Unavailable"))) == (None, Why.STATUS, "503")
    assert said(looked(PrometheusCheck(f"http://127.0.0.1:{free_port()}", "up"))) == (None, Why.REFUSED, "")
    hung = looked_at(hanging, lambda port: PrometheusCheck(f"http://127.0.0.1:{port}", "up"), seconds=IMPATIENCE)
    assert said(hung) == (None, Why.TIMED_OUT, "")


def test_any_expression_reaches_it_whole() -> None:
    asked: list[bytes] = []
    query = 'probe_success{instance="https://mail.example.net/?a=1&b"} > 0 # так'
    looked_at(answering(vector("1"), asked), lambda port: PrometheusCheck(f"http://127.0.0.1:{port}/prom/", query))
    line = asked[0].split(b" HTTP/1.1")[0]
    assert line.startswith(b"GET /prom/api/v1/query?query=probe_success%7Binstance%3D%22https%3A%2F%2Fmail.")
    assert line.endswith(b"%3Fa%3D1%26b%22%7D+%3E+0+%23+%D1%82%D0%B0%D0%BA")


def test_the_real_one_is_asked() -> None:
    with running_prometheus(f"127.0.0.1:{free_port()}") as server:

        def known(query: str) -> Look:
            return looked(PrometheusCheck(f"http://{server.address}", query))

        deadline = time.monotonic() + 60
        while known("up").status is None and time.monotonic() < deadline:
            time.sleep(0.2)
        assert said(known("up")) == (FAILED, Why.SERIES_ZERO, "1/1")
        assert known("up == bool 0").status is ComponentStatus.OPERATIONAL
        assert known("scalar(vector(1))").status is ComponentStatus.OPERATIONAL
        assert said(known('up{job="nobody"}')) == (None, Why.SERIES_MISSING, "")
        assert said(known("vector(0/0)")) == (None, Why.SERIES_MISSING, "")
        assert said(known("up{")) == (None, Why.STATUS, "400")
