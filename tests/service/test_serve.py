"""`glasno serve` and `glasno api` as processes."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from starlette.types import Receive, Scope, Send

from service.serve import config_of
from service.settings import Settings
from tests.servers.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
Environment = Callable[[Settings], dict[str, str]]


def free() -> str:
    return f"127.0.0.1:{free_port()}"


def settings_of(folder: Path) -> Settings:
    return Settings(data_dir=folder, listen=free(), metrics_listen=free())


@contextmanager
def started(command: str, environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its first line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "service", command], cwd=ROOT, env=environment | {"PYTHONPATH": str(ROOT)}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        yield process, process.stdout.readline()
        process.kill()


def read(address: str) -> tuple[int, str]:
    try:
        with urlopen(address, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as fault:
        with fault:
            return fault.code, fault.read().decode()


def ready(settings: Settings, patience: float = 20) -> bool:
    """Whether the desk becomes ready in time."""
    deadline = time.monotonic() + patience
    while read(f"http://{settings.listen}/readyz")[0] != 200:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_desk_that_is_told_to_stop_stops_and_starts_again(
    tmp_path: Path, environment: Environment, stop: signal.Signals
) -> None:
    for _ in range(2):
        settings = settings_of(tmp_path / "var")
        with started("serve", environment(settings)) as (process, line):
            assert f"http://{settings.listen}/" in line
            assert ready(settings)
            assert (
                'glasno_projection_position{projection="queue_v2"}'
                in read(f"http://{settings.metrics_listen}/metrics")[1]
            )
            process.send_signal(stop)
            _, errors = process.communicate(timeout=15)
            assert (process.returncode, errors) == (0, "")


def test_a_second_desk_on_the_same_data_says_who_holds_it(tmp_path: Path, environment: Environment) -> None:
    with started("serve", environment(settings_of(tmp_path / "var"))) as (_, line):
        assert line
        with started("serve", environment(settings_of(tmp_path / "var"))) as (second, nothing):
            _, errors = second.communicate(timeout=20)
            assert (second.returncode, nothing) == (1, "")
            assert "work.lock" in errors


def test_an_api_answers_beside_the_desk_that_keeps_the_views(tmp_path: Path, environment: Environment) -> None:
    beside = settings_of(tmp_path / "var")
    desk = settings_of(tmp_path / "var")
    with started("serve", environment(desk)) as (serving, _), started("api", environment(beside)) as (answering, _):
        assert ready(beside)
        niceness = [os.getpriority(os.PRIO_PROCESS, each.pid) for each in (serving, answering)]
        assert niceness[0] < niceness[1], "the views go first"


def test_a_port_that_is_taken_is_told_in_words(tmp_path: Path, environment: Environment) -> None:
    settings = settings_of(tmp_path / "var")
    host, _, port = settings.listen.rpartition(":")
    with socket.create_server((host, int(port))), started("serve", environment(settings)) as (process, _):
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 1
        assert errors.startswith(f"Error: GLASNO_LISTEN={settings.listen}: Address already in use")


@pytest.mark.parametrize(
    ("proxies", "seen"), [([], "10.1.2.3"), (["10.1.0.0/16"], "203.0.113.9"), (["10.2.0.0/16"], "10.1.2.3")]
)
def test_who_asks_is_whom_a_trusted_proxy_names(proxies: list[str], seen: str) -> None:
    asked: list[str] = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        asked.append(scope["client"][0])

    config = config_of(app, proxies)
    config.load()
    headers = [(b"x-forwarded-for", b"198.51.100.7, 203.0.113.9")]
    scope = {"type": "http", "client": ("10.1.2.3", 1), "scheme": "http", "headers": headers}
    asyncio.run(config.loaded_app(scope, None, None))
    assert asked == [seen]
