"""What the benchmarks measure is there: a history that the desk would have written, and figures of it."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from domain.component import ComponentStatus
from domain.policy import Clock
from projections import sla
from tests.bench import evidence, growth, lag, memory, page, rebuild, relay, scrape, verify, visible
from tests.bench import months as long_history
from tests.bench.history import COMPONENTS, grow, new_desk
from tests.cast import LEVEL

FEW = 600
ROOT = Path(__file__).parents[1]


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


def test_views_are_built_anew_from_a_history_to_its_end() -> None:
    with new_desk() as stage:
        grow(stage, FEW, lambda _: None)
        report = rebuild.rebuilt(stage.story.folder, rebuild.WITHOUT_TICKETS)
        assert report["events"] == stage.story.desk.log.head()
    assert min(report.values()) > 0


def test_a_rebuild_is_told_beside_the_reading_of_the_same_round() -> None:
    rounds = [(0.1, {"cpu": 1.0, "wall": 2.0, "MiB": 90.0}), (0.2, {"cpu": 8.0, "wall": 9.0, "MiB": 80.0})]
    told = rebuild._told(rounds, 1_000_000)
    assert (told["cpu"], told["MiB"], told["ratio"]) == (4.5, 90, (0.0625, 0.025, 0.1))
    sizes = [{"events": 1_000_000, "reading": 0.15, **dict.fromkeys(rebuild.WHICH, told)}]
    assert len(rebuild.table({"sizes": sizes, "targets": rebuild.TARGETS})) == 3


def test_memory_is_that_of_the_process_beside_its_target() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        found = memory._memory(process)
        process.kill()
    assert 0 < found["now"] <= found["most"]
    lines = memory.table({"events": FEW, "at rest": found, "after": found, "targets": memory.TARGETS})
    assert [line.split()[-1] for line in lines] == ["target", "150", "250"]


def test_the_lag_under_load_is_told_by_ranks() -> None:
    ranks = visible._ranks([float(each) for each in range(100, 0, -1)])
    assert ranks == {"p50": 50, "p90": 90, "p99": 99, "max": 100}
    lines = visible.table({"idle": ranks, "busy": ranks, "opened": 812.3, "target_p99": 250})
    assert lines[2] == "32 clients open 812 tickets a second: p50 50 ms, p90 90 ms, p99 99 ms, max 100 ms"


def test_memory_is_that_of_a_desk_that_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SETTLING", 0)
    monkeypatch.setattr(memory, "TIMES", 1)
    measured = memory.measure(FEW, lambda _: None)
    assert measured["events"] >= FEW
    assert measured["after"]["most"] >= measured["after"]["now"] > 0
    assert len(memory.table(measured)) == 3


@pytest.mark.parametrize(
    ("named", "is_needed"), [("", True), ("--rounds 5 --json", True), ("page peers", True), ("page --peers 5", False)]
)
def test_the_peers_are_installed_only_for_whoever_asks_for_them(named: str, is_needed: bool) -> None:
    """All figures are measured if none is named."""
    command = ("make", "-n", "-W", "requirements-peers.txt", "bench", f"BENCH={named}")
    planned = subprocess.check_output(command, cwd=ROOT, text=True)
    assert ("requirements-peers.txt" in planned) == is_needed
