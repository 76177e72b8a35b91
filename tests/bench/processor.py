"""Processor time of other processes: it tells what work costs even while the machine does something else."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import psycopg

from tests.servers.postgres import Postgres

TICKS: Final = os.sysconf("SC_CLK_TCK")
"""A second of processor time, as the kernel counts it."""
PARENT, OWN, OF_CHILDREN = 1, slice(11, 13), slice(13, 15)
"""Fields of `/proc/PID/stat` after the name (proc(5)): whose child it is; user and system time."""


class Clock:
    """Processor time of trees of processes since it was made."""

    def __init__(self, roots: Sequence[int]) -> None:
        self._roots = roots
        self._since = self._now()

    def passed(self) -> float:
        """Seconds, user and system, those of children that have ended meanwhile included."""
        return self._now() - self._since

    def _now(self) -> float:
        return sum(_spent(each) for root in self._roots for each in _tree(root)) / TICKS


def server_of(postgres: Postgres) -> int:
    """The process that all others of the server descend from."""
    with psycopg.connect(postgres.url()) as connection:
        return int(_stat(connection.info.backend_pid)[PARENT])


def _tree(root: int) -> set[int]:
    found = {root}
    for process in sorted(int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()):
        if (fields := _stat(process)) and int(fields[PARENT]) in found:
            found.add(process)
    return found


def _spent(process: int) -> int:
    fields = _stat(process)
    return sum(map(int, fields[OWN] + fields[OF_CHILDREN]))


def _stat(process: int) -> list[str]:
    """Nothing of one that has ended meanwhile: its time is its parent's by now."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
