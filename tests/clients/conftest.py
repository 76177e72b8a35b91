"""A desk that tells of components, an incident and works, served as anybody would serve it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx2
import pytest
import yaml

from tests.servers.ports import free_port
from tests.service.desk_files import default

ROOT: Final = Path(__file__).resolve().parents[2]
GLASNO: Final = (sys.executable, "-m", "service")
SECONDS: Final = 60


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where it answers."""
    folder, listen = tmp_path_factory.mktemp("desk"), f"127.0.0.1:{free_port()}"
    named = {
        "GLASNO_DATA_DIR": str(folder / "var"),
        "GLASNO_LISTEN": listen,
        "GLASNO_METRICS_LISTEN": f"127.0.0.1:{free_port()}",
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GLASNO_")} | named
    tell(environment, folder / "desk.yaml")
    with subprocess.Popen([*GLASNO, "serve"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as serving:
        try:
            wait_for(f"http://{listen}/api/v2/summary.json")
            yield f"http://{listen}"
        finally:
            serving.send_signal(signal.SIGTERM)


def tell(environment: dict[str, str], file: Path) -> None:
    """Three components, one of which works, one does not, and one of which nothing is known."""
    labels = {key: {"ru": f"Узел {key}", "en": f"Node {key}"} for key in ("web", "mail", "new")}
    components = {key: {"group": "servers", "label": label} for key, label in labels.items()}
    file.write_text(yaml.safe_dump(default() | {"components": components}, allow_unicode=True, sort_keys=False))
    start = datetime.now(UTC) + timedelta(days=2)
    times = [f"{at:%Y-%m-%dT%H:%M:00Z}" for at in (start, start + timedelta(hours=1))]
    text = ("--text-en", "We are looking into it.", "--text-ru", "Разбираемся.")
    planned = ("--component", "mail", "--start", times[0], "--end", times[1])
    for command in (
        ("apply", str(file)),
        ("component", "set", "mail", "operational"),
        ("incident", "open", "--title-en", "Outage", *text, "--component", "web=partial_outage"),
        ("maintenance", "announce", "--title-en", "New disks", *text, *planned),
    ):
        subprocess.run([*GLASNO, *command], cwd=ROOT, env=environment, check=True, capture_output=True)


def wait_for(url: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"{url} does not answer")
