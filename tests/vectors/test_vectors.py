import json
import os
from pathlib import Path

import pytest

from tests.vectors.__main__ import main
from tests.vectors.harness import RUNNERS, SHARED, report, run_file
from tests.vectors.outcome import Excluded, Failed

CASE = {
    "id": "bt-biz-9999",
    "op": "within",
    "schedule": {"time_zone": "Etc/UTC", "hours": {"mon": [["09:00", "17:00"]]}},
    "input": {"start": "2024-01-01T08:00:00Z", "end": "2024-01-01T10:00:00Z"},
    "expected": 3600,
    "reference_check": "agrees",
}


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("the shared vectors are not there")
    return SHARED


@pytest.mark.parametrize("name", RUNNERS)
def test_every_vector_passes_or_is_excluded_by_a_stated_rule(shared: Path, name: str) -> None:
    outcomes = run_file(shared / name)
    assert outcomes
    assert [(id_, outcome) for id_, outcome in outcomes if isinstance(outcome, Failed)] == []


def test_no_agreed_case_of_business_time_is_excluded(shared: Path) -> None:
    cases = json.loads((shared / "business_time.json").read_bytes())["cases"]
    agreed = {case["id"] for case in cases if case["reference_check"] == "agrees"}
    excluded = {id_ for id_, outcome in run_file(shared / "business_time.json") if isinstance(outcome, Excluded)}
    assert agreed
    assert not agreed & excluded


def test_the_report_counts_by_family_and_lists_what_it_does_not_know(tmp_path: Path) -> None:
    in_days = CASE | {"id": "bt-glpi-1", "op": "add_days", "reference_check": "unchecked"}
    vectors(tmp_path, CASE, in_days)
    (tmp_path / "other.json").write_text("{}")
    answer = report(tmp_path)
    assert answer["families"] == {
        "bt-biz": {"passed": 1, "failed": 0, "excluded": 0},
        "bt-glpi": {"passed": 0, "failed": 0, "excluded": 1},
    }
    assert answer["unknown_files"] == ["other.json"]


def test_a_wrong_answer_fails_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vectors(tmp_path, CASE | {"expected": 3601})
    assert main(tmp_path) == 1
    assert json.loads(capsys.readouterr().out)["failures"] == [{"id": "bt-biz-9999", "expected": 3601, "got": 3600.0}]


def test_a_case_that_cannot_be_run_has_failed_and_the_others_still_run(tmp_path: Path) -> None:
    vectors(tmp_path, CASE | {"op": "unheard-of"}, CASE)
    assert report(tmp_path)["families"] == {"bt-biz": {"passed": 1, "failed": 1, "excluded": 0}}


def test_a_folder_that_is_not_there_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="is no folder"):
        main(tmp_path / "nowhere")


def vectors(folder: Path, *cases: dict[str, object]) -> None:
    (folder / "business_time.json").write_text(json.dumps({"cases": cases}))
