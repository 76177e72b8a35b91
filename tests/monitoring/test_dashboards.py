"""The dashboards that are shipped are those of the code, and every query of theirs can be answered."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from monitoring.dashboards.__main__ import FOLDER, written
from tests.monitoring.rules import GENERATED, OF_OTHERS, names_in, promtool, served, shipped
from tests.status_page.stage import Stage


def test_what_is_shipped_is_what_the_code_makes() -> None:
    assert {path.name: path.read_text() for path in FOLDER.glob("*.json")} == dict(written())


def test_every_query_can_be_parsed(tmp_path: Path) -> None:
    rules = [{"record": f"query:number:{number}", "expr": _plain(query)} for number, query in enumerate(queries())]
    assert len(rules) >= 30
    path = tmp_path / "queries.rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    checked = promtool("check", "rules", path)
    assert checked.returncode == 0, checked.stderr


def test_every_query_reads_metrics_that_are_there(stage: Stage) -> None:
    known = {*served(stage), *OF_OTHERS, *GENERATED, *(rule["record"] for rule in shipped() if "record" in rule)}
    assert {name for query in queries() for name in names_in(query)} - known == set()


def test_a_query_is_of_the_job_that_was_chosen_and_its_range_of_the_zoom() -> None:
    for query in queries():
        assert '{job=~"$job"' in query or query.startswith("count(ALERTS")
        assert set(re.findall(r"\[(.*?)]", query)) <= {"$__rate_interval"}


def test_every_panel_is_called_explained_and_measured() -> None:
    for panel in panels():
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_nobody_edits_them_in_grafana() -> None:
    for text in written().values():
        made = json.loads(text)
        assert made["editable"] is False
        assert [each["name"] for each in made["templating"]["list"]] == ["datasource", "job"]


def panels() -> Iterator[dict[str, Any]]:
    for text in written().values():
        yield from (panel for panel in json.loads(text)["panels"] if panel["type"] != "row")


def queries() -> Iterator[str]:
    for panel in panels():
        yield from (target["expr"] for target in panel["targets"])


def _plain(query: str) -> str:
    return query.replace("$__rate_interval", "5m").replace("$job", "glasno")
