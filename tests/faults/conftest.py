from collections.abc import Iterator
from pathlib import Path

import pytest

from service.settings import Settings
from tests.faults.mortal import MortalPostgres, mortal_postgres
from tests.servers.nats import Nats, running_nats
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def mortal() -> Iterator[MortalPostgres]:
    """A server that may be killed; it has to run again when the test ends."""
    with mortal_postgres() as server:
        yield server


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[Nats]:
    with running_nats(tmp_path / "nats") as server:
        yield server


@pytest.fixture
def scaled(tmp_path: Path, postgres: Postgres, nats: Nats) -> Settings:
    """On servers that nothing is done to."""
    return settings_of(tmp_path, postgres, nats)


@pytest.fixture
def mortally(tmp_path: Path, mortal: MortalPostgres, nats: Nats) -> Settings:
    """On servers that may be killed."""
    return settings_of(tmp_path, mortal, nats)


@pytest.fixture
def embedded(tmp_path: Path) -> Settings:
    """Without servers."""
    return Settings(data_dir=tmp_path / "var", evidence="public")


def settings_of(folder: Path, postgres: Postgres | MortalPostgres, nats: Nats) -> Settings:
    log, keys = postgres.fresh_database(), postgres.fresh_database()
    return Settings(data_dir=folder / "var", database_url=log, keys_url=keys, nats_url=nats.url, evidence="public")
