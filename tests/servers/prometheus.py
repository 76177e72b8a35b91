"""A Prometheus of the tests' own: a free loopback port, a temporary folder, one look a second."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.servers import missing
from tests.servers.ports import free_port

SECONDS_TO_START = 60
CONFIGURATION = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
scrape_configs:
- {{job_name: glasno, static_configs: [{{targets: ['{target}']}}]}}
"""


@dataclass(frozen=True)
class Prometheus:
    """A running server."""

    address: str

    def query(self, expression: str) -> Mapping[str, float]:
        """What it answers now: values by the labels, without `job` and `instance`, joined by commas."""
        asked = urlencode({"query": expression})
        with urlopen(f"http://{self.address}/api/v1/query?{asked}", timeout=10) as answer:
            found: list[Any] = json.load(answer)["data"]["result"]
        return {_labels(each["metric"]): float(each["value"][1]) for each in found}


def tool() -> str:
    """What checks metrics, rules and configurations."""
    return shutil.which("promtool") or missing("promtool is not installed: run tests/servers/install as root")


def amtool() -> str:
    """What checks configurations of Alertmanager."""
    return shutil.which("amtool") or missing("amtool is not installed: run tests/servers/install as root")


@contextmanager
def running_prometheus(target: str) -> Iterator[Prometheus]:
    """Start one that looks at a target (HOST:PORT); stop it afterwards."""
    binary = shutil.which("prometheus") or missing("Prometheus is not installed: run tests/servers/install as root")
    folder = Path(tempfile.mkdtemp(prefix="glasno-prometheus-"))
    (folder / "prometheus.yml").write_text(CONFIGURATION.format(target=target))
    server = Prometheus(f"127.0.0.1:{free_port()}")
    options = [
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={server.address}",
    ]
    try:
        with (
            (folder / "log").open("wb") as log,
            subprocess.Popen([binary, *options], stdout=log, stderr=log) as process,
        ):
            try:
                _await(server, process, folder / "log")
                yield server
            finally:
                process.kill()  # at once: nobody will read these data again
    finally:
        shutil.rmtree(folder)


def _labels(metric: Mapping[str, str]) -> str:
    return ",".join(value for name, value in sorted(metric.items()) if name not in ("__name__", "job", "instance"))


def _await(server: Prometheus, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not _is_ready(server):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text())
        time.sleep(0.1)


def _is_ready(server: Prometheus) -> bool:
    try:
        with urlopen(f"http://{server.address}/-/ready", timeout=5) as answer:
            return int(answer.status) == 200
    except (URLError, OSError):
        return False
