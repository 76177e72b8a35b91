"""Rows that take the place of a view's from one moment to the next: on SQLite, where whoever writes holds up others.

They are copied in portions, each a transaction of its own, into tables beside the view's, which then get its names.
"""

import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine, MetaData, Table, inspect

from projections.batch import Projection
from projections.database import for_writing
from projections.layout import pages

ROWS = 1_000
"""Rows in one transaction."""


def stage(engine: Engine, aside: Connection, projections: Sequence[Projection]) -> int:
    """Copy what was built aside, under this number. Whoever else was about to do so is in vain: its tables are gone."""
    with for_writing(engine).begin() as live:
        clear(live, projections)
        number: int = live.exec_driver_sql("SELECT random() & 0x7fffffffffffffff").scalar_one()
        for table in _tables(projections):
            _twin(table, number).create(live)
    for table in _tables(projections):
        insert = f"INSERT INTO {_beside(table, number)} VALUES ({', '.join('?' for _ in table.columns)})"  # noqa: S608 -- our own
        for rows in pages(table, aside, ROWS):
            with for_writing(engine).begin() as live:
                live.exec_driver_sql(insert, rows)
    return number


def take_place(live: Connection, projections: Sequence[Projection], number: int) -> None:
    """What was copied under it is the views now. To index it takes a fraction of what it took to copy it."""
    for table in _tables(projections):
        table.drop(live)
        live.exec_driver_sql(f"ALTER TABLE {_beside(table, number)} RENAME TO {table.name}")
        for index in table.indexes:
            index.create(live)


def clear(live: Connection, projections: Sequence[Projection]) -> None:
    """Drop what was copied for nothing, by whichever process."""
    for table in _tables(projections):
        for name in inspect(live).get_table_names():
            if re.fullmatch(rf"{table.name}__\d+", name):
                live.exec_driver_sql(f"DROP TABLE {name}")


def _tables(projections: Sequence[Projection]) -> Iterator[Table]:
    return (table for each in projections for table in each.METADATA.sorted_tables)


def _twin(table: Table, number: int) -> Table:
    """Without indexes: their names are taken, and in the end they are made faster."""
    twin = table.to_metadata(MetaData(), name=_beside(table, number))
    twin.indexes.clear()
    return twin


def _beside(table: Table, number: int) -> str:
    """A name that no other process has: in containers all have the same number."""
    return f"{table.name}__{number}"
