from collections.abc import Iterable

import pytest
from sqlalchemy import Connection

from projections import positions
from projections.layout import Layout, layout
from projections.past import NEVER
from projections.rows import Row, Rows
from tests.cast import AT
from tests.projections.story import Story


def test_an_instant_means_the_newest_event_stored_by_then(story: Story) -> None:
    first = story.desk.log.head()
    story.after(10)
    story.open()
    with story.seen() as connection:
        found = [positions.position_at(connection, at) for at in (AT - 1, AT, AT + 9, AT + 10, AT + 10**9)]
    assert found == [0, first, first, story.desk.log.head(), story.desk.log.head()]


def test_a_clock_that_was_set_back_hides_nothing_that_was_known(story: Story) -> None:
    story.after(10)
    story.open()
    story.clock.now = AT + 5
    story.open()
    with story.seen() as connection:
        assert positions.position_at(connection, AT + 5) < positions.position_at(connection, AT + 10)
        assert positions.position_at(connection, AT + 10) == story.desk.log.head()


def test_an_instant_is_not_looked_for_before_it_is_kept(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def read(of: Layout, _: Connection, firsts: Iterable[object]) -> list[Row]:
        asked.append((of.select, *firsts))
        return []

    monkeypatch.setattr(Layout, "read", read)
    rows = Rows(story.projector.engine.connect())
    for each in story.desk.log.read_all():
        positions.project(rows, each, NEVER)
    assert asked == [(layout(positions.NEWEST, "sqlite").select, positions.ONLY)]
