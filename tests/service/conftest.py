import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from projections.database import postgres_views, sqlite_views
from projections.engine import Projector
from service import build
from service.settings import Settings
from tests.service.running import VIEWS, Receiver, Running, SetClock, Start, receiving

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def running(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """On SQLite."""
    with _running(sqlite_settings, monkeypatch) as found:
        yield found


@pytest.fixture
def any_running(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """On each of the two engines."""
    with _running(settings, monkeypatch) as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def start(settings: Settings, environment: Callable[[Settings], dict[str, str]]) -> Iterator[Start]:
    """Start a worker; all are gone afterwards."""
    started: list[Popen[str]] = []
    command = [sys.executable, "-m", "service", "work"]

    def run() -> Popen[str]:
        free = {"GLASNO_WEBHOOKS_ALLOW_PRIVATE": "true", "GLASNO_METRICS_LISTEN": "127.0.0.1:0"}
        worker = Popen(command, cwd=ROOT, env=environment(settings) | free, text=True, stdout=PIPE, stderr=PIPE)
        started.append(worker)
        return worker

    yield run
    for worker in started:
        worker.kill()
        worker.communicate()


@contextmanager
def _running(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    clock = SetClock()
    monkeypatch.setattr(build, "now", clock)
    desk = build.build_desk(settings)
    url = settings.database_url
    views = postgres_views(url) if url else sqlite_views(settings.data_dir / "views.db")
    yield Running(desk, Projector(desk.log, desk.name("configuration"), views, VIEWS), clock)
    views.dispose()
    desk.close()
