"""A view in SQLite is replaced while others write: they wait for a portion of its rows, and never for all of them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import inspect

from projections import queue, staging, trail
from projections.rebuild import differing, rebuild, rebuild_together
from projections.staging import portions
from tests.projections.story import Story, bulk


@pytest.fixture
def long(story: Story) -> Story:
    """More rows than are copied at a time."""
    bulk(story, 60)
    story.projector.catch_up()
    return story


def meanwhile(patch: pytest.MonkeyPatch, happens: Callable[[], None]) -> list[int]:
    """Before each portion something happens; the sizes of the portions."""
    sizes: list[int] = []

    def copying(driver: sqlite3.Connection, table: str, size: int) -> Iterator[tuple[int, int]]:
        for span in portions(driver, table, size):
            happens()
            held = driver.execute(f"SELECT count(*) FROM main.{table} WHERE rowid > ? AND rowid <= ?", span)  # noqa: S608
            sizes.append(held.fetchone()[0])
            yield span

    patch.setattr(staging, "portions", copying)
    patch.setattr(staging, "ROWS", 10)
    return sizes


def left(story: Story) -> list[str]:
    """Tables that are no view's."""
    return [name for name in inspect(story.engine).get_table_names() if "__" in name]


def schema(story: Story) -> list[Any]:
    with story.engine.connect() as connection:
        query = "SELECT name, tbl_name FROM sqlite_master ORDER BY 1"
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def test_others_write_while_rows_are_copied(long: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def write() -> None:
        with closing(sqlite3.connect(str(long.engine.url.database), timeout=0)) as another, another:
            another.execute("UPDATE checkpoints SET error=NULL")

    before, sizes = schema(long), meanwhile(monkeypatch, write)
    assert rebuild_together(long.projector, [trail, queue]) == long.desk.log.head()
    assert (len(sizes) > 6, max(sizes)) == (True, 10)
    assert (differing(long.projector, trail), differing(long.projector, queue)) == ([], [])
    assert (left(long), schema(long)) == ([], before)


def test_a_view_that_goes_on_meanwhile_is_not_taken_back(long: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def go_on() -> None:
        long.open()
        long.projector.catch_up()

    meanwhile(monkeypatch, go_on)
    assert rebuild(long.projector, trail) == long.desk.log.head()
    assert (differing(long.projector, trail), left(long)) == ([], [])


def test_what_a_process_that_was_killed_had_copied_is_dropped(long: Story) -> None:
    [table, *_] = trail.METADATA.sorted_tables
    with long.engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {table.name}__4194305 (row)")
    rebuild(long.projector, trail)
    assert left(long) == []


def test_of_two_who_copy_at_once_only_one_takes_the_place(long: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def another() -> None:
        monkeypatch.setattr(staging, "portions", portions)
        rebuild(long.projector, trail)
        monkeypatch.undo()

    meanwhile(monkeypatch, another)
    with pytest.raises(Exception, match="no such table"):
        rebuild(long.projector, trail)
    assert (differing(long.projector, trail), left(long)) == ([], [])
