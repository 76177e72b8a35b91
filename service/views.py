"""The views of these settings: their database, what follows the log into it, and who alone may do that."""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from projections import ALL, PUBLIC
from projections.bell import PostgresBell, SQLiteBell
from projections.database import postgres_views, sqlite_views
from projections.engine import Projector
from service.leading import VIEWS, Held, leading_alone
from service.settings import Settings
from store.desk import Desk

WORK_LOCK: Final = "work.lock"


class WorkHeld(Exception):
    """Another process projects, times and signs; `by` says which."""

    def __init__(self, by: str) -> None:
        super().__init__(
            f"another glasno {by}: it keeps the views and the timers; stop it first, or run `glasno api` beside it"
        )
        self.by = by


def views_of(settings: Settings, desk: Desk) -> Projector:
    """Every view, made if it is not there."""
    return Projector(desk.log, desk.name("configuration"), engine_of(settings), ALL, urgent=PUBLIC)


def bell_of(settings: Settings) -> SQLiteBell | PostgresBell:
    """What rings at every append, by whichever process."""
    if settings.database_url:
        return PostgresBell(settings.database_url)
    return SQLiteBell(settings.data_dir / "log.db")


def at_work(settings: Settings) -> AbstractContextManager[None]:
    """For whoever works until told to stop: on PostgreSQL any number of processes may, each takes what is free."""
    return nullcontext() if settings.database_url else work_alone(settings)


@contextmanager
def work_alone(settings: Settings) -> Iterator[None]:
    """Nobody else works meanwhile, with this file or over this database; `WorkHeld`, in words, if somebody does."""
    try:
        with leading_alone(settings.database_url) if settings.database_url else _locked(settings.data_dir):
            yield
    except Held as held:
        raise WorkHeld(str(held)) from None


def working_views(settings: Settings) -> str:
    """Which views whoever works with this file keeps: they differ between versions of the desk."""
    return (settings.data_dir / WORK_LOCK).read_text()


def engine_of(settings: Settings) -> Engine:
    """The database of the views."""
    if settings.database_url:
        return postgres_views(settings.database_url)
    return sqlite_views(settings.data_dir / "views.db")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    path = folder / WORK_LOCK
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Held(f"holds {path}") from None
        file.truncate(0)
        file.write(VIEWS)
        file.flush()
        yield
