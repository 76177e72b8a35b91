import sqlite3

import psycopg.errors
import pytest
from eventsourcing.persistence import OperationalError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError as OutageOfViews

from store.outage import OUTAGES, is_full


@pytest.fixture
def full() -> Exception:
    """What SQLite says when there is no space."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA max_page_count=2")
    connection.execute("CREATE TABLE filler (content)")
    with pytest.raises(sqlite3.OperationalError) as fault:
        connection.execute("INSERT INTO filler VALUES (zeroblob(100000))")
    connection.close()
    return fault.value


def test_a_full_disk_is_seen_through_the_library_of_the_log(full: Exception) -> None:
    outage = OperationalError(full)
    outage.__cause__ = full
    assert is_full(outage)
    assert isinstance(outage, OUTAGES)


def test_a_full_disk_is_seen_through_the_library_of_keys_and_views() -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("PRAGMA max_page_count=2"))
        connection.execute(text("CREATE TABLE filler (content)"))
        with pytest.raises(OutageOfViews) as outage:
            connection.execute(text("INSERT INTO filler VALUES (zeroblob(100000))"))
    assert is_full(outage.value)


def test_a_full_disk_of_the_server_is_one_as_well() -> None:
    assert is_full(psycopg.errors.DiskFull())


@pytest.mark.parametrize("fault", [psycopg.OperationalError(), sqlite3.OperationalError(), OperationalError()])
def test_a_server_that_is_away_is_no_full_disk(fault: Exception) -> None:
    assert not is_full(fault)
