"""Entries: how many the log has up to a position. Positions have gaps, and say nothing to whoever has only evidence.

The entry at index n of the transparency log is the (n + 1)-th event.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, select

from projections.past import Moment
from projections.rows import Rows
from store.log import Recorded

NAME: Final = "entries_v1"
METADATA: Final = MetaData()
ENTRIES: Final = Table(
    NAME,
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
NEWEST: Final = Table(
    f"{NAME}_newest",
    METADATA,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
)
"""One row: the last number of `ENTRIES`."""
ONLY: Final = 1


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """One row an event."""
    known = rows.get(NEWEST, ONLY)
    number = known["number"] + 1 if known else 1
    rows.put(NEWEST, {"only": ONLY, "number": number})
    rows.add(ENTRIES, {"position": recorded.position, "number": number})


def entries_at(connection: Connection, position: int) -> int:
    """How many entries there are up to a position; 0 before the first."""
    query = select(ENTRIES.c.number).where(ENTRIES.c.position <= position).order_by(ENTRIES.c.position.desc()).limit(1)
    return connection.execute(query).scalar() or 0
