"""The consumer of the documentation, as it stands there."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import Popen
from sys import executable
from time import sleep

import pytest

from store.desk import Desk
from tests.servers.nats import Nats
from tests.service.relay.happening import happening
from tests.service.relay.wire import ROOT, await_equal, events, relaying, until


@pytest.fixture
def script(tmp_path: Path) -> Path:
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / "docs/relay.md").read_text(), re.DOTALL)
    assert len([line for line in code.splitlines() if line]) <= 20
    file = tmp_path / "consumer.py"
    file.write_text(code)
    return file


@contextmanager
def consuming(script: Path, server: Nats, database: Path) -> Iterator[Popen[bytes]]:
    with Popen([executable, str(script), server.url, str(database)]) as process:
        try:
            yield process
        finally:
            process.kill()


def counted(database: Path) -> dict[str, int]:
    """What it counted so far."""
    with closing(sqlite3.connect(database)) as connection:
        return dict(connection.execute("SELECT type, number FROM counts"))


def test_whatever_is_killed_the_consumer_counts_each_event_once(
    sqlite_desk: Desk, sqlite_environ: dict[str, str], server: Nats, script: Path, tmp_path: Path
) -> None:
    database = tmp_path / "counts.db"
    with relaying(sqlite_environ):
        with happening(sqlite_desk):
            for _ in range(3):
                with consuming(script, server, database):
                    sleep(1.5)
        await_equal(server, sqlite_desk)
        expected = Counter(each["type"] for each in events(server))
        with consuming(script, server, database):
            until(lambda: counted(database) == expected)
