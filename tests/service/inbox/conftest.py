from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.nats import Nats, running_nats


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nats]:
    with running_nats(tmp_path / "nats") as found:
        yield found
