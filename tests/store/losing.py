"""A log that loses its end beneath a running process, as when a standby takes over that lacks it."""

import sqlite3
from contextlib import closing
from uuid import UUID

import psycopg

from service.settings import Settings


def lose_end(settings: Settings, *, after: int) -> None:
    """What stands in the log after a position is gone, and positions are counted on from there."""
    if settings.database_url:
        _lose_postgres(settings.database_url, after)
    else:
        _lose_sqlite(settings, after)


def _lose_postgres(url: str, after: int) -> None:
    with psycopg.connect(url) as connection:
        gone = connection.execute(
            "DELETE FROM stored_events WHERE notification_id>%s RETURNING originator_id, originator_version", (after,)
        ).fetchall()
        delete = "DELETE FROM sections WHERE originator_id=%s AND originator_version=%s"
        connection.cursor().executemany(delete, gone)
        connection.execute("SELECT setval(pg_get_serial_sequence('stored_events', 'notification_id'), %s)", (after,))


def _lose_sqlite(settings: Settings, after: int) -> None:
    with closing(sqlite3.connect(settings.data_dir / "log.db")) as connection, connection:
        gone = connection.execute(
            "DELETE FROM stored_events WHERE rowid>? RETURNING originator_id, originator_version", (after,)
        ).fetchall()
        named = [(UUID(stream).hex, version) for stream, version in gone]
        connection.executemany("DELETE FROM sections WHERE originator_id=? AND originator_version=?", named)
        connection.execute("UPDATE sqlite_sequence SET seq=? WHERE name='stored_events'", (after,))
