"""Copies of a furnished desk: each test has one of its own, and none waits until a desk is founded anew."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.sql import SQL, Identifier

from tests.api.office import Furnished


@contextmanager
def copy_of(furnished: Furnished, folder: Path) -> Iterator[Furnished]:
    """The same desk and people, in the folder and, on PostgreSQL, in databases that are dropped afterwards."""
    settings = furnished.settings
    with ExitStack() as databases:
        moved = {
            "data_dir": shutil.copytree(settings.data_dir, folder / "var"),
            "database_url": settings.database_url and databases.enter_context(_database_like(settings.database_url)),
            "keys_url": settings.keys_url and databases.enter_context(_database_like(settings.keys_url)),
        }
        yield replace(furnished, settings=settings.model_copy(update=moved))


@contextmanager
def _database_like(url: str) -> Iterator[str]:
    """The address of a copy of a database to which nobody is connected."""
    server, _, name = url.rpartition("/")
    copy, original = f"{name}_{uuid4().hex}", Identifier(name)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(copy), original))
        yield f"{server}/{copy}"
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(copy)))
