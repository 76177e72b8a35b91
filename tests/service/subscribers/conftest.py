from collections.abc import Iterator

import pytest

from domain.component import ComponentStatus
from projections.engine import Projector
from service.subscribers import deliveries
from tests.service.announcing import define
from tests.service.mailbox import Mailbox, receiving_mail
from tests.service.running import Running
from tests.service.subscribers.town import VIEWS, Town


@pytest.fixture
def town(running: Running) -> Town:
    """On SQLite."""
    return _town(running)


@pytest.fixture
def any_town(any_running: Running) -> Town:
    """On each of the two engines."""
    return _town(any_running)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with receiving_mail() as found:
        yield found


def _town(running: Running) -> Town:
    desk = running.desk
    define(desk, "api", "web")
    projector = Projector(desk.log, desk.name("configuration"), running.views, VIEWS)
    deliveries.prepare(running.views)
    town = Town(Running(desk, projector, running.clock))
    town.set(ComponentStatus.OPERATIONAL)
    return town
