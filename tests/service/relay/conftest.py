from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from tests.servers.nats import Nats, running_nats
from tests.service.relay.wire import with_nats


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nats]:
    with running_nats(tmp_path / "nats") as found:
        yield found


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    """On each of the two engines."""
    found = build_desk(settings)
    yield found
    found.close()


@pytest.fixture
def sqlite_desk(sqlite_settings: Settings) -> Iterator[Desk]:
    found = build_desk(sqlite_settings)
    yield found
    found.close()


@pytest.fixture
def environ(settings: Settings, environment: Callable[[Settings], dict[str, str]], server: Nats) -> dict[str, str]:
    """Of a relay on each of the two engines."""
    return environment(with_nats(settings, server.url))


@pytest.fixture
def sqlite_environ(
    sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]], server: Nats
) -> dict[str, str]:
    return environment(with_nats(sqlite_settings, server.url))
