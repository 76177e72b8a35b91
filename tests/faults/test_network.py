"""The network between the desk and its servers is cut without a word, for longer than a lease lasts."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import httpx2
import pytest

from service.settings import Settings
from tests.faults.conftest import settings_of
from tests.faults.mortal import mortal_postgres
from tests.faults.network import Machine, another_machine
from tests.faults.scene import Scene, under_load
from tests.servers.nats import Nats, new_nats
from tests.servers.postgres import Postgres

CUT: Final = 20
"""Seconds for which nothing comes through."""
LONG: Final = 60.0
"""Seconds within which there is an answer, whatever it is: on a machine that does nothing else it takes a third."""
AS_POSTGRES: Final = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")


@pytest.fixture
def machine() -> Iterator[Machine]:
    with another_machine() as made:
        yield made


@pytest.fixture
def far(machine: Machine, tmp_path: Path, nats: Nats) -> Iterator[Settings]:
    """The database is on another machine."""
    with mortal_postgres(machine.address, (*machine.inside, *AS_POSTGRES)) as postgres:
        yield settings_of(tmp_path, postgres, nats)


@pytest.fixture
def far_nats(machine: Machine, tmp_path: Path) -> Iterator[Nats]:
    server = new_nats(tmp_path / "far")
    server.host, server.inside = machine.address, machine.inside
    try:
        server.start()
        yield server
    finally:
        server.kill()


def asked(scene: Scene, path: str) -> httpx2.Response:
    bearer = {"Authorization": f"Bearer {scene.load.asker.token}"}
    return httpx2.get(scene.of("api")[0].url + path, timeout=LONG, headers=bearer)


def test_a_database_that_cannot_be_reached_is_waited_for(far: Settings, tmp_path: Path, machine: Machine) -> None:
    with under_load(far, tmp_path) as scene:
        assert asked(scene, "/en/").status_code == 200
        machine.cut()
        since = monotonic()
        told = asked(scene, scene.load.tickets[0])
        assert (told.status_code, told.json()["code"], "Retry-After" in told.headers) == (503, "unavailable", True)
        assert "cannot be read" in asked(scene, "/readyz").json()["reasons"][0]
        assert asked(scene, "/en/").status_code == 200, "the page that is there is sent"
        sleep(max(0, since + CUT - monotonic()))
        machine.mend()
        scene.load.await_more(50)
        assert {each.starts for each in scene.processes.running} == {1}, "nobody had to be started again"


def test_a_broker_that_cannot_be_reached_is_waited_for(
    far_nats: Nats, postgres: Postgres, tmp_path: Path, machine: Machine
) -> None:
    with under_load(settings_of(tmp_path, postgres, far_nats), tmp_path) as scene:
        machine.cut()
        sleep(CUT)
        scene.load.await_more(50)
        machine.mend()
        assert {each.starts for each in scene.processes.running} == {1}, "nobody had to be started again"
