from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, MetaData, String, Table, create_engine, insert, select

from projections.rows import Rows
from projections.span import fork, holding_at, span_columns, span_index

THINGS = Table("things", MetaData(), Column("key", String, primary_key=True), Column("size", String), *span_columns())
span_index(THINGS)

CHANGES = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["small", "large", None])), max_size=40)


def empty() -> Engine:
    engine = create_engine("sqlite://")
    THINGS.metadata.create_all(engine)
    return engine


@given(CHANGES)
def test_what_held_at_any_position_is_found(changes: list[tuple[str, str | None]]) -> None:
    holding: dict[str, str] = {}
    with empty().begin() as connection:
        known = [dict(holding)]
        rows = Rows(connection, "ab")
        for position, (key, size) in enumerate(changes, start=1):
            rows.hold(THINGS, {"key": key}, {"size": size} if size else None, position)
            if size == "large":
                rows.written()
            holding = {**holding, key: size} if size else {one: each for one, each in holding.items() if one != key}
            known.append(dict(holding))
        rows.written()
        for position, expected in enumerate(known):
            found = connection.execute(select(THINGS.c.key, THINGS.c.size).where(holding_at(THINGS, position)))
            assert {row.key: row.size for row in found} == expected


def test_a_row_that_does_not_change_stays_one_row() -> None:
    with empty().begin() as connection:
        rows = Rows(connection)
        for position in range(1, 10):
            rows.hold(THINGS, {"key": "a"}, {"size": "small"}, position)
        rows.written()
        assert len(connection.execute(select(THINGS)).all()) == 1


@given(st.integers(1, 2**40), st.integers(0, 2**40))
def test_the_fork_is_the_roundest_position_of_the_span(first: int, length: int) -> None:
    node = fork(first, first + length)
    assert first <= node <= first + length
    step = node & -node
    assert not any(first <= each <= first + length for each in (node - step, node + step) if each & -each > step)


def test_the_past_is_found_by_the_index() -> None:
    with empty().begin() as connection:
        connection.execute(insert(THINGS).values(key="a", size="small", from_position=1, to_position=2, node=1))
        query = select(THINGS).where(holding_at(THINGS, 10**6)).compile(compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert "SEARCH things USING INDEX things_span (node=?" in str(plan)
