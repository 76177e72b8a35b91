"""What many tests start from: settings of an empty data directory, on each of the two engines."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as effort

from service import apply
from service.desk_yaml import read_desk_file
from service.settings import Settings
from tests.monitoring.probes.certificates import pem, root
from tests.servers.postgres import Postgres, running_postgres

# No example is timed: how long one takes depends on what else the machine does.
effort.register_profile("glasno", deadline=None, suppress_health_check=[HealthCheck.too_slow])
effort.register_profile("mutation", effort.get_profile("glasno"), max_examples=12, database=None)
effort.load_profile("glasno")


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    """Every new desk begins with the same file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apply, "read_desk_file", cache(read_desk_file))
        yield


@pytest.fixture(scope="session", autouse=True)
def _trusted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One authority of nobody's instead of the system's hundred, which each client would read anew."""
    file = tmp_path_factory.mktemp("trusted") / "trusted.pem"
    file.write_bytes(pem(root().certificate))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(file))
        yield


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GLASNO_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """It may be killed, but no test cuts the power: it need not wait for a disk."""
    with running_postgres("-c", "fsync=off") as server:
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
