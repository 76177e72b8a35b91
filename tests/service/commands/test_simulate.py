"""`glasno bench simulate` as its users see it: it needs no desk."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.__main__ import glasno
from tests.service.simulated import COSTS, written


def simulate(*words: str) -> Result:
    return CliRunner().invoke(glasno, ["bench", "simulate", *words])


def told(*words: str) -> Any:
    result = simulate(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def test_it_tells_ten_thousand_companies_and_a_hundred_million_events() -> None:
    lines = simulate().stdout.splitlines()
    assert any(line.split()[:1] == ["10,000"] for line in lines)
    assert any(line.split()[:1] == ["100,000,000"] for line in lines)


def test_it_says_what_gives_way_first(tmp_path: Path) -> None:
    last = simulate("--costs", str(written(tmp_path, COSTS))).stdout.splitlines()[-1]
    assert last.endswith(": views 556, postgres 1,636, log 4,444, relay 11,111, append 33,333")


def test_it_says_where_its_costs_come_from(tmp_path: Path) -> None:
    stdout = simulate("--costs", str(written(tmp_path, COSTS))).stdout
    assert "costs: costs.json, measured 2026-11-22 on a machine, with a log of 10,000 events" in stdout


def test_sizes_go_up_to_what_was_asked_for() -> None:
    found = told("--companies", "500", "--events", "2000000")
    assert [each["companies"] for each in found["sizes"]] == [1, 5, 50, 500]
    assert [each["events"] for each in found["logs"]] == [2_000, 20_000, 200_000, 2_000_000]


def test_a_load_that_is_heavier_takes_more() -> None:
    usual, heavy = (told("--peak", peak)["sizes"][-1] for peak in ("10", "20"))
    assert heavy["cores_busy"]["api"] == pytest.approx(2 * usual["cores_busy"]["api"])


def test_clients_that_one_desk_cannot_serve_go_to_several(tmp_path: Path) -> None:
    words = ("--costs", str(written(tmp_path, COSTS)), "--companies", "1000000", "--tickets", "1000")
    assert told(*words)["sizes"][-1]["desks"] > 1
    assert " desks" in simulate(*words).stdout
    assert "no end" in simulate(*words).stdout


def test_a_file_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    result = simulate("--costs", str(tmp_path / "costs.json"))
    assert result.exit_code == 1
    assert "make bench" in result.stderr


def test_a_ticket_of_fewer_events_than_its_opening_is_refused(tmp_path: Path) -> None:
    result = simulate("--costs", str(written(tmp_path, COSTS)), "--ticket-events", "3")
    assert result.exit_code == 1
    assert "takes 4 events" in result.stderr


@pytest.mark.parametrize(
    "word", ["--companies=0", "--events=-1", "--tickets=0", "--peak=0.5", "--reads=-1", "--peak=nan"]
)
def test_what_makes_no_sense_is_refused(word: str) -> None:
    result = simulate(word)
    assert result.exit_code == 2
    assert word.partition("=")[0] in result.stderr
