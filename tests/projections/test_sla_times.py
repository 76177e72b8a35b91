"""The times of a month are read by rank, and are at each position those of the clocks that are decided there."""

import pytest
from hypothesis import given
from hypothesis import settings as effort
from sqlalchemy import Connection, select

from domain.classification import Priority
from domain.clock import Exclusion
from domain.instant import MINUTE
from domain.policy import Clock
from domain.ticket.promise import exclude
from projections import sla, sla_months
from projections.sla_months import Cell, added
from projections.sla_times import together
from tests.cast import ANN
from tests.projections.effort import plans
from tests.projections.histories import STEPS
from tests.projections.story import Story
from tests.projections.test_sla import accepted
from tests.projections.test_sla_months import NOVEMBER, around_midnight

MANY = 40


@pytest.fixture
def busy(any_story: Story) -> Story:
    """Forty reactions, one of them excluded, of two priorities."""
    for number in range(MANY):
        stream = any_story.open(priority=[Priority.HIGH, Priority.LOW][number % 2])
        accepted(any_story, stream, (number * 7 % 19 + 1) * MINUTE)
    any_story.do(stream, exclude, clock=Clock.REACTION, instance=1, reason=Exclusion.CLOCK_ERROR, by=ANN)
    return any_story


def reactions(connection: Connection, position: int) -> list[Cell]:
    cells = sla_months.cells(connection, [NOVEMBER], position)[NOVEMBER]
    return [each for each in cells if each.clock is Clock.REACTION]


def test_each_rank_is_read_alone(busy: Story) -> None:
    with busy.seen() as connection:
        for position, count in ((busy.desk.log.head(), MANY - 1), (busy.desk.log.head() - 1, MANY)):
            used = added(reactions(connection, position)).used
            assert (len(used), [used[rank] for rank in range(len(used))]) == (count, sorted(used))
            assert (used[-1], used[2:5]) == (max(used), tuple(sorted(used)[2:5]))


def test_there_is_no_rank_beyond_the_last(busy: Story) -> None:
    with busy.seen() as connection:
        used = added(reactions(connection, busy.desk.log.head())).used
        with pytest.raises(IndexError):
            used[MANY]


def test_classes_are_apart_until_they_are_put_together(busy: Story) -> None:
    with busy.seen() as connection:
        parts = [each.tally.used for each in reactions(connection, busy.desk.log.head())]
        assert [len(part) for part in parts] == [MANY // 2, MANY // 2 - 1]
        assert sorted([*parts[0], *parts[1]]) == [*together(parts)] == [*together([tuple(part) for part in parts])]


def test_the_time_of_a_rank_is_found_by_the_index(busy: Story) -> None:
    with busy.seen() as connection:
        used = added(reactions(connection, busy.desk.log.head())).used
        if connection.dialect.name == "sqlite":
            (plan,) = plans(connection, lambda: used[MANY // 2])
            by = "month=? AND published=? AND clock=? AND level=? AND used>? AND used<?"
            assert f"SEARCH {sla.NAME} USING COVERING INDEX {sla.NAME}_month ({by})" in plan
            assert "ORDER BY" not in plan


@effort(max_examples=15)
@given(STEPS)
def test_at_every_position_the_times_are_those_of_the_decided_clocks(steps: list[tuple[str, int, int]]) -> None:
    with around_midnight(steps) as story, story.seen() as connection:
        for position in range(1, story.desk.log.head() + 1):
            told = sla_months.cells(connection, [NOVEMBER, "2026-12"], position)
            times = sorted(each for cells in told.values() for cell in cells for each in cell.tally.used)
            assert times == sorted(timed(connection, position))
            assert sum(len(cell.tally.used) for cells in told.values() for cell in cells) == len(times)


def timed(connection: Connection, position: int) -> list[int]:
    """Row by row."""
    rows = connection.execute(select(sla.CLOCKS).where(sla.CLOCKS.c.published, sla.CLOCKS.c.month.is_not(None)))
    return [
        row.used
        for row in rows
        if row.from_position <= position < row.to_position
        and row.used is not None
        and row.excluded is None
        and row.outcome in sla.DECIDED
    ]
