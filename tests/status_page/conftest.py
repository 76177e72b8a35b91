from collections.abc import Iterator

import pytest

from service.settings import Settings
from tests.status_page.stage import Stage, open_stage


@pytest.fixture
def stage(sqlite_settings: Settings) -> Iterator[Stage]:
    with open_stage(sqlite_settings) as opened:
        yield opened
