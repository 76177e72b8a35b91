"""The views of these settings: their database, what follows the log into it, and who alone may do that."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from projections import ALL, PUBLIC
from projections.bell import PostgresBell, SQLiteBell
from projections.database import postgres_views, sqlite_views
from projections.engine import Projector
from service.settings import Settings
from store.desk import Desk


class WorkHeld(Exception):  # noqa: N818
    """Another process projects, times and renders on this data directory."""


def views_of(settings: Settings, desk: Desk) -> Projector:
    """Every view, made if it is not there."""
    return Projector(desk.log, desk.name("configuration"), engine_of(settings), ALL, urgent=PUBLIC)


def bell_of(settings: Settings) -> SQLiteBell | PostgresBell:
    """What rings at every append, by whichever process."""
    if settings.database_url:
        return PostgresBell(settings.database_url)
    return SQLiteBell(settings.data_dir / "log.db")


@contextmanager
def work_alone(settings: Settings) -> Iterator[None]:
    """Hold `work.lock` for as long as this process works; `WorkHeld`, in words, if another one does."""
    path = settings.data_dir / "work.lock"
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise WorkHeld(_in_words(path)) from None
        yield


def engine_of(settings: Settings) -> Engine:
    """The database of the views."""
    if settings.database_url:
        return postgres_views(settings.database_url)
    return sqlite_views(settings.data_dir / "views.db")


def _in_words(path: Path) -> str:
    return (
        f"another glasno holds {path}: it keeps the views and the timers; stop it first, or run `glasno api` beside it"
    )
