"""The statements that read and write many rows of a table at once, as the drivers take them.

A tenth of what SQLAlchemy needs to make them for each row anew; their number never depends on that of the rows.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, Final, TypeAlias

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql

from projections.arrays import Array, array
from projections.span import CURRENT

Row: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[Any, ...]
Values: TypeAlias = tuple[Any, ...]
"""A row in the order of its table's columns."""

WHILE_BUILT: Final = "asked while built"
"""What an index is marked by (`info`) that a view asks by while it follows the log."""
DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # as the library has it


@dataclass(frozen=True)
class Layout:
    """One table: its key, and its statements."""

    names: tuple[str, ...]
    columns: tuple[Column[Any], ...]
    keys: tuple[Column[Any], ...]
    key: Callable[[Row], Key]
    values: Callable[[Row], Values]
    select: str
    insert: str
    update: str
    delete: str
    is_postgres: bool

    def read(self, connection: Connection, firsts: Iterable[Any]) -> list[Row]:
        """The rows whose keys begin with one of these; of a table with spans those that hold now."""
        asked = array(self.keys[0], [*firsts]) if self.is_postgres else json.dumps([*firsts])
        found = connection.exec_driver_sql(self.select, (asked,))
        return [dict(zip(self.names, row, strict=True)) for row in found]

    def write(
        self, connection: Connection, gone: Sequence[Key], known: Sequence[Values], new: Sequence[Values]
    ) -> None:
        """Delete the rows of the keys, change those that are there, and store the new ones."""
        for statement, columns, rows in (
            (self.delete, self.keys, gone),
            (self.update, self.columns, known),
            (self.insert, self.columns, new),
        ):
            if rows:
                connection.exec_driver_sql(statement, _arrays(columns, rows) if self.is_postgres else [*rows])


@cache
def layout(table: Table, dialect: str) -> Layout:
    """Worked out once for each table and database."""
    names, key = table.columns.keys(), _getter(table.primary_key.columns.keys())
    columns, keys = tuple(table.columns), tuple(table.primary_key)
    statements = _postgres(table) if dialect == "postgresql" else _sqlite(table)
    return Layout(tuple(names), columns, keys, key, _getter(names), *statements, is_postgres=dialect == "postgresql")


def pages(table: Table, connection: Connection, size: int) -> Iterator[list[Values]]:
    """Every row of a table in SQLite, so many at a time."""
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(f"SELECT {_names(table.columns)} FROM {table.name}")  # noqa: S608 -- names of our own
        while rows := [*cursor.fetchmany(size)]:
            yield rows


def _getter(names: Sequence[str]) -> Callable[[Row], tuple[Any, ...]]:
    """`itemgetter` of one name gives no tuple."""
    only = names[0]
    return itemgetter(*names) if len(names) > 1 else lambda row: (row[only],)


def _sqlite(table: Table) -> tuple[str, str, str, str]:
    asked = "SELECT value FROM json_each(?)"
    key = " AND ".join(f"{_quoted(column)}=?" for column in table.primary_key)
    place = {column: f"{_quoted(column)}=?{number}" for number, column in enumerate(table.columns, 1)}
    found = " AND ".join(place[column] for column in table.primary_key)
    marks = ", ".join("?" for _ in table.columns)
    update = f"{_update(table, place)} WHERE {found}"
    delete = f"DELETE FROM {table.name} WHERE {key}"  # noqa: S608 -- names of our tables
    return _select(table, f"IN ({asked})"), f"{_insert(table)} VALUES ({marks})", update, delete


def _postgres(table: Table) -> tuple[str, str, str, str]:
    """Each column goes as one array: a statement of a thousand rows is one message."""
    first, *_ = keys = [*table.primary_key]
    key, gone, known = (
        ", ".join(f"{each}.{_quoted(column)}" for column in keys) for each in (table.name, "gone", "known")
    )
    gone_ones = f"unnest({_asked(*keys)}) AS gone ({_names(keys)})"
    known_ones = f"unnest({_asked(*table.columns)}) AS known ({_names(table.columns)})"
    place = {column: f"{_quoted(column)}=known.{_quoted(column)}" for column in table.columns}
    insert = f"{_insert(table)} SELECT * FROM unnest({_asked(*table.columns)})"  # noqa: S608 -- names of our tables
    update = f"{_update(table, place)} FROM {known_ones} WHERE ({key}) = ({known})"
    delete = f"DELETE FROM {table.name} USING {gone_ones} WHERE ({key}) = ({gone})"  # noqa: S608 -- names of our tables
    return _select(table, f"= ANY({_asked(first)})"), insert, update, delete


def _select(table: Table, among: str) -> str:
    first = _quoted(next(iter(table.primary_key)))
    holds = f" AND node={CURRENT}" if "node" in table.c else ""
    return f"SELECT {_names(table.columns)} FROM {table.name} WHERE {first} {among}{holds}"  # noqa: S608 -- names of our tables


def _insert(table: Table) -> str:
    return f"INSERT INTO {table.name} ({_names(table.columns)})"


def _update(table: Table, place: Mapping[Column[Any], str]) -> str:
    """A row whose key is all that it has never changes: then it is no statement."""
    return f"UPDATE {table.name} SET {', '.join(place[each] for each in table.columns if not each.primary_key)}"  # noqa: S608 -- the same


def _asked(*columns: Column[Any]) -> str:
    return ", ".join(f"%b::{column.type.compile(DIALECT)}[]" for column in columns)


def _names(columns: Iterable[Column[Any]]) -> str:
    return ", ".join(map(_quoted, columns))


def _quoted(column: Column[Any]) -> str:
    return f'"{column.name}"'


def _arrays(columns: Sequence[Column[Any]], rows: Sequence[Values]) -> tuple[Array, ...]:
    return tuple(map(array, columns, zip(*rows, strict=True)))
