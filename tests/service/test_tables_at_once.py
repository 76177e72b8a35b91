"""Of several processes that begin at once on PostgreSQL each makes the tables that it needs, or finds them made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine

from monitoring import heartbeats
from monitoring.probes import reports, watches
from projections.database import postgres_views
from service import attempts
from service.subscribers import deliveries
from tests.servers.postgres import Postgres

PROCESSES = 6


@pytest.mark.parametrize("prepare", [each.prepare for each in (attempts, deliveries, heartbeats, reports, watches)])
def test_whoever_comes_second_finds_them_made(postgres: Postgres, prepare: Callable[[Engine], None]) -> None:
    url, ready = postgres.fresh_database(), Barrier(PROCESSES)
    engines = [postgres_views(url) for _ in range(PROCESSES)]

    def begin(engine: Engine) -> None:
        with engine.connect():  # so that all are equally quick
            ready.wait()
        prepare(engine)

    with ThreadPoolExecutor(PROCESSES) as processes:
        list(processes.map(begin, engines))
    for engine in engines:
        engine.dispose()
