"""What many tests start from: settings of an empty data directory, on each of the two engines."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as effort

from service.settings import Settings
from tests.servers.postgres import Postgres, running_postgres

# No example is timed: how long one takes depends on what else the machine does.
effort.register_profile("glasno", deadline=None, suppress_health_check=[HealthCheck.too_slow])
effort.register_profile("mutation", effort.get_profile("glasno"), max_examples=12, database=None)
effort.load_profile("glasno")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GLASNO_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "var")


@pytest.fixture
def postgres_settings(tmp_path: Path, postgres: Postgres) -> Settings:
    log, keys = postgres.fresh_database(), postgres.fresh_database()
    return Settings(data_dir=tmp_path / "var", database_url=log, keys_url=keys)


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """One test, both engines."""
    found: Settings = request.getfixturevalue(f"{request.param}_settings")
    return found


@pytest.fixture
def environment() -> Callable[[Settings], dict[str, str]]:
    """The environment of a process with these settings."""

    def of(settings: Settings) -> dict[str, str]:
        known = settings.model_dump(mode="json", exclude_defaults=True)
        return os.environ | {f"GLASNO_{name}".upper(): value for name, value in known.items()}

    return of
