from collections.abc import Iterator

import pytest

from service.settings import Settings
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
