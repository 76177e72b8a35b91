"""Rows that take the place of a view's from one moment to the next: on SQLite, where whoever writes holds up others.

They are copied in portions, each a transaction of its own, into tables beside the view's, which then get its names.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection, Engine, MetaData, Table, inspect

from projections.batch import Projection
from projections.database import BUSY_TIMEOUT, for_writing

ROWS = 10_000
"""Rows in one transaction."""


def stage(engine: Engine, aside: Connection, projections: Sequence[Projection]) -> int:
    """Copy what was built aside, under this number. Whoever else was about to do so is in vain: its tables are gone.

    SQLite copies from file to file: it would take several times as long to hand each value over to Python and back.
    """
    with for_writing(engine).begin() as live:
        clear(live, projections)
        number: int = live.exec_driver_sql("SELECT random() & 0x7fffffffffffffff").scalar_one()
        for table in _tables(projections):
            _twin(table, number).create(live)
    with _attached(engine, aside) as driver:
        for table in _tables(projections):
            copied = f"INSERT INTO live.{_beside(table, number)} SELECT * FROM main.{table.name}"  # noqa: S608 -- our own
            for span in portions(driver, table.name, ROWS):
                driver.execute(f"{copied} WHERE rowid > ? AND rowid <= ?", span)
    return number


def portions(driver: sqlite3.Connection, table: str, size: int) -> Iterator[tuple[int, int]]:
    """The rows of a table, so many at a time: those behind one number of a row and up to another."""
    numbers = f"SELECT rowid FROM main.{table} WHERE rowid > ? ORDER BY rowid LIMIT ?"  # noqa: S608 -- our own
    after = -(2**63)
    while (until := driver.execute(f"SELECT max(rowid) FROM ({numbers})", (after, size)).fetchall()[0][0]) is not None:  # noqa: S608 -- our own
        yield after, until
        after = until


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


@contextmanager
def _attached(engine: Engine, aside: Connection) -> Iterator[sqlite3.Connection]:
    """The views as `live` beside what was built aside; each statement is a transaction of its own."""
    driver = cast("sqlite3.Connection", aside.connection.driver_connection)
    driver.execute("ATTACH ? AS live", (engine.url.database,))
    try:
        driver.execute("PRAGMA live.synchronous=NORMAL")
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT * 1000}")
        yield driver
    finally:
        driver.execute("DETACH live")


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
