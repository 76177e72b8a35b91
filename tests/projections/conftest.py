from collections.abc import Iterator

import pytest

from service.settings import Settings
from tests.projections.story import Story, begin


@pytest.fixture
def story(sqlite_settings: Settings) -> Iterator[Story]:
    """On SQLite."""
    begun = begin(sqlite_settings)
    yield begun
    begun.close()


@pytest.fixture
def any_story(settings: Settings) -> Iterator[Story]:
    """On each of the two engines."""
    begun = begin(settings)
    yield begun
    begun.close()
