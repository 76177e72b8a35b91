"""The rows that a batch of events changes: read together at the first question, written together at the end.

One statement for many rows costs a fraction of as many statements, and a row that changes several times in a batch is
written once, as it is in the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table

from domain.event import Id
from projections.layout import Key, Layout, Row, layout
from projections.span import CURRENT, FOR_EVER, fork


@dataclass(frozen=True)
class Held:
    """What a batch knows of one table."""

    layout: Layout
    read: set[Any] = field(default_factory=set)
    """The first parts of keys whose rows are all in `before`."""
    before: dict[Key, Row] = field(default_factory=dict)
    """As the database has them."""
    after: dict[Key, Row | None] = field(default_factory=dict)
    """As they are to be; None: gone."""


class Rows:
    """The tables within one transaction, by primary key; rows of the past (`projections.span`) are never read.

    `likely` are first parts of keys, such as the streams and organisations of the batch: once one is asked for, all are
    read. Of the streams that are `new` no table has a row yet.
    """

    def __init__(self, connection: Connection, likely: Iterable[Any] = (), new: Iterable[Id] = ()) -> None:
        self._connection = connection
        self._likely = frozenset(likely)
        self._new = frozenset(new)
        self._tables: dict[Table, Held] = {}

    def get(self, table: Table, *key: Any) -> Row | None:
        """The row of this key as the events so far have made it."""
        held = self._tables.get(table)
        if held is None or key[0] not in held.read:  # asked here, for this is asked more often than anything else
            held = self._known(table, key[0])
        return held.after[key] if key in held.after else held.before.get(key)

    def put(self, table: Table, row: Row) -> None:
        """The row of its key is this one, whether there was one or not."""
        held = self._held(table)
        key = held.layout.key(row)
        if key not in held.after:
            self._learn(held, key[0])
        held.after[key] = row

    def remove(self, table: Table, *key: Any) -> None:
        """No row has this key, whether one had it or not."""
        self._known(table, key[0]).after[key] = None

    def add(self, table: Table, row: Row) -> None:
        """A row whose key is known to be new: nothing is read."""
        held = self._held(table)
        held.after[held.layout.key(row)] = row

    def current(self, table: Table, key: Row) -> Row | None:
        """The row of a table with spans that holds now."""
        return self.get(table, *key.values(), CURRENT)

    def hold(self, table: Table, key: Row, values: Row | None, position: int) -> None:
        """From this position on the row has these values, or is not there if they are None."""
        place = *key.values(), CURRENT
        held = self._known(table, place[0])
        known = held.after[place] if place in held.after else held.before.get(place)
        if known is not None:
            if values is not None and values.items() <= known.items():
                return
            node = fork(known["from_position"], position - 1)
            held.after[*key.values(), node] = {**known, "to_position": position, "node": node}
            held.after[place] = None
        if values is not None:
            held.after[place] = {**key, **values, "from_position": position, "to_position": FOR_EVER, "node": CURRENT}

    def written(self) -> Connection:
        """The connection, on which all changes so far are seen: for questions that no key answers."""
        for held in self._tables.values():
            changed = {key: row for key, row in held.after.items() if row != held.before.get(key)}
            gone = [key for key, row in changed.items() if row is None]  # it was there: else nothing has changed
            known = [held.layout.values(row) for key, row in changed.items() if row is not None and key in held.before]
            new = [
                held.layout.values(row) for key, row in changed.items() if row is not None and key not in held.before
            ]
            held.layout.write(self._connection, gone, known, new)
        self._tables.clear()
        self._new = frozenset()
        return self._connection

    def _held(self, table: Table) -> Held:
        held = self._tables.get(table)
        if held is None:
            known = self._new if table.primary_key.columns.keys()[0] == "stream" else ()
            held = self._tables[table] = Held(layout(table, self._connection.dialect.name), {*known})
        return held

    def _known(self, table: Table, first: Any) -> Held:
        """What is known of a table, including all rows whose keys begin so."""
        held = self._held(table)
        self._learn(held, first)
        return held

    def _learn(self, held: Held, first: Any) -> None:
        if first not in held.read:
            firsts = self._likely - held.read if first in self._likely else {first}
            held.read.update(firsts)
            found = held.layout.read(self._connection, firsts)
            held.before.update((held.layout.key(row), row) for row in found)


__all__ = ["Row", "Rows"]
