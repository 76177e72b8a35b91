"""The reference of `rebuild`: reads the rows that a rebuild reads and decodes them, and does nothing else.

Usage: python decoding.py LOG. Runs in the environment of the references; prints JSON.
"""

import json
import sqlite3
import sys
from contextlib import closing
from resource import RUSAGE_SELF, getrusage

import orjson  # type: ignore[import-not-found]  # of the environment that it runs in

ROWS = (
    "SELECT e.rowid, e.originator_id, e.originator_version, e.state, s.key_id, s.nonce, s.ciphertext"
    " FROM stored_events e JOIN sections s USING (originator_id, originator_version)"
    " WHERE s.name = 'facts' ORDER BY e.rowid"
)
"""Every event with its sealed facts, which are carried and not opened."""


def decoded(path: str) -> int:
    """How many there are."""
    with closing(sqlite3.connect(path)) as connection:
        return sum(bool(orjson.loads(row[3])) for row in connection.execute(ROWS))


if __name__ == "__main__":
    before = getrusage(RUSAGE_SELF)
    events = decoded(sys.argv[1])
    after = getrusage(RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"events": events, "cpu": cpu}))  # noqa: T201 -- for the process that started it
