"""The real Prometheus and its checks."""

import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from prometheus_client.exposition import generate_latest

from domain.component import ComponentStatus
from service.settings import Settings
from tests.monitoring.looking import registry_of
from tests.servers.prometheus import Prometheus, running_prometheus, tool
from tests.service.test_serve import ready, settings_of, started
from tests.status_page.stage import Stage

PATIENCE = 30


def asked(server: Prometheus, expression: str) -> Mapping[str, float]:
    """The first answer that is not empty."""
    deadline = time.monotonic() + PATIENCE
    while not (found := server.query(expression)):
        assert time.monotonic() < deadline, expression
        time.sleep(0.5)
    return found


def test_its_linter_finds_nothing(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", ComponentStatus.MAJOR_OUTAGE)
    stage.incident({"web": ComponentStatus.MAJOR_OUTAGE})
    stage.works("web")
    stage.taken()
    stage.story.projector.catch_up()
    text = generate_latest(registry_of(stage))
    linted = subprocess.run([tool(), "check", "metrics"], input=text, capture_output=True, check=False)
    assert (linted.returncode, linted.stdout, linted.stderr) == (0, b"", b"")


def test_it_reads_a_desk_and_answers(tmp_path: Path, environment: Callable[[Settings], dict[str, str]]) -> None:
    settings = settings_of(tmp_path / "var")
    with started("serve", environment(settings)), running_prometheus(settings.metrics_listen) as server:
        assert ready(settings)
        assert asked(server, "glasno_collector_success == 1") == {"": 1}
        assert set(asked(server, "up").values()) == {1}
        assert asked(server, "sum by (clock) (glasno_sla_clocks)").keys() >= {"resolution"}
        assert set(asked(server, "glasno_projection_lag_events").values()) == {0}
        assert asked(server, "count(glasno_build_info)") == {"": 1}


def test_the_linter_finds_nothing_in_all_that_a_desk_serves(
    tmp_path: Path, environment: Callable[[Settings], dict[str, str]]
) -> None:
    settings = settings_of(tmp_path / "var")
    with started("serve", environment(settings)):
        assert ready(settings)
        got = subprocess.run(
            ["/usr/bin/curl", "-s", f"http://{settings.metrics_listen}/metrics"], capture_output=True, check=True
        )
    linted = subprocess.run([tool(), "check", "metrics"], input=got.stdout, capture_output=True, check=False)
    assert (linted.returncode, linted.stdout, linted.stderr) == (0, b"", b"")
