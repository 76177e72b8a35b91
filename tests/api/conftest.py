"""The office on each of the two engines: what the API promises, it keeps on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.settings import Settings
from tests.api.copies import copy_of
from tests.api.office import Furnished, Office, enter, furnish
from tests.servers.postgres import Postgres


@pytest.fixture(scope="session")
def sqlite_desk(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    return furnish(_settings(tmp_path_factory))


@pytest.fixture(scope="session")
def postgres_desk(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Furnished:
    return furnish(_settings(tmp_path_factory, postgres.fresh_database(), postgres.fresh_database()))


def _settings(folders: pytest.TempPathFactory, log: str = "", keys: str = "") -> Settings:
    """Nothing of the environment, which no test has cleared yet."""
    return Settings.model_construct(data_dir=folders.mktemp("furnished"), database_url=log, keys_url=keys)


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """One test, both engines."""
    furnished: Furnished = request.getfixturevalue(f"{request.param}_desk")
    with copy_of(furnished, tmp_path) as copy, enter(copy, monkeypatch) as opened:
        yield opened
