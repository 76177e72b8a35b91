"""What the benchmarks measure is there: a history that the desk would have written, and figures of it."""

from typing import Any

import pytest

from domain.component import ComponentStatus
from domain.policy import Clock
from projections import sla
from tests.bench import evidence, growth, lag, page, relay, scrape, verify
from tests.bench import months as long_history
from tests.bench.history import COMPONENTS, grow, new_desk
from tests.cast import LEVEL

FEW = 600


def test_a_history_that_is_made_quickly_is_one_that_the_views_understand() -> None:
    with new_desk() as stage:
        grow(stage, FEW, lambda _: None)
        assert stage.story.desk.log.head() >= FEW
        assert {state.error for state in stage.story.projector.states()} == {None}
        told = [each for each in stage.get("/api/v2/components.json").json()["components"] if not each["group"]]
        assert [each["status"] for each in told] == [ComponentStatus.OPERATIONAL] * len(COMPONENTS)
        assert LEVEL.title() in stage.ask().text


def test_some_of_the_promises_in_it_are_broken() -> None:
    with new_desk() as stage:
        grow(stage, FEW, lambda _: None)
        with stage.story.seen() as connection:
            facts: dict[str, Any] = {
                "since": 0,
                "until": 2**60,
                "published": True,
                "position": stage.story.desk.log.head(),
            }
            figures = sla.figures(connection, by=("clock",), **facts)
    assert {figure.group["clock"] for figure in figures} >= {Clock.REACTION, Clock.RESOLUTION}
    assert all(0 < figure.breached < figure.decided for figure in figures if figure.group["clock"] == Clock.REACTION)


def test_costs_are_told_by_the_number_of_events() -> None:
    measured = growth.measure([1, FEW], lambda _: None)
    assert [row["events"] >= size for row, size in zip(measured["sizes"], (1, FEW), strict=True)] == [True, True]
    assert measured["growth"]["now"] == measured["sizes"][1]["now"] / measured["sizes"][0]["now"]
    assert len(growth.table(measured)) == 4


def test_ratios_are_those_of_the_same_round() -> None:
    reports = {"ours": [{"rps": 90}, {"rps": 10}, {"rps": 50}], "theirs": [{"rps": 100}, {"rps": 20}, {"rps": 50}]}
    assert page._ratio(reports["ours"], reports["theirs"]) == (0.9, 0.5, 1.0)


def test_the_lag_is_told_beside_its_target() -> None:
    line, first = lag.table({"events": 60, "p50": 80.4, "p90": 120, "p99": 200, "max": 210, "first": 900.2})
    assert line.startswith("From event to page: p50 80 ms, p90 120 ms, p99 200 ms, max 210 ms over 60 events;")
    assert first.endswith("900 ms")


def test_evidence_is_told_beside_its_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "SIZE", FEW)
    measured = evidence.measure(lambda _: None)
    assert measured["entries"] > FEW // 2
    assert min(measured[name] for name in evidence.TARGETS) > 0
    assert measured["durable"] > measured["files"]
    assert len(evidence.table(measured)) == 6


def test_a_look_of_prometheus_is_told_with_its_samples() -> None:
    measured = scrape.measure(FEW, lambda _: None)
    (few,) = measured["sizes"]
    assert few["events"] >= FEW
    assert few["samples"] > 200 * 10
    assert few["scrape"] > few["reading"] > 0
    assert len(scrape.table(measured)) == 3


def test_a_relay_is_told_beside_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "EVENTS", FEW)
    monkeypatch.setattr(relay, "ROUNDS", 1)
    measured = relay.measure(lambda _: None)
    assert measured["events"] >= FEW
    assert measured["ratio"] == measured["relay"] / measured["reference"]
    assert len(relay.table(measured)) == 2


def test_what_a_stranger_pays_is_told_of_a_history_that_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_history, "A_MONTH", FEW)
    monkeypatch.setattr(verify, "MONTHS", (2, 3))
    measured = verify.measure(lambda _: None)
    few, many = measured["sizes"]
    assert few["entries"] < many["entries"]
    assert min(few.values()) > 0
    assert len(verify.table(measured)) == 3
