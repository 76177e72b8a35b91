"""The page of a desk that was just started, as anybody gets it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from service.settings import Settings
from tests.servers.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 60


@pytest.fixture
def address(sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]]) -> Iterator[str]:
    """Where a new desk answers."""
    listen, metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
    settings = sqlite_settings.model_copy(update={"listen": listen, "metrics_listen": metrics})
    started = subprocess.Popen([sys.executable, "-m", "service", "serve"], cwd=ROOT, env=environment(settings))
    yield f"http://{listen}"
    os.kill(started.pid, signal.SIGTERM)
    assert started.wait(SECONDS_TO_START) == 0


def test_a_new_desk_has_a_page_that_claims_nothing(address: str) -> None:
    page = eventually(f"{address}/")
    assert (page.status_code, page.headers["content-language"]) == (200, "en")
    assert "No component is defined yet" in page.text
    assert f'<link rel="canonical" href="{address}/en/">' in page.text
    assert httpx2.get(f"{address}/v1/components").json()["items"] == []


def eventually(address: str) -> httpx2.Response:
    """The first answer that is a page, or the last one before time is up."""
    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            page = httpx2.get(address)
        except httpx2.TransportError:
            page = httpx2.Response(503)
        if page.status_code == 200 or time.monotonic() > until:
            return page
        time.sleep(0.1)
