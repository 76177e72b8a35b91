from collections.abc import Iterator

import pytest

from service.settings import Settings
from tests.status_page.stage import Stage, open_stage


@pytest.fixture
def stage(sqlite_settings: Settings) -> Iterator[Stage]:
    """On SQLite."""
    with open_stage(sqlite_settings) as opened:
        yield opened


@pytest.fixture
def any_stage(settings: Settings) -> Iterator[Stage]:
    """On each of the two engines."""
    with open_stage(settings) as opened:
        yield opened
