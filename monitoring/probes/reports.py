"""What remote probers have seen, from when it was taken in until it counts.

A memory of its own beside the views: no view, and not in the log. What is told again while it is here changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    MetaData,
    RowMapping,
    String,
    Table,
    bindparam,
    delete,
    select,
)
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from domain.component import ComponentStatus
from domain.instant import Instant
from monitoring.probes.look import Look, Why
from projections.database import for_writing, make

METADATA: Final = MetaData()
REPORTS: Final = Table(
    "probe_reports",
    METADATA,
    Column("probe", String, primary_key=True),
    Column("prober", String, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("status", String),
    Column("why", String, nullable=False),
    Column("detail", String, nullable=False),
    Column("took", Float, nullable=False),
    Column("expires_at", BigInteger),
)
ONE: Final = delete(REPORTS).where(
    REPORTS.c.probe == bindparam("of"), REPORTS.c.prober == bindparam("by"), REPORTS.c.at == bindparam("then")
)
MOST: Final = 10_000
"""Reports that are read at a time."""
INSERTS: Final[dict[str, Any]] = {"sqlite": insert_sqlite, "postgresql": insert_postgres}


@dataclass(frozen=True)
class Report:
    """One look of a prober at what a probe is about."""

    probe: str
    prober: str
    at: Instant
    """When the look began."""
    look: Look


def prepare(engine: Engine) -> None:
    """Make the table if it is not there."""
    make(engine, METADATA)


def report(engine: Engine, told: Report) -> None:
    """Keep it, until it is forgotten."""
    look = told.look
    row = {
        "probe": told.probe,
        "prober": told.prober,
        "at": told.at,
        "status": look.status.value if look.status else None,
        "why": look.why.value,
        "detail": "".join(filter(str.isprintable, look.detail)),
        "took": look.took,
        "expires_at": look.expires_at,
    }
    with for_writing(engine).begin() as connection:
        connection.execute(INSERTS[engine.dialect.name](REPORTS).values(row).on_conflict_do_nothing())


def reported(connection: Connection) -> Sequence[Report]:
    """What is here, the oldest first."""
    return [_read(row) for row in connection.execute(select(REPORTS).order_by(REPORTS.c.at).limit(MOST)).mappings()]


def forget(engine: Engine, told: Iterable[Report]) -> None:
    """They count by now, or never will."""
    if names := [{"of": each.probe, "by": each.prober, "then": each.at} for each in told]:
        with for_writing(engine).begin() as connection:
            connection.execute(ONE, names)


def _read(row: RowMapping) -> Report:
    status = ComponentStatus(row["status"]) if row["status"] else None
    look = Look(status, Why(row["why"]), row["detail"], row["took"], row["expires_at"])
    return Report(row["probe"], row["prober"], row["at"], look)
