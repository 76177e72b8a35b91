from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from projections.database import postgres_views, sqlite_views
from projections.engine import Projector
from service import build
from service.settings import Settings
from tests.service.running import VIEWS, Receiver, Running, SetClock, receiving


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
