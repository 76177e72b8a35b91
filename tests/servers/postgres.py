"""A PostgreSQL server of the tests' own: a free loopback port, a temporary folder, durable as in production."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from tests.servers import missing
from tests.servers.ports import free_port

SECONDS_TO_START = 60
AS_POSTGRES: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
"""initdb and postgres refuse to run as root."""


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    port: int
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def fresh_database(self) -> str:
        """The address of a new and empty database."""
        name = f"glasno_{next(self._numbers)}"
        self.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        return self.url(name)

    def execute(self, statement: LiteralString | Composed, *parameters: str) -> None:
        """As the superuser, outside the databases of the tests."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement, parameters or None)

    def cut_connections(self, url: str) -> None:
        """What a restart of the server does to everybody who is connected to the database; they are gone afterwards."""
        name = url.rpartition("/")[2]
        self.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname=%s", name)

    @contextmanager
    def away(self, *urls: str) -> Iterator[None]:
        """The server as those who use these databases see it while it is stopped."""
        for url in urls:
            self._allow(url, allowed=False)
            self.cut_connections(url)
        yield
        for url in urls:
            self._allow(url, allowed=True)

    def _allow(self, url: str, *, allowed: bool) -> None:
        name = Identifier(url.rpartition("/")[2])
        self.execute(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(name, SQL("true" if allowed else "false")))


@contextmanager
def running_postgres(*more: str) -> Iterator[Postgres]:
    """Start one with these further options, stop it afterwards."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="glasno-postgres-"))
    try:
        if AS_POSTGRES:
            shutil.chown(folder, **AS_POSTGRES)
        with _serving(binaries, folder, more) as server:
            yield server
    finally:
        shutil.rmtree(folder)


def _binaries() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("postgres")
    if not (versions or on_path):
        missing("PostgreSQL is not installed: run tests/servers/install as root")
    return (versions[-1] if versions else Path(str(on_path))).parent


@contextmanager
def _serving(binaries: Path, folder: Path, more: Sequence[str]) -> Iterator[Postgres]:
    data, server = folder / "data", Postgres(free_port())
    initdb: list[str | Path] = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **AS_POSTGRES)
    options: list[str | Path] = [
        "-p",
        str(server.port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
        *more,
    ]
    with (folder / "log").open("wb") as log:
        command = [binaries / "postgres", "-D", data, *options]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **AS_POSTGRES)
    try:
        _await(server, process, folder / "log")
        yield server
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nobody will read these data again
        process.wait(SECONDS_TO_START)


def _await(server: Postgres, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            return psycopg.connect(server.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text()) from None
            time.sleep(0.05)
