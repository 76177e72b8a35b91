from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Column, Engine, Integer, MetaData, String, Table, Text, select

from projections.database import postgres_views
from projections.layout import layout
from tests.servers.postgres import Postgres

THINGS = Table(
    "things",
    MetaData(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String),
    Column("event", Text),
    Column("at", BigInteger),
    Column("number", Integer),
    Column("is_open", Boolean),
)
LONGS, INTEGERS = st.integers(-(2**63), 2**63 - 1), st.integers(-(2**31), 2**31 - 1)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ROWS = st.lists(
    st.tuples(LONGS, *(st.none() | each for each in (TEXTS, TEXTS, LONGS, INTEGERS, st.booleans()))),
    unique_by=lambda row: row[0],
)


@pytest.fixture(scope="module")
def views(postgres: Postgres) -> Iterator[Engine]:
    engine = postgres_views(postgres.fresh_database())
    THINGS.metadata.create_all(engine)
    yield engine
    engine.dispose()


@given(ROWS)
def test_rows_are_stored_changed_and_removed_as_they_are(views: Engine, rows: Sequence[tuple[Any, ...]]) -> None:
    things = layout(THINGS, "postgresql")
    with views.begin() as connection:
        things.write(connection, [], [], rows)
        assert {tuple(row) for row in connection.execute(select(THINGS))} == {*rows}
        found = things.read(connection, [row[0] for row in rows])
        assert {things.values(row) for row in found} == {*rows}
        changed = [(row[0], *other[1:]) for row, other in zip(rows, rows[::-1], strict=True)]
        things.write(connection, [], changed, [])
        assert {tuple(row) for row in connection.execute(select(THINGS))} == {*changed}
        things.write(connection, [row[:1] for row in rows], [], [])
        assert not connection.execute(select(THINGS)).all()


def test_truths_of_sqlite_are_truths(views: Engine) -> None:
    with views.begin() as connection:
        layout(THINGS, "postgresql").write(connection, [], [], [(1, *[None] * 4, 1), (2, *[None] * 4, 0)])
        assert connection.execute(select(THINGS.c.is_open).order_by(THINGS.c.position)).scalars().all() == [True, False]
        connection.rollback()
