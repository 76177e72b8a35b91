"""Pages by the index are what sorting all tickets gives, whatever is at risk, and however long a page is."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, select, update

from domain.access import Scope
from projections import queue, queue_page, ticket
from projections.batch import CHECKPOINTS, prepare
from projections.database import for_writing, temporary_views
from projections.outlook import NEVER
from projections.queue_table import IDLE, ONLY, TICKETS, WIDEST
from projections.scope import Filters
from projections.span import CURRENT, FOR_EVER

NOW = 100
POSITION = 9
EVERYTHING, NOTHING = Scope(everything=True), Filters()
INSTANTS = st.none() | st.integers(80, 120)
LOOKS = st.lists(st.tuples(INSTANTS, st.integers(0, 30), st.booleans(), st.booleans(), st.integers(1, 3)), max_size=40)
"""Of each ticket: due, at risk how long before, whether it can be at risk, whether it is paused, opened."""


@pytest.fixture(scope="module")
def views() -> Iterator[Engine]:
    engine = temporary_views()
    prepare(engine, [queue, ticket])
    with for_writing(engine).begin() as connection:
        connection.execute(update(CHECKPOINTS).values(position=POSITION))
    yield engine
    engine.dispose()


@given(looks=LOOKS, limit=st.integers(1, 7), few=st.sampled_from([1, 5, 500]))
def test_pages_by_the_index_are_what_sorting_gives(views: Engine, looks: list[Any], limit: int, few: int) -> None:
    rows = [_row(number, look) for number, look in enumerate(looks)]
    with pytest.MonkeyPatch.context() as patch, for_writing(views).begin() as connection:
        patch.setattr(queue_page, "FEW", few)
        for statement in (queue_page._first, queue_page._next):
            statement.cache_clear()
        _store(connection, rows)
        pages = [queue.page(connection, EVERYTHING, NOTHING, at=NOW, limit=limit)]
        while pages[-1].cursor:
            pages.append(queue.page(connection, EVERYTHING, NOTHING, at=0, cursor=pages[-1].cursor, limit=limit))
    assert [each.stream for page in pages for each in page.tickets] == [
        each["stream"] for each in sorted(rows, key=_by)
    ]
    assert {len(page.tickets) for page in pages[:-1]} <= {limit}


def test_an_empty_queue_says_how_far_it_is_known(views: Engine) -> None:
    with for_writing(views).begin() as connection:
        _store(connection, [])
        assert queue.page(connection, EVERYTHING, NOTHING, at=NOW) == queue.Page([], POSITION, None)


def test_the_first_page_reads_a_page_of_the_index_however_long_the_queue_is(views: Engine) -> None:
    with for_writing(views).begin() as connection:
        steps = []
        for size in (1_000, 10_000):
            _store(connection, [_row(number, (NOW + 50 + number, 10, True, False, 1)) for number in range(size)])
            steps.append(_steps(connection))
    assert steps[1] < 1.2 * steps[0]


def _steps(connection: Any) -> int:
    """Of the database's machine, in hundreds."""
    queue.page(connection, EVERYTHING, NOTHING, at=NOW)
    counted, raw = [0], connection.connection.dbapi_connection
    raw.set_progress_handler(lambda: counted.append(0), 100)
    assert len(queue.page(connection, EVERYTHING, NOTHING, at=NOW).tickets) == 50
    raw.set_progress_handler(None, 0)
    return len(counted)


def _by(row: dict[str, Any]) -> tuple[int, int, int, str]:
    """The order in the words of the rule: breached, at risk, earliest due, opening; paused last."""
    due, risk = row["due_at"], row["at_risk_at"]
    rank = 3 if row["paused"] and due is None else 2
    rank = 1 if risk is not None and risk <= NOW else rank
    rank = 0 if due is not None and due < NOW else rank
    return rank, NEVER if due is None else due, row["opened_at"], row["stream"]


def _row(number: int, look: tuple[int | None, int, bool, bool, int]) -> dict[str, Any]:
    due, before, can_be, paused, opened = look
    plain = dict.fromkeys(("organisation", "requester", "line", "team", "level", "kind", "priority", "complexity"), "x")
    risk = (NOW - 15 if due is None else due) - before
    return {
        **plain, "stream": f"{number:032x}", "reference": "1", "stage": "opened", "opened_at": opened, "due_at": due,
        "at_risk_at": risk if can_be else None, "paused": paused, "beyond_calendar": False,
        "turn": due if due is not None else IDLE if paused else NEVER,
        "from_position": 1, "to_position": FOR_EVER, "node": CURRENT,
    }  # fmt: skip


def _store(connection: Any, rows: list[dict[str, Any]]) -> None:
    for table in (TICKETS, WIDEST):
        connection.execute(delete(table))
    if rows:
        connection.execute(insert(TICKETS), rows)
        connection.execute(insert(WIDEST), {"only": ONLY, "milliseconds": 30})
    assert len(connection.execute(select(TICKETS.c.stream)).all()) == len(rows)
