"""What is measured: the desk with its demonstration, and the references beside it, each a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final, TypeAlias

from tests.servers.ports import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
REFERENCES: Final = ROOT.parent / "shared" / "benchmarks"
"""The bare application and the load driver, used as they are."""
TOOLS: Final = ROOT / ".bench" / "bin"
"""An environment of their own, from `requirements-bench.txt`."""
SECONDS_TO_START: Final = 300
CONNECTIONS: Final = 64
LONGEST: Final = 30
"""Seconds of one load."""
TRIES: Final = 3

Report: TypeAlias = Mapping[str, Any]
Process: TypeAlias = "subprocess.Popen[bytes]"


@dataclass(frozen=True)
class Answer:
    """What was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Server:
    """Something that answers."""

    name: str
    port: int
    path: str

    def get(self, path: str = "", headers: Mapping[str, str] | None = None) -> Answer:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=SECONDS_TO_START)) as connection:
            connection.request("GET", path or self.path, headers=headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@contextmanager
def desk(folder: Path) -> Iterator[Server]:
    """The demonstration in an empty folder, served as anybody would."""
    port, metrics = free_port(), free_port()
    said = {"DATA_DIR": folder, "LISTEN": f"127.0.0.1:{port}", "METRICS_LISTEN": f"127.0.0.1:{metrics}"}
    environment = {f"GLASNO_{name}": str(value) for name, value in said.items()}
    with started([sys.executable, "-m", "service", "serve", "--demo"], ROOT, environment) as process:
        yield ready(process, Server("glasno", port, "/en/"))


@contextmanager
def bare(server: str, body: Path) -> Iterator[Server]:
    """The same bytes from an application that does nothing else."""
    port = free_port()
    commands = {
        "uvicorn": [
            *("uvicorn", "--port", str(port), "--loop", "uvloop", "--http", "httptools", "--no-access-log"),
            *("--no-server-header", "--log-level", "warning", "bare_asgi:app"),
        ],
        "granian": [
            "granian",
            "--interface",
            "asgi",
            "--workers",
            "1",
            "--no-ws",
            "--port",
            str(port),
            "bare_asgi:app",
        ],
    }
    command, *arguments = commands[server]
    with started([str(TOOLS / command), *arguments], REFERENCES, {"BARE_BODY": str(body)}) as process:
        yield ready(process, Server(f"bare on {server}", port, "/"))


def load(server: Server, requests: int, headers: Callable[[Server], Mapping[str, str]], expected: int) -> Report:
    """What the load driver reports; `SystemExit` unless every answer had the expected status.

    A page may be renewed meanwhile, and then is no longer the one that the asker has: that turn is taken again.
    """
    for _ in range(TRIES):
        told = [part for name, value in headers(server).items() for part in ("-H", f"{name}: {value}")]
        report = _report(server, requests, told)
        if report["status"] == {str(expected): report["n"]}:
            return report
    sys.exit(f"{server.name} did not answer {expected} each time: {report['status']}")


def _report(server: Server, requests: int, told: Sequence[str]) -> Report:
    sizes = ["-p", str(server.port), "-c", str(CONNECTIONS), "-n", str(requests), "-s", str(LONGEST)]
    command = [str(TOOLS / "python"), str(REFERENCES / "load.py"), server.path, *sizes, *told]
    output = subprocess.run(command, check=True, capture_output=True, env={"PYTHONDONTWRITEBYTECODE": "1"}).stdout
    report: Report = json.loads(output)
    return report


@contextmanager
def started(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Process]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GLASNO_")}
    quiet = {**inherited, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    started = subprocess.Popen(command, cwd=folder, env=quiet, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(SECONDS_TO_START)


def ready(started: Process, server: Server) -> Server:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and started.poll() is None:
        try:
            if server.get().status == 200:
                return server
        except (OSError, HTTPException):
            pass
        time.sleep(0.2)
    sys.exit(f"{server.name} did not start: status {started.poll()}")
