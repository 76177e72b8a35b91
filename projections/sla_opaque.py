"""How many tickets have clocks that are due in a month, and are counted in no public figure."""

from collections.abc import Set as AbstractSet
from typing import TypeAlias

from sqlalchemy import Column, Integer, MetaData, String, Table

from projections.rows import Rows
from projections.span import span_columns

Months: TypeAlias = AbstractSet[str]


def opaque_table(name: str, metadata: MetaData) -> Table:
    """The counts by month (YYYY-MM), at each position."""
    month = Column("month", String, primary_key=True)
    return Table(f"{name}_opaque", metadata, month, Column("tickets", Integer, nullable=False), *span_columns())


def count_opaque(rows: Rows, table: Table, months: tuple[Months, Months], position: int) -> None:
    """A ticket counts once in each month in which a clock of it is due: those before an event, and those after it."""
    before, after = months
    for month in sorted(before ^ after):
        known = rows.current(table, {"month": month})
        tickets = (known["tickets"] if known else 0) + (1 if month in after else -1)
        rows.hold(table, {"month": month}, {"tickets": tickets}, position)
