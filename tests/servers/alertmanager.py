"""An Alertmanager of the tests' own: a free loopback port, a base path, whatever folder it is to remember in."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from tests.servers import missing
from tests.servers.ports import free_port

SECONDS_TO_START = 60
CONFIGURATION = """\
route: {receiver: glasno, group_by: [severity], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
inhibit_rules: [{source_matchers: ['severity = "critical"'], target_matchers: ['severity = "info"'], equal: [site]}]
receivers:
- name: glasno
"""


@dataclass(frozen=True)
class AlertmanagerServer:
    """A running server."""

    address: str
    """Its base path included."""

    def fire(self, labels: Mapping[str, str], **others: object) -> None:
        """Push an alert, as Prometheus does: it is firing unless `endsAt` is past."""
        body = json.dumps([{"labels": labels, **others}]).encode()
        asked = Request(f"{self.address}/api/v2/alerts", body, {"Content-Type": "application/json"})
        with urlopen(asked, timeout=10) as answer:
            assert answer.status == 200

    def silences(self) -> list[dict[str, Any]]:
        """What it answers itself."""
        with urlopen(f"{self.address}/api/v2/silences", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found


def free_address() -> str:
    return f"http://127.0.0.1:{free_port()}/alertmanager"


@contextmanager
def running_alertmanager(folder: Path, address: str, webhook: str = "") -> Iterator[AlertmanagerServer]:
    """Start one, stop it as an operator does: it writes down what it is to remember."""
    name = "prometheus-alertmanager"
    binary = shutil.which(name) or missing(f"{name} is not installed: run tests/servers/install as root")
    hook = f"  webhook_configs: [{{url: '{webhook}', send_resolved: true}}]\n" if webhook else ""
    (folder / "alertmanager.yml").write_text(CONFIGURATION + hook)
    options = [
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={address.split('/')[2]}",
        "--web.route-prefix=/alertmanager",
        "--cluster.listen-address=",
    ]
    with (folder / "log").open("ab") as log, subprocess.Popen([binary, *options], stdout=log, stderr=log) as process:
        try:
            _await(address, process, folder / "log")
            yield AlertmanagerServer(address)
        finally:
            process.terminate()


def _await(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not _is_ready(address):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text())
        time.sleep(0.1)


def _is_ready(address: str) -> bool:
    try:
        with urlopen(f"{address}/-/ready", timeout=5) as answer:
            return int(answer.status) == 200
    except (URLError, OSError):
        return False
