from collections.abc import Iterator

import pytest

from domain.component import ComponentStatus
from service.settings import Settings
from tests.status_page.stage import Stage, open_stage


@pytest.fixture
def stage(sqlite_settings: Settings) -> Iterator[Stage]:
    with open_stage(sqlite_settings) as opened:
        yield opened


@pytest.fixture
def fine(stage: Stage) -> Stage:
    """Everything works."""
    stage.define("web")
    stage.set("web", ComponentStatus.OPERATIONAL)
    stage.get()
    return stage
