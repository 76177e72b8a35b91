"""What nothing happens to for now lies in a temporary file, so that memory does not grow with the history."""

import pickle
import sqlite3
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

T = TypeVar("T")
LOT: Final = 8
"""Values that are put aside as one: what they have in common is written once."""


class Shelf(Generic[T]):
    """Values by key, in memory or in a file that has no name and ends with the process; nobody else can write it.

    Before there are more than `least` in memory, and again before twice as many as had to stay there, those that
    `may_rest` are put aside; they wake up when they are asked for.
    """

    def __init__(
        self, least: int, may_rest: Callable[[T], bool] = lambda _: True, is_marked: Callable[[T], bool] = bool
    ) -> None:
        self.awake: dict[str, T] = {}
        self._least, self._may_rest, self._is_marked = least, may_rest, is_marked
        self._largest, self._resting = least, 0
        self._file = sqlite3.connect("")
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("CREATE TABLE resting (key TEXT PRIMARY KEY, lot INTEGER) WITHOUT ROWID")
        self._file.execute("CREATE TABLE lots (lot INTEGER PRIMARY KEY, marked INTEGER, content BLOB)")

    def __len__(self) -> int:
        return len(self.awake) + self._resting

    def get(self, key: str) -> T | None:
        """What was put there, with all that was changed in it since."""
        found = self.awake.get(key)
        return self._woken(key) if found is None and self._resting else found

    def put(self, key: str, value: T) -> T:
        """A new one."""
        if len(self.awake) >= self._largest:
            self.rest(*[each for each, known in self.awake.items() if self._may_rest(known)])
            self._largest = max(self._least, 2 * len(self.awake))
        self.awake[key] = value
        return value

    def rest(self, *keys: str) -> None:
        """Put these aside."""
        known = [(key, self.awake.pop(key)) for key in keys if key in self.awake]
        for start in range(0, len(known), LOT):
            self._rest(dict(known[start : start + LOT]))

    def marked(self) -> Iterator[T]:
        """Those that are marked or cannot be put aside, in no order."""
        yield from self.awake.values()
        for (content,) in self._file.execute("SELECT content FROM lots WHERE marked"):
            yield from filter(self._is_marked, self._read(content).values())

    def _rest(self, values: dict[str, T]) -> None:
        is_marked = any(map(self._is_marked, values.values()))
        insert = "INSERT INTO lots (marked, content) VALUES (?, ?)"
        lot = self._file.execute(insert, (is_marked, pickle.dumps(values))).lastrowid
        self._file.executemany("INSERT INTO resting VALUES (?, ?)", [(key, lot) for key in values])
        self._resting += len(values)

    def _woken(self, key: str) -> T | None:
        """Those of its lot wake with it."""
        found = "SELECT lot, content FROM resting JOIN lots USING (lot) WHERE key = ?"
        row = self._file.execute(found, (key,)).fetchone()
        if row is None:
            return None
        lot, content = row
        values = self._read(content)
        self._file.execute("DELETE FROM lots WHERE lot = ?", (lot,))
        self._file.executemany("DELETE FROM resting WHERE key = ?", [(each,) for each in values])
        self._resting -= len(values)
        self.awake |= values
        return values[key]

    def _read(self, content: bytes) -> dict[str, T]:
        values: dict[str, T] = pickle.loads(content)  # noqa: S301 -- it is what was put there
        return values
