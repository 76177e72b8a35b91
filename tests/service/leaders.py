"""Workers as processes over one PostgreSQL, each with a data directory of its own, and who of them leads."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Final

import psycopg

from service.leading import ROLES
from service.settings import Settings
from store.lease import Leases
from tests.service.running import wait_until

ROOT: Final = Path(__file__).resolve().parents[2]
HELD: Final = "SELECT role, holder, epoch FROM leases WHERE until > clock_timestamp()"


@dataclass(frozen=True)
class Leaders:
    """The workers that were started, and the leases as the database has them."""

    settings: Settings
    environment: Mapping[str, str]
    started: list[Popen[str]] = field(default_factory=list)

    def start(self) -> Popen[str]:
        folder = self.folder(len(self.started))
        folder.mkdir()
        own = {"GLASNO_DATA_DIR": str(folder), "GLASNO_METRICS_LISTEN": "127.0.0.1:0"}
        command = [sys.executable, "-m", "service", "work"]
        worker = Popen(command, cwd=ROOT, env={**self.environment, **own}, text=True, stdout=PIPE, stderr=PIPE)
        self.started.append(worker)
        assert worker.stdout
        assert worker.stdout.readline().startswith("Glasno is at work")
        return worker

    def folder(self, number: int) -> Path:
        return self.settings.data_dir.with_name(f"worker-{number}")

    def epochs(self) -> Mapping[str, int]:
        with psycopg.connect(self.settings.database_url) as connection:
            return {role: epoch for role, _, epoch in connection.execute(HELD)}

    def of(self) -> Mapping[str, int]:
        """The process that holds each role."""
        with psycopg.connect(self.settings.database_url) as connection:
            return {role: int(holder.rpartition(":")[2]) for role, holder, _ in connection.execute(HELD)}

    def are(self, *workers: Popen[str]) -> bool:
        """Whether every role is held, and by these, each of which holds some."""
        held = self.of()
        return held.keys() == set(ROLES) and set(held.values()) == {worker.pid for worker in workers}

    def await_being(self, *workers: Popen[str]) -> None:
        wait_until(lambda: self.are(*workers))


@contextmanager
def leaders_of(settings: Settings, environment: Callable[[Settings], Mapping[str, str]]) -> Iterator[Leaders]:
    """None of the workers outlives the block."""
    shared = {"master_key_file": settings.master_key, "log_key_file": settings.log_key}
    with closing(Leases(settings.database_url, "", ROLES)) as table:
        table.take([], 0)  # which makes the table
    found = Leaders(settings, environment(settings.model_copy(update=shared)))
    yield found
    for worker in found.started:
        worker.kill()
        worker.communicate()
