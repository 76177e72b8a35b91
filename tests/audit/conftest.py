from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from domain.event import Id
from service.settings import Settings
from tests.audit.replays import a_desk, a_ticket
from tests.audit.sequenced import Scene
from tests.projections.story import Story
from tests.store.notebook import open_shelf


@pytest.fixture
def story(sqlite_settings: Settings) -> Iterator[Story]:
    begun = a_desk(sqlite_settings)
    yield begun
    begun.close()


@pytest.fixture
def stream(story: Story) -> Id:
    return a_ticket(story)


@pytest.fixture
def scene(settings: Settings, tmp_path: Path) -> Iterator[Scene]:
    with closing(open_shelf(settings)) as shelf:
        yield Scene(shelf, tmp_path)


@pytest.fixture
def small(sqlite_settings: Settings, tmp_path: Path) -> Iterator[Scene]:
    """On SQLite, where a log is a file that can be put in the place of another."""
    with closing(open_shelf(sqlite_settings)) as shelf:
        yield Scene(shelf, tmp_path)
