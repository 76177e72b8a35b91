"""Outages: what is raised when a database cannot be reached, or does not answer in time."""

from typing import Final

import eventsourcing.persistence as library
import psycopg
import sqlalchemy.exc

OUTAGES: Final[tuple[type[Exception], ...]] = (
    library.OperationalError,
    library.InterfaceError,
    psycopg.OperationalError,
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.TimeoutError,
)
"""Of the log, of the keys and of the views."""
