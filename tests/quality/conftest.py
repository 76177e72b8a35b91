"""The demonstration, served as anybody would serve it."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import httpx2
import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
SECONDS: Final = 120


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where it answers."""
    folder, listen = tmp_path_factory.mktemp("demo"), f"127.0.0.1:{free_port()}"
    named = {
        "GLASNO_DATA_DIR": str(folder / "var"),
        "GLASNO_LISTEN": listen,
        "GLASNO_METRICS_LISTEN": f"127.0.0.1:{free_port()}",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GLASNO_")} | named
    command = (sys.executable, "-m", "service", "serve", "--demo")
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as serving:
        try:
            wait_for(f"http://{listen}/en/")
            yield f"http://{listen}"
        finally:
            serving.send_signal(signal.SIGTERM)


@pytest.fixture(scope="session")
def addresses(address: str) -> list[str]:
    """A page of every kind, the first one in both languages."""
    front, sla = (httpx2.get(address + path).text for path in ("/en/", "/en/sla"))
    month = re.findall(r"/en/sla/[0-9-]+", sla)[1]
    linked = [re.findall(rf"/en/{kind}/[a-z0-9-]+", front)[0] for kind in ("components", "incidents")]
    return [address + path for path in ("/en/", "/ru/", *linked, "/en/history", "/en/sla", month)]


def wait_for(url: str, trusted: Path | None = None) -> None:
    """Until it answers, over TLS to whoever trusts that authority."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            verify = ssl.create_default_context(cafile=trusted) if trusted else True
            if httpx2.get(url, verify=verify).status_code == 200:
                return
        except (httpx2.TransportError, FileNotFoundError):
            pass
        time.sleep(0.1)
    pytest.fail(f"{url} does not answer")


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        return int(door.getsockname()[1])
