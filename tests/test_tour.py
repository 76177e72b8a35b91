"""The tour of the README, command by command as it stands there, on a desk of its own."""

import os
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.ports import free_port

ROOT = Path(__file__).parents[1]
TOUR = re.compile(r"## A tour.*?```sh\n(.*?)```", re.DOTALL)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    listen, metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
    folder = str(tmp_path / "var")
    own = {"GLASNO_DATA_DIR": folder, "GLASNO_LISTEN": listen, "GLASNO_METRICS_LISTEN": metrics}
    return os.environ | own


@pytest.fixture
def desk(environment: dict[str, str]) -> Iterator[str]:
    """`make run` without the setting up."""
    server = subprocess.Popen([ROOT / "glasno", "serve", "--demo"], env=environment, stdout=subprocess.DEVNULL)
    address = environment["GLASNO_LISTEN"]
    try:
        _wait_for(f"http://{address}/readyz", server)
        yield address
    finally:
        server.terminate()
        assert server.wait(30) == 0


def test_the_tour_of_the_readme_works(desk: str, environment: dict[str, str], tmp_path: Path) -> None:
    found = TOUR.search((ROOT / "README.md").read_text())
    assert found
    told = found[1].replace("127.0.0.1:8000", desk).replace("./glasno", str(ROOT / "glasno"))
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", told], env=environment, cwd=tmp_path,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "nothing is wrong" in done.stdout
    assert "заявка" in done.stdout.lower()
    assert (tmp_path / "ticket.html").read_text().startswith("<!doctype html>")


def _wait_for(address: str, server: subprocess.Popen[bytes], seconds: int = 120) -> None:
    """Until the desk is ready: its views have all that the log has."""
    for _ in range(seconds * 5):
        assert server.poll() is None, "the desk ended before it was ready"
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"{address} did not answer within {seconds} s")
