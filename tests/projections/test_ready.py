"""The queue's statement as PostgreSQL takes it: planned once, and asked again over a new connection."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Connection, Engine

from domain.access import Scope
from projections import queue, ticket
from projections.batch import prepare
from projections.database import at_once, postgres_views
from projections.scope import Filters
from service.settings import Settings
from tests.servers.postgres import Postgres

SCOPE = Scope(
    everything=False, lines=frozenset({"first"}), teams=frozenset(), owners=frozenset(), organisations=frozenset(),
    requesters=frozenset({("cy", "acme")}), participants=frozenset({("cy", "acme")}),
)  # fmt: skip


@pytest.fixture
def views(postgres_settings: Settings) -> Iterator[Engine]:
    engine = postgres_views(postgres_settings.database_url)
    prepare(engine, [queue, ticket])
    yield engine
    engine.dispose()


def ask(connection: Connection) -> None:
    assert queue.page(connection, SCOPE, Filters(line="first"), at=100).tickets == []


def test_whatever_is_asked_for_the_plan_is_made_once(views: Engine) -> None:
    with at_once(views).connect() as connection:
        for _ in range(20):
            ask(connection)
        plans = "SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE 'WITH %%'"
        assert [row[0] > 5 for row in connection.exec_driver_sql(plans)] == [True]


def test_a_connection_that_was_cut_is_an_outage_and_then_replaced(
    views: Engine, postgres: Postgres, postgres_settings: Settings
) -> None:
    with at_once(views).connect() as connection:
        ask(connection)
        postgres.cut_connections(postgres_settings.database_url)
        with pytest.raises(psycopg.OperationalError):
            ask(connection)
    with at_once(views).connect() as connection:
        ask(connection)
