"""Runs the files of a folder of vectors and counts, per family, what came of them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from tests.vectors import business_time, issue_regressions, lifecycle, tlog
from tests.vectors.outcome import Excluded, Failed, Outcome

SHARED = Path(__file__).resolve().parents[3] / "shared" / "vectors"

RUNNERS: dict[str, Callable[[dict[str, Any]], Outcome]] = {
    "business_time.json": business_time.run_case,
    "lifecycle.json": lifecycle.run_case,
    "issue_regressions.json": issue_regressions.run_case,
    "merkle_roots.json": tlog.run_roots,
    "merkle_inclusion.json": tlog.run_inclusion,
    "merkle_consistency.json": tlog.run_consistency,
    "signed_notes.json": tlog.run_note,
    "vkeys.json": tlog.run_vkey,
    "witness.json": tlog.run_witness,
}

Results: TypeAlias = list[tuple[str, Outcome]]


def report(folder: Path) -> dict[str, Any]:
    """What is printed: the count of each family, every failure and exclusion, and the files that nothing here knows."""
    files = sorted(folder.glob("*.json"))
    results = [result for file in files if file.name in RUNNERS for result in run_file(file)]
    return {
        "families": _families(results),
        "failures": [{"id": id_, "expected": o.expected, "got": o.got} for id_, o in results if isinstance(o, Failed)],
        "exclusions": [{"id": id_, "rule": o.rule} for id_, o in results if isinstance(o, Excluded)],
        "unknown_files": [file.name for file in files if file.name not in RUNNERS],
    }


def run_file(file: Path) -> Results:
    """The outcome of each case of a file that `RUNNERS` names."""
    return [(case["id"], _outcome(RUNNERS[file.name], case)) for case in json.loads(file.read_bytes())["cases"]]


def _outcome(run_case: Callable[[dict[str, Any]], Outcome], case: dict[str, Any]) -> Outcome:
    try:
        return run_case(case)
    except Exception as error:  # noqa: BLE001 -- a case that crashes us has failed; the others still run
        return Failed(case.get("expected"), repr(error))


def _families(results: Results) -> dict[str, dict[str, int]]:
    families: dict[str, dict[str, int]] = {}
    for id_, outcome in results:
        counts = families.setdefault(_family(id_), {"passed": 0, "failed": 0, "excluded": 0})
        counts[type(outcome).__name__.lower()] += 1
    return families


def _family(id_: str) -> str:
    """The source that the id begins with: `zammad`, or `bt-biz` for business time."""
    return re.match("(bt-)?[^-/]+", id_)[0]  # type: ignore[index]
