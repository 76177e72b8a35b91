from collections.abc import Iterator

import pytest

from domain.event import Id
from service.settings import Settings
from tests.audit.replays import a_desk, a_ticket
from tests.projections.story import Story


@pytest.fixture
def story(sqlite_settings: Settings) -> Iterator[Story]:
    begun = a_desk(sqlite_settings)
    yield begun
    begun.close()


@pytest.fixture
def stream(story: Story) -> Id:
    return a_ticket(story)
