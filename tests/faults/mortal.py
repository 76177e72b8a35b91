"""A PostgreSQL server that may be killed and started again; its port and its data stay."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import psycopg

from tests.servers.ports import free_port
from tests.servers.postgres import AS_POSTGRES, _binaries

SECONDS: Final = 120
LOOPBACK: Final = "127.0.0.1"


@dataclass
class MortalPostgres:
    """Durable as in production."""

    port: int
    folder: Path
    host: str = LOOPBACK
    inside: tuple[str, ...] = ()
    """What a command begins with that is to run on another machine."""
    process: "subprocess.Popen[bytes]" = field(init=False)
    _numbers: Iterator[int] = field(default_factory=count)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@{self.host}:{self.port}/{database}"

    def fresh_database(self) -> str:
        """The address of a new and empty database."""
        name = f"glasno_{next(self._numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def start(self) -> None:
        """Until it answers."""
        self._begin()
        self.await_answer()

    def await_answer(self) -> None:
        """While anything of the one before still ends it is started again."""
        deadline = time.monotonic() + SECONDS
        while not self._answers():
            if self.process.poll() is not None:
                self._begin()
            assert time.monotonic() < deadline, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.05)

    def kill(self) -> None:
        """The postmaster with everything that it started, as a power cut does to all but the disk."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(SECONDS)

    def kill_postmaster(self) -> None:
        """It alone; its backends notice, and end."""
        self.process.kill()
        self.process.wait(SECONDS)

    def kill_backend(self) -> None:
        """One that works for somebody: the server cuts everybody off, and recovers."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            query = "SELECT pid FROM pg_stat_activity WHERE datname LIKE 'glasno%' ORDER BY random() LIMIT 1"
            found = connection.execute(query.encode()).fetchone()
        if found:
            with suppress(ProcessLookupError):
                os.kill(found[0], signal.SIGKILL)

    def _begin(self) -> None:
        options = ["-c", f"listen_addresses={self.host}", "-c", "unix_socket_directories=", "-c", "max_connections=300"]
        command = [
            *self.inside,
            str(_binaries() / "postgres"),
            "-D",
            str(self.folder / "data"),
            "-p",
            str(self.port),
            *options,
        ]
        as_whom = {} if self.inside else AS_POSTGRES
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **as_whom
            )

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url(), connect_timeout=5).close()
            return True
        return False


@contextmanager
def mortal_postgres(host: str = LOOPBACK, inside: tuple[str, ...] = ()) -> Iterator[MortalPostgres]:
    """One that runs; it is gone afterwards, with its data."""
    folder = Path(tempfile.mkdtemp(prefix="glasno-mortal-"))
    if AS_POSTGRES:
        shutil.chown(folder, **AS_POSTGRES)
    command = [str(_binaries() / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "-A", "trust"]
    subprocess.run([*command, "-E", "UTF8", "--locale=C"], check=True, capture_output=True, cwd=folder, **AS_POSTGRES)
    with (folder / "data/pg_hba.conf").open("a") as trusted:
        trusted.write("host all all samenet trust\n")
    server = MortalPostgres(free_port(), folder, host, inside)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder)
