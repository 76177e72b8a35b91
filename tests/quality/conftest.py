"""The demonstration and an imported page, each served as anybody would serve it."""

import os
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx2
import pytest

from tests.servers.ports import free_port
from tests.service.imports.announced import real

ROOT: Final = Path(__file__).resolve().parents[2]
SECONDS: Final = 120
GLASNO: Final = (sys.executable, "-m", "service")


@pytest.fixture(scope="session", params=["demonstration", "imported"])
def address(request: pytest.FixtureRequest) -> str:
    """Where one of them answers."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of the demonstration."""
    return own_desk(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def demonstration(demonstrated: dict[str, str]) -> Iterator[str]:
    with serving(demonstrated, "--demo") as address:
        yield address


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """GitHub's public incidents of years."""
    told, named = real("github_incidents.jsonl"), own_desk(tmp_path_factory.mktemp("imported"))
    command = (*GLASNO, "import", "github-incidents", str(told))
    subprocess.run(command, cwd=ROOT, env=named, check=True, capture_output=True)
    with serving(named) as address:
        yield address


@pytest.fixture(scope="session")
def addresses(address: str) -> list[str]:
    """A page of every kind, the first one in both languages; the history is of a month in which something was told."""
    front = httpx2.get(f"{address}/en/").text
    component, incident = (re.findall(rf"/en/{kind}/[a-z0-9-]+", front)[0] for kind in ("components", "incidents"))
    month = re.findall(r"/en/sla/[0-9-]+", httpx2.get(address + component).text)[1]
    told = httpx2.get(address + incident).text.partition('<ol class="updates">')[2]
    history = "/ru/history/" + re.findall(r'datetime="([0-9]{4}-[0-9]{2})', told)[0]
    paths = ("/en/", "/ru/", component, incident, history, "/en/sla", month, "/ru/verify")
    return [address + path for path in paths]


@contextmanager
def serving(named: Mapping[str, str], *flags: str) -> Iterator[str]:
    """Where `glasno serve` answers."""
    address = f"http://{named['GLASNO_LISTEN']}"
    command = (*GLASNO, "serve", *flags)
    with subprocess.Popen(command, cwd=ROOT, env=named, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(f"{address}/en/")
            yield address
        finally:
            process.send_signal(signal.SIGTERM)


def own_desk(folder: Path) -> dict[str, str]:
    """The environment of a desk of its own."""
    named = {
        "GLASNO_DATA_DIR": str(folder / "var"),
        "GLASNO_LISTEN": f"127.0.0.1:{free_port()}",
        "GLASNO_METRICS_LISTEN": f"127.0.0.1:{free_port()}",
    }
    return {name: value for name, value in os.environ.items() if not name.startswith("GLASNO_")} | named


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
