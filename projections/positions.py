"""Positions: which was the newest event at an instant, so that `?at=` is resolved once and then means a position.

What was stored counts, not what had happened: an event is known from its `rec` on, and not before any event that
stands before it in the log.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, select

from domain.instant import Instant
from projections.past import Moment
from projections.rows import Rows
from store.log import Recorded

NAME: Final = "positions_v1"
METADATA: Final = MetaData()
POSITIONS: Final = Table(
    NAME,
    METADATA,
    Column("rec", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
)
NEWEST: Final = Table(
    f"{NAME}_newest",
    METADATA,
    Column("only", Integer, primary_key=True, autoincrement=False),
    Column("rec", BigInteger, nullable=False),
)
"""One row: the last instant of `POSITIONS`."""
ONLY: Final = 1


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """One row a millisecond in which something was stored; a clock that was set back adds none."""
    known = rows.get(NEWEST, ONLY)
    rec = max(recorded.envelope.rec, known["rec"]) if known else recorded.envelope.rec
    keep = rows.put if known and rec == known["rec"] else rows.add
    keep(POSITIONS, {"rec": rec, "position": recorded.position})
    rows.put(NEWEST, {"only": ONLY, "rec": rec})


def position_at(connection: Connection, at: Instant) -> int:
    """The position of the newest event that was stored by then; 0 before the first."""
    query = select(POSITIONS.c.position).where(POSITIONS.c.rec <= at).order_by(POSITIONS.c.rec.desc()).limit(1)
    return connection.execute(query).scalar() or 0
