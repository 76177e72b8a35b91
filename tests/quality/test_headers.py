"""The site behind Caddy with TLS, before the rules of Mozilla's HTTP Observatory."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from tests.quality.conftest import wait_for
from tests.quality.installed import HERE, asked, needed
from tests.servers.ports import free_port


class Proxy(NamedTuple):
    """Where Caddy listens, and who vouches for its certificate."""

    http: int
    https: int
    root: Path


@pytest.fixture
def proxy(address: str, tmp_path: Path) -> Iterator[Proxy]:
    started = Proxy(free_port(), free_port(), tmp_path / "pki/authorities/local/root.crt")
    named = {"HTTP_PORT": str(started.http), "HTTPS_PORT": str(started.https)}
    named |= {"STORAGE": str(tmp_path), "HOME": str(tmp_path), "DESK": httpx2.URL(address).netloc.decode()}
    command = (needed("caddy"), "run", "--config", str(HERE / "Caddyfile"), "--adapter", "caddyfile")
    with subprocess.Popen(command, env=os.environ | named, stderr=subprocess.DEVNULL) as running:
        try:
            wait_for(f"https://localhost:{started.https}/en/", started.root)
            yield started
        finally:
            running.send_signal(signal.SIGTERM)


def test_the_observatory_gives_the_best_grade(proxy: Proxy) -> None:
    told = asked("observatory", "localhost", str(proxy.http), str(proxy.https), **trusting(proxy))
    assert told == {"grade": "A+", "tests": 10, "failed": []}


def trusting(proxy: Proxy) -> dict[str, str]:
    return os.environ | {"NODE_EXTRA_CA_CERTS": str(proxy.root)}
