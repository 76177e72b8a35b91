"""Real histories from elsewhere: a stranger comes to the same verdicts and figures as the desk."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Final

import pytest
import yaml
from click.testing import CliRunner

import service
from audit.verifier.report import Report
from audit.verifier.signed import Demand
from audit.verifier.source import FolderSource
from audit.verifier.verify import verify
from service.__main__ import glasno
from service.build import build_desk
from service.evidence import folder_of
from service.jobs import Loop
from service.months import fixing
from service.settings import Settings
from service.views import views_of
from tests.service.imports.announced import SHARED
from tests.service.imports.logs import REAL

DEFAULT: Final = Path(service.__file__).with_name("default.yaml")
THREE: Final = {
    key: {"organisation": key, "name": key, "level": "standard", "since": "2016-01-01"} for key in ("a", "b", "c")
}
"""Three organisations have the level, and so its tickets are published."""


@pytest.fixture
def run(sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]]) -> Callable[..., None]:
    def invoke(*words: str | Path) -> None:
        done = CliRunner().invoke(glasno, [*map(str, words)], env=environment(sqlite_settings))
        assert done.exit_code == 0, done.output

    return invoke


@pytest.fixture
def verified(sqlite_settings: Settings, run: Callable[..., None], tmp_path: Path) -> Callable[..., Report]:
    """Imports, fixes every month, signs, and verifies."""

    def of(*imports: str | Path) -> Report:
        file = tmp_path / "desk.yaml"
        file.write_text(json.dumps(yaml.safe_load(DEFAULT.read_text()) | {"contracts": THREE}))
        run("apply", file)
        run("import", *imports)
        with closing(build_desk(sqlite_settings)) as desk:
            views = views_of(sqlite_settings, desk)
            views.catch_up()
            job = fixing(desk, views.engine)
            Loop([job], desk.now).round(Event())
        run("audit", "sign")
        return verify(FolderSource(folder_of(sqlite_settings)), Demand())

    return of


@pytest.mark.skipif(not REAL.exists(), reason="the log of ServiceNow is not there")
def test_the_log_of_servicenow(verified: Callable[..., Report]) -> None:
    report = verified("servicenow", REAL, "--policy", "standard")
    assert report.findings == []
    assert (report.tickets, report.verdicts > 3_000, sum(report.figures.values()) > 60) == (890, True, True)


@pytest.mark.skipif(not SHARED.exists(), reason="the history of GitHub's page is not there")
def test_the_history_of_github(verified: Callable[..., Report]) -> None:
    report = verified("github-incidents", SHARED / "github_incidents.jsonl")
    assert report.findings == []
    assert sum(report.figures.values()) > 500
