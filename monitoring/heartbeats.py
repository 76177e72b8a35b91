"""Heartbeats: when each of those that are to call us did so last, or said itself that it is over.

A memory of its own beside the views: no view, and not in the log. If it is lost, nobody has called yet.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Engine, MetaData, String, Table, case, select
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from domain.instant import Duration, Instant
from projections.database import for_writing, make

METADATA: Final = MetaData()
BEATS: Final = Table(
    "heartbeats",
    METADATA,
    Column("key", String, primary_key=True),
    Column("at", BigInteger, nullable=False, default=0),
    Column("silenced_at", BigInteger, nullable=False, default=0),
    Column("since", BigInteger, nullable=False, default=0),
)
"""0: never."""
INSERTS: Final[Mapping[str, Any]] = {"sqlite": insert_sqlite, "postgresql": insert_postgres}


class Heard(NamedTuple):
    """What was heard of one that is to call us; 0: never."""

    at: Instant
    silenced_at: Instant

    def is_good(self, within: Duration, now: Instant) -> bool:
        """It called so lately, and has not said since that it is over."""
        return self.at > self.silenced_at and now - self.at <= within


NOTHING: Final = Heard(0, 0)


def prepare(engine: Engine) -> None:
    """Make the table if it is not there."""
    make(engine, METADATA)


def beat(engine: Engine, key: str, at: Instant, within: Duration | None = None) -> None:
    """It called; longer than `within` after the last time, or after it was over, it begins anew."""
    is_anew = BEATS.c.silenced_at > BEATS.c.at
    if within is not None:
        is_anew |= BEATS.c.at < at - within
    _note(engine, key, at=at, since=case((is_anew, at), else_=BEATS.c.since))


def silenced(engine: Engine, key: str, at: Instant) -> None:
    """It was told that it is over, as a Watchdog that Prometheus no longer fires: that is no beat."""
    _note(engine, key, silenced_at=at)


def newest(connection: Connection, key: str) -> Instant | None:
    """When it called last; None: never."""
    return connection.scalar(select(BEATS.c.at).where(BEATS.c.key == key)) or None


def since(connection: Connection, key: str) -> Instant:
    """From when on it has called without a pause; 0: since it did for the first time, or never."""
    return connection.scalar(select(BEATS.c.since).where(BEATS.c.key == key)) or 0


def heard(connection: Connection) -> Mapping[str, Heard]:
    """What was heard, by key."""
    return {
        key: Heard(*times) for key, *times in connection.execute(select(BEATS.c.key, BEATS.c.at, BEATS.c.silenced_at))
    }


def _note(engine: Engine, key: str, **noted: Any) -> None:
    """What comes late changes nothing: the first of what is noted is when."""
    column, at = next(iter(noted.items()))
    told = INSERTS[engine.dialect.name](BEATS).values(key=key, **{column: at})
    later = told.on_conflict_do_update(index_elements=[BEATS.c.key], set_=noted, where=BEATS.c[column] < at)
    with for_writing(engine).begin() as connection:
        connection.execute(later)
