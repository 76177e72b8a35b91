"""The zone that the desk counts its months in: a view learns it from the events, before the first ticket for good."""

from typing import Any, Final

from sqlalchemy import Column, Integer, MetaData, String, Table

from domain.desk import Desk, DeskFounded, DeskSetUp
from projections.rows import Rows

ONLY: Final = 1


def zone_table(name: str, metadata: MetaData) -> Table:
    """A table of one row that the view `name` keeps the zone in."""
    only = Column("only", Integer, primary_key=True, autoincrement=False)
    return Table(f"{name}_zone", metadata, only, Column("zone", String, nullable=False))


def zone_by(rows: Rows, table: Table, event: Any) -> str:
    """The IANA name after an event; that of a desk as it is founded while none was told."""
    if isinstance(event, DeskFounded | DeskSetUp):
        rows.put(table, {"only": ONLY, "zone": event.zone})
    known = rows.get(table, ONLY)
    return str(known["zone"]) if known else Desk().zone
