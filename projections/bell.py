"""What wakes the projector up: a commit in the log, by whichever process; slow polling is only the fallback."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

import psycopg

from store.connection import parameters_of

FALLBACK: Final = 5.0
"""Seconds after which to look all the same."""

TICK: Final = 0.01
"""Seconds between two looks at the counter of commits: a look costs microseconds."""

CHANNEL: Final = "stored_events"
"""What an append on PostgreSQL notifies."""


class SQLiteBell:
    """Rings when any connection commits to the file."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False)
        self._seen = self._version()

    def wait(self, stopping: Event) -> None:
        """Until the next commit."""
        _until(lambda: self._committed() or stopping.wait(TICK), stopping)

    def close(self) -> None:
        self._connection.close()

    def _committed(self) -> bool:
        seen, self._seen = self._seen, self._version()
        return seen != self._seen

    def _version(self) -> int:
        """A number that other connections' commits change."""
        version: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return version


class PostgresBell:
    """Rings when an append notifies; a lost connection is made anew."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = self._listen()

    def wait(self, stopping: Event) -> None:
        """Until the next append."""
        _until(self._notified, stopping)

    def close(self) -> None:
        self._connection.close()

    def _notified(self) -> bool:
        """Within a quarter of a second; a connection that broke may have missed one, and counts as a ring."""
        try:
            return any(True for _ in self._connection.notifies(timeout=0.25, stop_after=1))
        except psycopg.OperationalError:
            with suppress(psycopg.OperationalError):
                self._connection = self._listen()
            return True

    def _listen(self) -> psycopg.Connection:
        connection = psycopg.connect(**parameters_of(self._url), autocommit=True)
        connection.execute(f'LISTEN "{CHANNEL}"')
        return connection


def _until(rung: Callable[[], bool], stopping: Event) -> None:
    deadline = monotonic() + FALLBACK
    while not stopping.is_set() and monotonic() < deadline:
        if rung():
            return
