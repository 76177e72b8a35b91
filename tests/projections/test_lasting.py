from typing import Final

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from projections.lasting import lasting, lasting_columns, lasting_indexes, touching

THINGS: Final = Table("things", MetaData(), Column("number", Integer, primary_key=True), *lasting_columns())
lasting_indexes(THINGS)
INSTANTS: Final = st.integers(1, 200)


@given(st.lists(st.tuples(INSTANTS, st.integers(0, 100)), min_size=1), INSTANTS, st.integers(1, 100))
def test_what_touches_a_time_is_found(spans: list[tuple[int, int]], since: int, length: int) -> None:
    until = since + length
    rows = [{"number": number, **lasting(at, at + lasts)} for number, (at, lasts) in enumerate(spans)]
    with create_engine("sqlite://").begin() as connection:
        THINGS.metadata.create_all(connection)
        connection.execute(insert(THINGS), rows)
        found = set(connection.scalars(select(THINGS.c.number).where(touching(THINGS, since, until))))
    touch = {number for number, (at, lasts) in enumerate(spans) if at < until and at + lasts > since}
    assert found == touch
