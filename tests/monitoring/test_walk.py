"""The way from zero to the first alert, as `docs/monitoring.md` tells it, on other ports and a quicker clock."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from service.settings import Settings
from tests.monitoring.rules import ROOT
from tests.servers import missing
from tests.service.test_serve import free, ready, settings_of

PATIENCE = 240
PORTS = {f"127.0.0.1:{port}": free() for port in (9090, 9093)}


@pytest.mark.timeout(2 * PATIENCE)
def test_the_first_alert_comes(tmp_path: Path, environment: Callable[[Settings], dict[str, str]]) -> None:
    for server in ("prometheus", "prometheus-alertmanager", "amtool"):
        shutil.which(server) or missing(f"{server} is not installed: run tests/servers/install as root")
    settings = settings_of(tmp_path / "var")
    start, prepare, watch = (_here(block, tmp_path, settings) for block in _blocks())
    variables = {**os.environ, **environment(settings)}
    with _running(start, variables) as desk:
        assert desk.stdout is not None
        assert any("Glasno is at" in line for line in desk.stdout)
        assert ready(settings, PATIENCE)
        with _running(f"{prepare}\n{watch}\nkill %1 %2", variables) as process:
            told, faults = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, told + faults
    assert "1 rule files found" in told
    assert re.search(r"^Watchdog .*GlasnoUptimeBudgetShare .* telephony uses up", told, re.DOTALL | re.MULTILINE)
    assert "reaction of premium: no burn rate" in (tmp_path / "monitoring/left-out.txt").read_text()


def _blocks() -> list[str]:
    section = (ROOT / "docs/monitoring.md").read_text().partition("\n## From zero to the first alert\n")[2]
    return re.findall(r"```sh\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)


def _here(block: str, folder: Path, settings: Settings) -> str:
    """The same commands, in a folder of the test's own."""
    quick = folder / "prometheus.yml"
    text = (ROOT / "monitoring/config/prometheus.yml").read_text().replace("15s", "1s")
    ports = {"127.0.0.1:9108": settings.metrics_listen, **PORTS}
    quick.write_text(_replaced(text, ports))
    places = {"monitoring/config/prometheus.yml var": f"{quick} var", "var/monitoring": str(folder / "monitoring")}
    return _replaced(block, {**places, **ports, "sleep 5": "sleep 1"})


def _replaced(text: str, others: Mapping[str, str]) -> str:
    for each, other in others.items():
        text = text.replace(each, other)
    return text


@contextmanager
def _running(commands: str, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A shell; whatever it started ends with it."""
    process = subprocess.Popen(
        ["/bin/bash", "-euo", "pipefail", "-c", commands], cwd=ROOT, env=variables, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
