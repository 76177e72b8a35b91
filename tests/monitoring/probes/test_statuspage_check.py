"""What other status pages say, real ones among them."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.component import ComponentStatus
from domain.probe_kind import StatuspageCheck
from monitoring.probes import Look, Why
from monitoring.probes.statuspage_check import LIMIT
from tests.monitoring.probes.serving import IMPATIENCE, answering, hanging, http, looked, looked_at
from tests.servers.ports import free_port

REAL = Path(__file__).resolve().parents[4] / "shared/data/statuspage"
COMPONENTS = sorted(REAL.glob("*-components*.json"))


def page(answer: bytes, component: str = "") -> Look:
    return looked_at(answering(answer), lambda port: StatuspageCheck(f"http://127.0.0.1:{port}", component))


def summary(indicator: str = "none", *parts: tuple[str, str, str]) -> bytes:
    components = [{"id": id_, "name": name, "status": status} for id_, name, status in parts]
    return http(json.dumps({"status": {"indicator": indicator}, "components": components}).encode())


def said(seen: Look) -> tuple[ComponentStatus | None, Why, str]:
    return seen.status, seen.why, seen.detail


@pytest.mark.parametrize(
    ("indicator", "status"),
    [
        ("minor", ComponentStatus.DEGRADED),
        ("major", ComponentStatus.PARTIAL_OUTAGE),
        ("critical", ComponentStatus.MAJOR_OUTAGE),
        ("maintenance", ComponentStatus.UNDER_MAINTENANCE),
    ],
)
def test_a_page_says_how_it_is_as_a_whole(indicator: str, status: ComponentStatus) -> None:
    assert said(page(summary(indicator))) == (status, Why.SAID, indicator)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("degraded_performance", ComponentStatus.DEGRADED),
        ("partial_outage", ComponentStatus.PARTIAL_OUTAGE),
        ("major_outage", ComponentStatus.MAJOR_OUTAGE),
        ("under_maintenance", ComponentStatus.UNDER_MAINTENANCE),
    ],
)
def test_and_how_a_component_is(word: str, status: ComponentStatus) -> None:
    answer = summary("none", ("1", "API", word), ("2", "Mail", "operational"))
    assert said(page(answer, "1")) == said(page(answer, "API")) == (status, Why.SAID, word)
    assert said(page(answer, "2")) == said(page(answer)) == (ComponentStatus.OPERATIONAL, Why.NOTHING, "")


def test_of_several_of_one_name_the_worst_counts() -> None:
    answer = summary("none", ("1", "API", "operational"), ("2", "API", "major_outage"), ("3", "API", "partial_outage"))
    assert page(answer, "API").status is ComponentStatus.MAJOR_OUTAGE
    assert page(answer, "1").status is ComponentStatus.OPERATIONAL


def test_words_and_components_that_are_unknown_tell_nothing() -> None:
    answer = summary("splendid", ("1", "API", "on fire"))
    assert said(page(answer)) == (None, Why.WORD_UNKNOWN, "splendid")
    assert said(page(answer, "API")) == (None, Why.WORD_UNKNOWN, "on fire")
    assert said(page(answer, "api")) == (None, Why.COMPONENT_UNKNOWN, "")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"components": {}}', b'"\xff"', b"[" * 100_000, b"{}" * 2])
def test_what_is_no_summary_is_unreadable(body: bytes) -> None:
    assert said(page(http(body))) == (None, Why.UNREADABLE, "")


def test_so_is_one_that_is_too_long() -> None:
    body = b'{"status": {"indicator": "none"}}'
    assert page(http(body.ljust(LIMIT))).status is ComponentStatus.OPERATIONAL
    assert said(page(http(body.ljust(LIMIT + 1)))) == (None, Why.UNREADABLE, "")


def test_a_page_that_cannot_be_had_tells_nothing_of_what_it_reports_on() -> None:
    assert said(page(http(b"", "503 Unavailable"))) == (None, Why.STATUS, "503")
    assert said(looked(StatuspageCheck(f"http://127.0.0.1:{free_port()}"))) == (None, Why.REFUSED, "")
    hung = looked_at(hanging, lambda port: StatuspageCheck(f"http://127.0.0.1:{port}"), seconds=IMPATIENCE)
    assert said(hung) == (None, Why.TIMED_OUT, "")


def test_the_summary_is_asked_for_below_the_address_of_the_page() -> None:
    asked: list[bytes] = []
    looked_at(answering(summary(), asked), lambda port: StatuspageCheck(f"http://127.0.0.1:{port}/status/"))
    assert asked[0].startswith(b"GET /status/api/v2/summary.json HTTP/1.1\r\n")


def test_a_real_summary_is_read() -> None:
    answer = http((REAL / "instructure-summary.json").read_bytes())
    assert said(page(answer)) == (ComponentStatus.DEGRADED, Why.SAID, "minor")
    assert said(page(answer, "j7jp6sq831c2")) == (ComponentStatus.DEGRADED, Why.SAID, "degraded_performance")
    assert said(page(answer, "No such thing")) == (None, Why.COMPONENT_UNKNOWN, "")


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda each: each.stem)
def test_the_components_of_real_pages_are_known(file: Path) -> None:
    parts: list[dict[str, Any]] = json.loads(file.read_bytes())["components"]
    for part in parts[:10] + [each for each in parts if each["status"] != "operational"]:
        seen = page(http(file.read_bytes()), part["id"])
        assert (seen.status is ComponentStatus.OPERATIONAL) == (part["status"] == "operational")
        assert seen.status is not None


def test_there_are_real_pages() -> None:
    assert len(COMPONENTS) > 3
