from collections.abc import Iterator

import pytest

from service.settings import Settings
from tests.service.alerts.watch import Watch, watching


@pytest.fixture
def watch(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """On SQLite."""
    with watching(sqlite_settings, monkeypatch) as found:
        yield found


@pytest.fixture
def any_watch(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """On each of the two engines."""
    with watching(settings, monkeypatch) as found:
        yield found
