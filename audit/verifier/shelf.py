"""What nothing happens to for now lies in a temporary file, so that memory does not grow with the history."""

import pickle
import sqlite3
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


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
        self._file.execute("CREATE TABLE resting (key TEXT PRIMARY KEY, marked INTEGER, value BLOB)")

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
        values = [(key, self.awake.pop(key)) for key in keys if key in self.awake]
        rows = ((key, self._is_marked(value), pickle.dumps(value)) for key, value in values)
        self._file.executemany("INSERT INTO resting VALUES (?, ?, ?)", rows)
        self._resting += len(values)

    def marked(self) -> Iterator[T]:
        """Those that are marked or cannot be put aside, in no order."""
        yield from self.awake.values()
        for (value,) in self._file.execute("SELECT value FROM resting WHERE marked"):
            yield pickle.loads(value)  # noqa: S301 -- it is what was put there

    def _woken(self, key: str) -> T | None:
        row = self._file.execute("SELECT value FROM resting WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        self._file.execute("DELETE FROM resting WHERE key = ?", (key,))
        self._resting -= 1
        value: T = pickle.loads(row[0])  # noqa: S301 -- it is what was put there
        self.awake[key] = value
        return value
