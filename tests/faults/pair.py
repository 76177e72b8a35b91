"""Two PostgreSQL servers: a primary, and a standby that every commit waits for."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import chown, rmtree
from typing import Final

import psycopg
from psycopg.sql import SQL

from tests.faults.mortal import SECONDS, MortalPostgres, mortal_postgres
from tests.servers.ports import free_port
from tests.servers.postgres import AS_POSTGRES, _binaries

STREAMING: Final = "SELECT 1 FROM pg_stat_replication WHERE state='streaming' AND sync_state=%s"
WRITTEN: Final = "SELECT 1 FROM pg_stat_replication WHERE flush_lsn>=%s"


@dataclass(frozen=True)
class Pair:
    """Both of them; an address names both, in this order."""

    primary: MortalPostgres
    standby: MortalPostgres

    def fresh_database(self) -> str:
        """An address without `target_session_attrs`: it is for the desk to find the one that can be written to."""
        name = self.primary.fresh_database().rpartition("/")[2]
        return f"postgresql://postgres@127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}/{name}"

    def await_standby(self) -> None:
        """Until the standby has what was committed so far, though no commit waits for it."""
        with psycopg.connect(self.primary.url(), autocommit=True) as connection:
            [reached] = connection.execute("SELECT pg_current_wal_flush_lsn()").fetchone() or [None]
            deadline = time.monotonic() + SECONDS
            while not connection.execute(WRITTEN, (reached,)).fetchone():
                assert time.monotonic() < deadline, "the standby does not follow"
                time.sleep(0.05)

    def fail_over(self) -> None:
        """The primary dies, and the standby is told to take its place."""
        self.primary.kill()
        self.promote()

    def promote(self) -> None:
        """The standby has no standby itself: it waits for none."""
        with psycopg.connect(self.standby.url(), autocommit=True) as connection:
            connection.execute("SELECT pg_promote()")

    def wait_for_standby(self, *, synchronous: bool) -> None:
        """Whether commits wait for the standby, once it follows."""
        names = SQL("ALTER SYSTEM SET synchronous_standby_names TO {}").format("*" if synchronous else "")
        with psycopg.connect(self.primary.url(), autocommit=True) as connection:
            connection.execute(names)
            connection.execute("SELECT pg_reload_conf()")
            deadline = time.monotonic() + SECONDS
            while not connection.execute(STREAMING, ("sync" if synchronous else "async",)).fetchone():
                assert time.monotonic() < deadline, "the standby does not follow"
                time.sleep(0.05)


@contextmanager
def pair(*, synchronous: bool = True) -> Iterator[Pair]:
    """Both run; they are gone afterwards, with their data."""
    with mortal_postgres() as primary, _following(primary) as standby:
        found = Pair(primary, standby)
        found.wait_for_standby(synchronous=synchronous)
        yield found


@contextmanager
def _following(primary: MortalPostgres) -> Iterator[MortalPostgres]:
    folder = Path(tempfile.mkdtemp(prefix="glasno-standby-"))
    if AS_POSTGRES:
        chown(folder, **AS_POSTGRES)
    copying = [str(_binaries() / "pg_basebackup"), "-d", primary.url(), "-D", str(folder / "data"), "-R", "-c", "fast"]
    subprocess.run(copying, check=True, capture_output=True, cwd=folder, **AS_POSTGRES)
    standby = MortalPostgres(free_port(), folder)
    try:
        standby.start()
        yield standby
    finally:
        standby.kill()
        rmtree(folder)
