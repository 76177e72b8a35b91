"""`glasno exporter` as a process beside the one that keeps the views, and what is served on the port for metrics."""

import signal
from collections.abc import Callable, Iterator
from urllib.request import Request, urlopen

import pytest

from service.settings import Settings
from tests.service.test_serve import free, read, ready, started

Environment = Callable[[Settings], dict[str, str]]


@pytest.fixture
def exporting(settings: Settings, environment: Environment) -> Iterator[Settings]:
    """An exporter beside a desk; its own settings."""
    desk = settings.model_copy(update={"listen": free(), "metrics_listen": free()})
    beside = settings.model_copy(update={"metrics_listen": free()})
    with started("serve", environment(desk)) as (serving, heard):
        assert heard, serving.communicate()[1]
        assert ready(desk)
        with started("exporter", environment(beside)) as (process, line):
            assert line == f"Glasno exports its metrics at http://{beside.metrics_listen}/metrics\n"
            yield beside
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=15)
            assert (process.returncode, errors) == (0, "")


def test_an_exporter_tells_of_the_views_that_another_process_keeps(exporting: Settings) -> None:
    status, text = read(f"http://{exporting.metrics_listen}/metrics")
    assert status == 200
    assert "glasno_collector_success 1.0" in text
    assert 'glasno_projection_lag_events{projection="flow_v1"} 0.0' in text
    assert "glasno_build_info" in text
    assert read(f"http://{exporting.metrics_listen}/healthz") == (200, "ok\n")
    assert read(f"http://{exporting.metrics_listen}/")[0] == 404
    asked = Request(
        f"http://{exporting.metrics_listen}/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}
    )
    with urlopen(asked, timeout=10) as answer:
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
        assert answer.read().endswith(b"# EOF\n")


def test_an_api_leaves_the_views_to_the_exporter(sqlite_settings: Settings, environment: Environment) -> None:
    settings = sqlite_settings.model_copy(update={"listen": free(), "metrics_listen": free()})
    with started("api", environment(settings)) as (_, line):
        assert line
        text = read(f"http://{settings.metrics_listen}/metrics")[1]
    assert "glasno_build_info" in text
    assert "glasno_projection_position" not in text
