"""What each engine is used for: durable commits, one order, connections that break."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg

from domain.event import Address
from service.settings import Settings
from store.postgres_recorder import APPEND_LOCK, PostgresRecorder
from store.sqlite_recorder import SQLiteRecorder
from tests.servers.postgres import Postgres
from tests.store.notebook import ANN, Shelf, open_shelf

BOOK = "1" * 32


def test_every_commit_to_sqlite_is_on_the_disk_when_it_returns(sqlite_shelf: Shelf) -> None:
    recorder = sqlite_shelf.log._recorder
    assert isinstance(recorder, SQLiteRecorder)
    with recorder.datastore.transaction(commit=False) as cursor:
        cursor.execute("SELECT journal_mode, synchronous FROM pragma_journal_mode, pragma_synchronous")
        assert tuple(cursor.fetchone()) == ("wal", 2)


def test_a_deleted_position_is_not_given_out_again(sqlite_shelf: Shelf) -> None:
    last = sqlite_shelf.write(BOOK, "one", "two").position
    recorder = sqlite_shelf.log._recorder
    assert isinstance(recorder, SQLiteRecorder)
    with recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute("DELETE FROM stored_events")
        cursor.execute("DELETE FROM sections")
    assert sqlite_shelf.write(BOOK, "three").position > last


def test_of_a_deleted_text_no_piece_is_left_in_the_file(tmp_path: Path) -> None:
    random, recorder = Random(7), SQLiteRecorder(str(tmp_path / "log.db"))  # noqa: S311 -- no secret
    recorder.create_table()
    streams = [UUID(bytes=random.randbytes(16)) for _ in range(500)]
    sealed = [random.randbytes(random.randint(60, 400)) for _ in streams]
    with recorder.datastore.transaction(commit=True) as cursor:
        rows = [(stream.hex, 1, "text", "key", b"n", text) for stream, text in zip(streams, sealed, strict=True)]
        cursor.executemany("INSERT INTO sections VALUES (?,?,?,?,?,?)", rows)
    recorder.empty_contents(streams)
    assert not recorder.have_contents(streams)
    content = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert [each for each in sealed if each[:16] in content] == []
    recorder.close()


def test_sections_come_in_the_order_of_their_places_and_none_for_one_that_is_missing(shelf: Shelf) -> None:
    shelf.write(BOOK, "one", "two", text="words")
    places = [(UUID(BOOK), version, name) for version, name in ((2, "text"), (3, "text"), (1, "facts"), (2, "text"))]
    found = shelf.log._recorder.select_sections_at(places)
    assert [each and each[:3] for each in found] == [places[0], None, *places[2:]]


def test_postgres_plans_once_what_is_asked_all_the_time_and_by_its_indexes(postgres_settings: Settings) -> None:
    shelf = open_shelf(postgres_settings)
    shelf.write(BOOK, "one", text="words")
    recorder = shelf.log._recorder
    assert isinstance(recorder, PostgresRecorder)
    for _ in range(50):  # of whichever connection it is
        recorder.select_sections_at([(UUID(BOOK), 1, "text")])
    for _ in range(50):
        recorder.select_tails({UUID(BOOK): 0})
    with recorder.datastore.get_connection() as connection:
        rows = connection.execute("SELECT name, statement, generic_plans FROM pg_prepared_statements").fetchall()
        kept = [each for each in rows if each["statement"].startswith("SELECT") and "LATERAL" in each["statement"]]
        assert len(kept) == 2
        assert all(each["generic_plans"] for each in kept)
    shelf.close()


def test_appends_to_postgres_wait_for_the_commit_before_them(postgres_settings: Settings) -> None:
    shelf = open_shelf(postgres_settings)
    with psycopg.connect(postgres_settings.database_url) as other, ThreadPoolExecutor(1) as thread:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [APPEND_LOCK])
        appending = thread.submit(shelf.write, BOOK, "one")
        while not other.execute("SELECT 1 FROM pg_locks WHERE locktype='advisory' AND NOT granted").fetchone():
            assert not appending.done()
            time.sleep(0.01)
        other.commit()
        assert appending.result().state.words == ("one",)
    shelf.close()


def test_a_writer_to_postgres_does_not_wait_for_a_reader_that_locks_the_table(postgres_settings: Settings) -> None:
    shelf = open_shelf(postgres_settings)
    with psycopg.connect(postgres_settings.database_url) as other:
        other.execute("LOCK TABLE stored_events IN SHARE UPDATE EXCLUSIVE MODE")  # what VACUUM takes
        assert shelf.write(BOOK, "one").state.words == ("one",)
    shelf.close()


def test_a_postgres_server_that_was_restarted_is_found_again(postgres: Postgres, postgres_settings: Settings) -> None:
    shelf = open_shelf(postgres_settings)
    shelf.write(BOOK, "before", text="words")
    postgres.cut_connections(postgres_settings.database_url)
    assert shelf.log.text(Address(owner=ANN, stream=BOOK, version=1, section="text")) == {"body": "words"}
    postgres.cut_connections(postgres_settings.database_url)
    assert shelf.write(BOOK, "after").state.words == ("before", "after")
    shelf.close()


def test_an_append_of_nothing_stores_nothing(postgres_settings: Settings) -> None:
    recorder = PostgresRecorder(postgres_settings.database_url)
    assert not recorder.insert_events([])
    assert recorder.max_notification_id() is None
    recorder.close()


def test_a_process_that_starts_waits_for_nobody_who_writes_to_the_log_or_cleans_it(postgres_settings: Settings) -> None:
    url = postgres_settings.database_url
    PostgresRecorder(url).close()
    with psycopg.connect(url) as writer, psycopg.connect(url) as cleaner:
        writer.execute("LOCK sections, stored_events IN ROW EXCLUSIVE MODE")
        cleaner.execute("LOCK sections, stored_events IN SHARE UPDATE EXCLUSIVE MODE")
        PostgresRecorder(f"{url}?options=-c%20lock_timeout%3D2s").close()


def test_what_an_older_version_did_not_make_is_made(postgres_settings: Settings) -> None:
    url = postgres_settings.database_url
    PostgresRecorder(url).close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP INDEX sections_key")
        connection.execute("DROP INDEX stored_erasures")
        PostgresRecorder(url).close()
        made = connection.execute(
            "SELECT indexname FROM pg_indexes WHERE indexname IN ('sections_key', 'stored_erasures')"
        )
        assert made.rowcount == 2
