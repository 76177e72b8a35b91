"""A desk, a Prometheus and an Alertmanager as real processes, on a quick clock, and a web server that may fail."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.request import Request, urlopen

import yaml
from click.testing import CliRunner

from service.__main__ import glasno
from service.apply import DEFAULT
from service.settings import Settings
from tests.servers import missing
from tests.service.test_serve import ROOT, free, read, settings_of

PATIENCE: Final = 180.0
"""Seconds: how long something may take on a machine that has other things to do."""
PROMISED: Final = 90
"""Seconds until a ticket is to be answered; it is imminent in the last fifth of them."""
MARGIN: Final = "6s"
"""Longer than Alertmanager goes on to believe a dead Prometheus: four times as long as it takes to tell again."""
QUICK: Final = {
    "group_wait: 30s": "group_wait: 0s",
    "group_wait: 5s": "group_wait: 0s",
    "group_interval: 5m": "group_interval: 1s",
    "group_interval: 1m": "group_interval: 1s",
    "repeat_interval: 50s": "repeat_interval: 500ms",
}
PROMETHEUS: Final = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{alertmanager}']}}]}}]}}
scrape_configs:
- {{job_name: glasno, static_configs: [{{targets: ['{desk}']}}]}}
"""


class Web:
    """What is probed."""

    works = True

    def __init__(self) -> None:
        web = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if web.works else 503)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()


@dataclass
class Lab:
    """All of it."""

    folder: Path
    settings: Settings
    environment: dict[str, str]
    web: Web = field(default_factory=Web)
    prometheus: str = field(default_factory=free)
    alertmanager: str = field(default_factory=free)
    running: ExitStack = field(default_factory=ExitStack)
    _prometheus: subprocess.Popen[bytes] | None = None

    @property
    def desk(self) -> str:
        return f"http://{self.settings.listen}"

    def glasno(self, *arguments: str) -> str:
        """A command of the desk; what it prints."""
        done = CliRunner().invoke(glasno, arguments, env=self.environment)
        assert done.exit_code == 0, done.output
        return done.stdout

    def found(self, command: str, *arguments: str) -> Any:
        """What a command prints with `--json`."""
        return json.loads(self.glasno(*command.split(), *arguments, "--json").splitlines()[-1])

    def token(self, name: str, *options: str, scopes: Sequence[str]) -> str:
        """Of somebody new."""
        person = self.found("person add", "--name", name, *options)["person"]
        asked = [part for scope in scopes for part in ("--scope", scope)]
        return str(self.found("token issue", person, *asked)["token"])

    def ask(self, path: str, token: str = "", body: Any = None, **headers: str) -> Any:
        """What the desk answers."""
        asked = Request(self.desk + path, None if body is None else json.dumps(body).encode())
        given = {"Authorization": f"Bearer {token}"} if token else {}
        for name, value in {**given, **headers, "Content-Type": "application/json"}.items():
            asked.add_header(name, value)
        with urlopen(asked, timeout=30) as answer:
            return json.load(answer)

    def start(self, rules: list[dict[str, Any]]) -> None:
        """Everything, the desk with rules about alerts."""
        (self.folder / "desk.yaml").write_text(yaml.safe_dump(self._desk_file(rules), allow_unicode=True))
        self.glasno("apply", str(self.folder / "desk.yaml"))
        (self.folder / "rules.yml").write_text(self.glasno("rules", "prometheus"))
        (self.folder / "alertmanager.yml").write_text(_quick(self.glasno("rules", "alertmanager")))
        targets = PROMETHEUS.format(alertmanager=self.alertmanager, desk=self.settings.metrics_listen)
        (self.folder / "prometheus.yml").write_text(targets)
        self._started("serve", [sys.executable, "-m", "service", "serve"])
        eventually(lambda: _answers(f"{self.desk}/readyz"))
        self._start_alertmanager()
        self.start_prometheus()

    def start_prometheus(self) -> None:
        data, address = f"--storage.tsdb.path={self.folder / 'data'}", f"--web.listen-address={self.prometheus}"
        self._prometheus = self._server("prometheus", data, address, "--rules.alert.resend-delay=1s")
        eventually(lambda: _answers(f"http://{self.prometheus}/-/ready"))

    def kill_prometheus(self) -> None:
        """At once: it says good-bye to nobody."""
        assert self._prometheus is not None
        self._prometheus.kill()
        self._prometheus.wait()

    def firing(self) -> set[str]:
        """What stands in Alertmanager."""
        found = json.loads(read(f"http://{self.alertmanager}/api/v2/alerts")[1])
        return {each["labels"]["alertname"] for each in found}

    def incidents(self) -> list[str]:
        """How those of the page stand, the newest first."""
        return [each["status"] for each in self.ask("/v1/incidents")["items"]]

    def _start_alertmanager(self) -> None:
        robot = self.token("Alertmanager", "--agent", scopes=["alerts:write"])
        (self.folder / "glasno-token").write_text(robot)
        data, address = f"--storage.path={self.folder / 'known'}", f"--web.listen-address={self.alertmanager}"
        self._server("prometheus-alertmanager", data, address, "--cluster.listen-address=")
        eventually(lambda: _answers(f"http://{self.alertmanager}/-/ready"))

    def _server(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        binary = shutil.which(name) or missing(f"{name} is not installed: run tests/servers/install as root")
        configuration = self.folder / f"{name.removeprefix('prometheus-')}.yml"
        return self._started(name, [binary, f"--config.file={configuration}", *options])

    def _started(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        log = self.running.enter_context((self.folder / f"{name}.log").open("ab"))
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=self.environment)
        self.running.enter_context(process)
        self.running.callback(process.kill)
        return process

    def _desk_file(self, rules: list[dict[str, Any]]) -> dict[str, Any]:
        values: dict[str, Any] = yaml.safe_load(DEFAULT.read_bytes())
        values["levels"]["standard"]["targets"]["default"]["first_response"] = f"{PROMISED}s"
        label = {"ru": "Сайт", "en": "The web site"}
        values["components"] = {"web": {"group": "servers", "label": label, "alerts": "publish"}}
        quick = {"every": "5s", "timeout": "4s", "fails_after": 1, "recovers_after": 1}
        values["probes"] = {
            "page": {"component": "web", "http": self.web.address, **quick},
            "watchdog": {"component": "", "heartbeat": "1m"},
        }
        values["contracts"] = {
            "acme": {"organisation": "acme", "name": "Acme", "level": "standard", "since": "2026-01-01"}
        }
        values["alerts"] = {
            "heartbeat": "watchdog",
            "margin": MARGIN,
            "alertmanager": f"http://{self.alertmanager}",
            "receivers": ["glasno", "glasno-urgent"],
            "rules": rules,
        }
        return values


@contextmanager
def laboratory(folder: Path, environment: Callable[[Settings], dict[str, str]]) -> Iterator[Lab]:
    """One that is not started yet; whatever it started ends with it."""
    settings = settings_of(folder / "var")
    lab = Lab(folder, settings, {**os.environ, **environment(settings), "PYTHONPATH": str(ROOT)})
    with lab.running:
        try:
            yield lab
        finally:
            lab.web.server.shutdown()
            lab.web.server.server_close()


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        return read(address)[0] == 200
    except OSError:
        return False


def _quick(configuration: str) -> str:
    """The same on a quicker clock."""
    return re.sub("|".join(map(re.escape, QUICK)), lambda found: QUICK[found[0]], configuration)
