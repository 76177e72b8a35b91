"""Rows that hold from one log position until another: `?at=` reads the past by an index, as flat as the present.

A row holds from `from_position` on and before `to_position`. Past rows are filed under a node of a virtual binary tree
over the positions, so that the rows of any position lie under a few dozen nodes, however long the history is (the
relational interval tree of Kriegel, Pötke and Seidl, "Managing Intervals Efficiently in Object-Relational Databases",
VLDB 2000).
"""

from typing import Final

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Table, and_

FOR_EVER: Final = 2**62
"""The end of a row that holds now."""

CURRENT: Final = 0
"""The node of the rows that hold now; no past row has it."""

DEPTH: Final = 48
"""Positions stay below 2**48."""


def span_columns() -> tuple[Column[int], Column[int], Column[int]]:
    """The columns of a table with such rows. Spans of one key do not overlap, so that no two have the same node."""
    return (
        Column("from_position", BigInteger, nullable=False),
        Column("to_position", BigInteger, nullable=False),
        Column("node", BigInteger, primary_key=True, autoincrement=False),
    )


def span_index(table: Table) -> Index:
    """The index that finds the rows of any position."""
    return Index(f"{table.name}_span", table.c.node, table.c.from_position, table.c.to_position)


def holding_at(table: Table, position: int) -> ColumnElement[bool]:
    """The rows that hold at a position."""
    return and_(table.c.node.in_([CURRENT, *nodes_at(position)]), spanning(table, position))


def spanning(table: Table, position: int | ColumnElement[int]) -> ColumnElement[bool]:
    """The same without the node, for whoever finds the rows by another index."""
    return and_(table.c.from_position <= position, table.c.to_position > position)


def fork(first: int, last: int) -> int:
    """The node of the positions from `first` to `last`: the one among them that most powers of two divide."""
    level = ((first - 1) ^ last).bit_length() - 1
    return last >> level << level


def nodes_at(position: int) -> list[int]:
    """The nodes of all rows that can hold at a position."""
    return [((position >> level + 1 << 1) + 1) << level for level in range(DEPTH)]
