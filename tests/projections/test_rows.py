from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, event, insert, select

from projections.rows import Rows

THINGS = Table(
    "things",
    MetaData(),
    Column("key", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("size", String),
)
STREAMS = Table(
    "streams", THINGS.metadata, Column("stream", String, primary_key=True), Column("size", String, nullable=False)
)
SMALL = {"key": "a", "number": 1, "size": "small"}
LARGE = {"key": "a", "number": 1, "size": "large"}

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "write", "get"]), st.sampled_from("abc"), st.integers(1, 2), st.text("xy")
    ),
    max_size=30,
)


@pytest.fixture
def connection() -> Iterator[Connection]:
    yield from _empty()


def _empty() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    THINGS.metadata.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def stored(connection: Connection) -> list[dict[str, object]]:
    return [dict(row) for row in connection.execute(select(THINGS)).mappings()]


def statements(connection: Connection, act: Callable[[], object]) -> int:
    """How many an act takes."""
    told: list[object] = []
    event.listen(connection, "before_cursor_execute", lambda *_: told.append(None))
    act()
    return len(told)


@given(STEPS)
def test_rows_are_read_and_written_as_if_each_change_were_a_statement(steps: list[tuple[str, str, int, str]]) -> None:
    for connection in _empty():
        rows, expected = Rows(connection, "ab"), dict[tuple[str, int], dict[str, object]]()
        for what, key, number, size in steps:
            if what == "put":
                expected[key, number] = {"key": key, "number": number, "size": size}
                rows.put(THINGS, expected[key, number])
            elif what == "remove":
                expected.pop((key, number), None)
                rows.remove(THINGS, key, number)
            elif what == "write":
                rows.written()
            assert rows.get(THINGS, key, number) == expected.get((key, number))
        found = {(row["key"], row["number"]): row for row in stored(rows.written())}
        assert found == expected


def test_what_an_earlier_batch_left_is_changed_and_removed(connection: Connection) -> None:
    connection.execute(insert(THINGS), [SMALL, {**SMALL, "number": 2}])
    rows = Rows(connection)
    rows.put(THINGS, LARGE)
    rows.remove(THINGS, "a", 2)
    rows.add(THINGS, {**SMALL, "number": 3})
    assert stored(rows.written()) == [LARGE, {**SMALL, "number": 3}]


def test_what_is_likely_is_read_at_once(connection: Connection) -> None:
    rows = Rows(connection, "abc")
    assert statements(connection, lambda: [rows.get(THINGS, key, 1) for key in "abc"]) == 1


def test_what_comes_out_as_it_was_is_not_written(connection: Connection) -> None:
    connection.execute(insert(THINGS), SMALL)
    rows = Rows(connection)
    rows.put(THINGS, LARGE)
    rows.put(THINGS, SMALL)
    assert statements(connection, rows.written) == 0


def test_a_row_that_is_new_for_certain_is_not_read(connection: Connection) -> None:
    rows = Rows(connection)
    assert statements(connection, lambda: rows.add(THINGS, SMALL)) == 0
    assert stored(rows.written()) == [SMALL]


def test_a_row_that_was_added_is_changed_without_being_read(connection: Connection) -> None:
    rows = Rows(connection)
    rows.add(THINGS, SMALL)
    assert statements(connection, lambda: rows.put(THINGS, LARGE)) == 0
    assert stored(rows.written()) == [LARGE]


def test_of_a_stream_that_is_new_nothing_is_read_until_something_is_written(connection: Connection) -> None:
    rows, row = Rows(connection, "ab", "a"), {"stream": "a", "size": "small"}
    assert statements(connection, lambda: rows.get(STREAMS, "a")) == 0
    assert statements(connection, lambda: rows.put(STREAMS, row)) == 0
    rows.written()
    assert rows.get(STREAMS, "a") == row


def test_what_is_new_as_a_stream_is_read_where_the_key_is_something_else(connection: Connection) -> None:
    connection.execute(insert(THINGS), SMALL)
    assert Rows(connection, "ab", "a").get(THINGS, "a", 1) == SMALL
