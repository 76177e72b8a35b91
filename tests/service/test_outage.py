"""The PostgreSQL server goes away and comes back while the desk is at work."""

import json
import time
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from domain.person.identity import register
from service.build import build_desk
from service.settings import Settings
from store.desk import Desk
from store.streams import Command
from tests.servers.postgres import Postgres
from tests.service.test_serve import Environment, free, read, ready, started

PATIENCE = 30.0


@pytest.fixture
def desk(postgres_settings: Settings) -> Iterator[Desk]:
    desk = build_desk(postgres_settings)
    yield desk
    desk.close()


@pytest.fixture
def served(postgres_settings: Settings, desk: Desk, environment: Environment) -> Iterator[Settings]:
    del desk
    settings = postgres_settings.model_copy(update={"listen": free(), "metrics_listen": free()})
    with started("serve", environment(settings)) as (process, line):
        assert line
        assert process.stderr is not None
        Thread(target=process.stderr.read, daemon=True).start()  # it says a lot, and waits for whoever listens
        assert ready(settings)
        yield settings


def hire(desk: Desk) -> None:
    person = desk.new_id()
    desk.people.act(Command(desk.new_id()), person, register, identity=person, name="Ann", at=desk.now())


def test_the_views_follow_the_log_again_when_the_server_is_back(
    served: Settings, desk: Desk, postgres: Postgres
) -> None:
    with postgres.away(served.database_url, served.keys_url):
        assert eventually(lambda: "glasno_collector_success 0.0" in metrics(served))
        time.sleep(2)
    hire(desk)
    assert eventually(lambda: shown(served) == desk.log.head())


def test_what_is_written_first_after_a_restart_of_the_server_is_stored(
    desk: Desk, postgres_settings: Settings, postgres: Postgres
) -> None:
    hire(desk)
    before = desk.log.head()
    with postgres.away(postgres_settings.database_url, postgres_settings.keys_url):
        pass
    hire(desk)
    assert desk.log.head() > before


def shown(settings: Settings) -> int:
    """The position that every view has got to."""
    views = json.loads(read(f"http://{settings.listen}/readyz")[1])["views"]
    return min((view["position"] for view in views), default=0)


def metrics(settings: Settings) -> str:
    return read(f"http://{settings.metrics_listen}/metrics")[1]


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
