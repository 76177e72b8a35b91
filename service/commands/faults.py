"""What is told of a fault that is none of ours: a database that answers no, a log of a newer version."""

import sqlite3
from collections.abc import Iterator
from typing import Final

import psycopg

from store.codec import UnknownEvent

RESTORE: Final = (
    "; log.db and keys.db are restored from their backups, views.db may be deleted: it is built anew from the log"
)


def in_words(fault: Exception) -> str | None:
    """None: it is one of ours."""
    if isinstance(fault, UnknownEvent):
        return str(fault)
    answered = next(filter(_is_of_a_database, _causes(fault)), None)
    if answered is None:
        return None
    advice = "" if isinstance(answered, sqlite3.OperationalError | psycopg.OperationalError) else RESTORE
    return f"a database of the desk cannot be used: {answered}{advice}"


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__


def _is_of_a_database(fault: BaseException) -> bool:
    """Whether a database says so of itself; what it says of a statement is a fault of ours."""
    return type(fault) in (sqlite3.DatabaseError, sqlite3.OperationalError, psycopg.OperationalError)
