from collections.abc import Iterator

import pytest

from service import build
from service.settings import Settings
from store.desk import Desk
from tests.cast import AT
from tests.store.notebook import Shelf, open_shelf


@pytest.fixture
def shelf(settings: Settings) -> Iterator[Shelf]:
    """Notebooks on each of the two engines."""
    opened = open_shelf(settings)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_shelf(sqlite_settings: Settings) -> Iterator[Shelf]:
    opened = open_shelf(sqlite_settings)
    yield opened
    opened.close()


@pytest.fixture
def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """On each of the two engines."""
    monkeypatch.setattr(build, "now", lambda: AT)
    built = build.build_desk(settings)
    yield built
    built.close()
