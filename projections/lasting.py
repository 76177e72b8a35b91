"""Rows of what lasted from one instant until another: those of any time are found by an index, as flat as the present.

A row lasts from `at` on and before `until`, after 1970. Rows that begin within a time are found by their beginning;
those that go on when it begins lie under a few dozen nodes of a tree over the instants, as rows of the past do of one
over the positions (`projections.span`).
"""

from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, ColumnElement, Index, Table, and_, or_

from domain.instant import Instant
from projections.span import DEPTH, fork


def lasting_columns() -> tuple[Column[int], Column[int], Column[int]]:
    """The columns of a table with such rows."""
    return (
        Column("at", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
        Column("fork", BigInteger, nullable=False),
    )


def lasting_indexes(table: Table) -> tuple[Index, Index]:
    """The indexes that find the rows of any time."""
    return Index(f"{table.name}_at", table.c.at), Index(f"{table.name}_fork", table.c.fork, table.c.at)


def lasting(at: Instant, until: Instant) -> Mapping[str, Instant]:
    """The values of those columns; what ends as it begins is kept, too."""
    return {"at": at, "until": until, "fork": fork(at, max(at, until - 1))}


def touching(table: Table, since: Instant, until: Instant) -> ColumnElement[bool]:
    """The rows of any time from `since` on and before `until`."""
    going_on = and_(table.c.fork.in_(_nodes(since)), table.c.at <= since, table.c.until > since)
    return or_(and_(table.c.at > since, table.c.at < until), going_on)


def _nodes(instant: Instant) -> list[int]:
    """The nodes of all rows that can last at an instant."""
    return [instant >> level + 1 << level + 1 | 1 << level for level in range(DEPTH)]
