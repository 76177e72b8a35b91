"""Rows that take the place of a view's from one moment to the next: on SQLite, where whoever writes holds up others.

They are copied in portions, each a transaction of its own, into tables beside the view's, which then get its names.
"""

import os
import re
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine, MetaData, Table, inspect

from projections.batch import Projection
from projections.database import for_writing
from projections.layout import pages

ROWS = 1_000
"""Rows in one transaction."""


def stage(engine: Engine, aside: Connection, projections: Sequence[Projection]) -> None:
    """Copy what was built aside. Whoever else was about to do so is in vain, for its tables are gone."""
    with for_writing(engine).begin() as live:
        clear(live, projections)
        for table in _tables(projections):
            _twin(table).create(live)
    for table in _tables(projections):
        insert = f"INSERT INTO {_beside(table)} VALUES ({', '.join('?' for _ in table.columns)})"  # noqa: S608 -- our own
        for rows in pages(table, aside, ROWS):
            with for_writing(engine).begin() as live:
                live.exec_driver_sql(insert, rows)


def take_place(live: Connection, projections: Sequence[Projection]) -> None:
    """What was copied is the views now. To index it takes a fraction of what it took to copy it."""
    for table in _tables(projections):
        table.drop(live)
        live.exec_driver_sql(f"ALTER TABLE {_beside(table)} RENAME TO {table.name}")
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


def _twin(table: Table) -> Table:
    """Without indexes: their names are taken, and in the end they are made faster."""
    twin = table.to_metadata(MetaData(), name=_beside(table))
    twin.indexes.clear()
    return twin


def _beside(table: Table) -> str:
    """A name of this process's own."""
    return f"{table.name}__{os.getpid()}"
