"""Outages: what is raised when a database cannot be reached, does not answer in time, or is ahead of this code."""

import sqlite3
from typing import Final

import eventsourcing.persistence as library
import psycopg.errors
import sqlalchemy.exc

from store.codec import UnknownEvent

OUTAGES: Final[tuple[type[Exception], ...]] = (
    library.OperationalError,
    library.InterfaceError,
    psycopg.OperationalError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.TimeoutError,
    UnknownEvent,
)
"""Of the log, of the keys and of the views. What a newer version wrote another process can read, or this one soon."""


def is_full(outage: BaseException | None) -> bool:
    """Whether it is one because a disk is full, as the driver says beneath it all."""
    if outage is None or isinstance(outage, psycopg.errors.DiskFull):
        return outage is not None
    is_of_sqlite = getattr(outage, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return is_of_sqlite or is_full(outage.__cause__)


def trace_of(fault: Exception) -> Exception | None:
    """What to log of it beside its words: of an outage not where in the code it was noticed."""
    return None if isinstance(fault, OUTAGES) else fault


def in_a_line(fault: Exception) -> str:
    """What it is, in words that drivers spread over several lines."""
    return f"{type(fault).__name__}: {str(fault).partition(chr(10))[0]}"
