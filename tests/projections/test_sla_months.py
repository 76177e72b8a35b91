"""What counts in a month is kept as it changes, and is at each position what the rows of the clocks add up to."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from sqlalchemy import Connection, select

from domain.attainment import month_of
from domain.classification import Priority
from domain.clock import Exclusion
from domain.desk import DeskFounded, found, set_up
from domain.instant import DAY, HOUR, MINUTE
from domain.month import Excluded
from domain.policy import Clock
from domain.ticket.opening import Publicity
from domain.ticket.outcome import reopen
from domain.ticket.promise import exclude
from projections import sla, sla_months
from projections.sla_months import Changed, Tally, added
from projections.span import CURRENT, holding_at
from service.settings import Settings
from store.streams import Command
from tests.cast import ANN, AT, CY
from tests.projections.effort import plans, steps
from tests.projections.histories import ACTS, STEPS
from tests.projections.story import Story, begin
from tests.projections.test_sla import accepted, confirmed, solved

NOVEMBER, DECEMBER = "2026-11", "2026-12"
YEAR = [NOVEMBER, DECEMBER, *(f"2027-{number:02}" for number in range(1, 12))]
FOUNDED = DeskFounded(
    at=AT, desk="d" * 32, origin="x", log_key="key", zone="Europe/Moscow", languages=("ru",), currency="RUB"
)
UNDECIDED = select(sla.CLOCKS).where(sla.CLOCKS.c.node == CURRENT, sla.CLOCKS.c.outcome.is_(None))
EVE = AT + 28 * DAY + 13 * HOUR
"""An hour before midnight of the last of November, in the zone of a desk that was not founded."""


def cells(story: Story, month: str = NOVEMBER, position: int | None = None) -> Mapping[Clock, Tally]:
    """The clocks of a month, all classes together."""
    with story.seen() as connection:
        at = story.desk.log.head() if position is None else position
        found = sla_months.cells(connection, [month], at).get(month, ())
        tallies = {clock: added(each for each in found if each.clock is clock) for clock in Clock}
        return {clock: replace(tally, used=tuple(tally.used)) for clock, tally in tallies.items()}


def test_verdicts_and_open_clocks_are_counted_by_class(story: Story) -> None:
    accepted(story, story.open(priority=Priority.HIGH), 11 * MINUTE)
    with story.seen() as connection:
        found = sla_months.cells(connection, [NOVEMBER, DECEMBER], story.desk.log.head())
        classes = {(each.clock, each.priority): each for each in found[NOVEMBER]}
        reaction, resolution = (classes[clock, Priority.HIGH] for clock in (Clock.REACTION, Clock.RESOLUTION))
        assert [*reaction.tally.used] == [11 * MINUTE]
    assert found.keys() == {NOVEMBER}
    assert (reaction.tally.decided, reaction.tally.breached, set(reaction.policies)) == (1, 1, {1})
    assert (len(resolution.tally.used), resolution.tally.undecided) == (0, 1)


def test_the_past_is_counted_as_it_was(any_story: Story) -> None:
    story = any_story
    stream = story.open()
    accepted(story, stream, 30 * MINUTE)
    then = story.desk.log.head()
    story.do(stream, exclude, clock=Clock.REACTION, instance=1, reason=Exclusion.CLOCK_ERROR, by=ANN)
    assert cells(story)[Clock.REACTION] == Tally(excluded=1)
    assert cells(story, position=then)[Clock.REACTION] == Tally((30 * MINUTE,), decided=1, breached=1)
    assert cells(story, position=1)[Clock.REACTION] == Tally()


def test_a_clock_that_is_due_later_moves_to_a_later_month(story: Story) -> None:
    stream = story.open()
    solved(story, stream)
    assert [cells(story, each)[Clock.RESOLUTION].undecided for each in (NOVEMBER, DECEMBER)] == [1, 0]
    story.after(30 * DAY)
    story.do(stream, reopen, by=CY)
    assert [cells(story, each)[Clock.RESOLUTION].undecided for each in (NOVEMBER, DECEMBER)] == [0, 1]


def test_several_classes_are_added_up(story: Story) -> None:
    for priority, after in ((Priority.LOW, 3), (Priority.HIGH, 1), (Priority.NORMAL, 2)):
        accepted(story, story.open(priority=priority), after * MINUTE)
    assert cells(story)[Clock.REACTION] == Tally((MINUTE, 2 * MINUTE, 3 * MINUTE), decided=3)


def test_months_are_those_of_the_zone_of_the_desk(story: Story) -> None:
    story.desk.founding.act(Command("f" * 32), story.desk.stream, found, FOUNDED)
    story.clock.now = EVE - HOUR
    accepted(story, story.open(), MINUTE)
    assert (cells(story)[Clock.REACTION].decided, cells(story, DECEMBER)[Clock.REACTION].decided) == (0, 1)


def test_a_desk_may_move_to_another_zone_before_its_first_ticket(story: Story) -> None:
    story.desk.founding.act(Command("f" * 32), story.desk.stream, found, FOUNDED)
    told: dict[str, Any] = {"languages": ("ru",), "currency": "RUB", "tickets": False, "at": AT}
    story.desk.founding.act(Command("e" * 32), story.desk.stream, set_up, zone="Etc/UTC", **told)
    story.clock.now = EVE - HOUR
    accepted(story, story.open(), MINUTE)
    assert (cells(story)[Clock.REACTION].decided, cells(story, DECEMBER)[Clock.REACTION].decided) == (1, 0)


def test_opaque_tickets_are_told_by_their_number_alone(story: Story) -> None:
    for publicity in (Publicity.OPAQUE, Publicity.PUBLISHED, Publicity.OPAQUE):
        accepted(story, story.open(publicity=publicity), MINUTE)
    with story.seen() as connection:
        head = story.desk.log.head()
        assert sla_months.opaque(connection, NOVEMBER, head) == 2
        assert sla_months.opaque(connection, DECEMBER, head) == 0
        assert sla_months.opaque(connection, NOVEMBER, 2) == 0
    assert cells(story)[Clock.REACTION].decided == 1


def test_what_is_undecided_is_counted_of_opaque_tickets_too(story: Story) -> None:
    for publicity in Publicity:
        accepted(story, story.open(publicity=publicity), MINUTE)
    with story.seen() as connection:
        undecided = sla_months.undecided(connection, NOVEMBER, story.desk.log.head())
        assert undecided == sla_months.changed(connection)[NOVEMBER].undecided == 2 * len(Publicity)
        assert sla_months.undecided(connection, DECEMBER, story.desk.log.head()) == 0


def test_exclusions_are_told_if_they_came_after_a_position(story: Story) -> None:
    streams = [story.open(), story.open(priority=Priority.HIGH)]
    heads = []
    for stream, reason in zip(streams, (Exclusion.SPAM, Exclusion.MERGED), strict=True):
        accepted(story, stream, MINUTE)
        story.do(stream, exclude, clock=Clock.REACTION, instance=1, reason=reason, by=ANN)
        heads.append(story.desk.log.head())
    with story.seen() as connection:
        (later,) = sla_months.excluded(connection, NOVEMBER, since=heads[0], position=heads[1])
        assert sla_months.excluded(connection, NOVEMBER, since=heads[1], position=heads[1]) == []
    assert later == Excluded(Clock.REACTION, "gold", story_kind(story, streams[1]), Priority.HIGH, Exclusion.MERGED)


def story_kind(story: Story, stream: str) -> Any:
    return story.desk.tickets.load(stream)[0].kind


def test_a_month_tells_where_it_changed_last(story: Story) -> None:
    stream = story.open()
    story.after(30 * MINUTE)
    story.tick(stream)
    breached = story.desk.log.head()
    with story.seen() as connection:
        assert sla_months.changed(connection) == {NOVEMBER: Changed(2, breached)}
    accepted(story, stream, MINUTE)
    ended = story.desk.log.head()
    solved(story, stream)
    confirmed(story, stream)
    with story.seen() as connection:
        undecided, position = sla_months.changed(connection)[NOVEMBER]
    assert undecided == 0
    assert position > ended > breached


@pytest.mark.parametrize("months", [YEAR[:1], YEAR[:2], YEAR])
def test_what_counts_in_months_is_read_from_an_index_alone(story: Story, months: Sequence[str]) -> None:
    with story.seen() as connection:
        (plan,) = plans(connection, lambda: sla_months.cells(connection, months, 7))
    by = "month=? AND published=? AND node=? AND from_position<?"
    assert plan == f"SEARCH {sla.NAME}_totals USING COVERING INDEX {sla.NAME}_totals_span ({by})"


def test_exclusions_are_found_by_an_index(story: Story) -> None:
    with story.seen() as connection:
        found = plans(connection, lambda: sla_months.excluded(connection, NOVEMBER, since=3, position=7))
    assert set(found) == {f"SEARCH {sla.NAME} USING INDEX {sla.NAME}_month (month=? AND published=?)"}


def test_what_a_month_came_to_later_costs_nothing(story: Story) -> None:
    stirred(story, 10)
    then = story.desk.log.head()
    before = effort_at(story, then)
    stirred(story, 90)
    assert effort_at(story, then) < 1.5 * before


def stirred(story: Story, tickets: int) -> None:
    """Tickets that change what counts in a month."""
    for number in range(tickets):
        accepted(story, story.open(), (number * 7 % 19 + 1) * MINUTE)


def effort_at(story: Story, position: int) -> int:
    """Steps to know a month as it was."""
    with story.seen() as connection:
        engine = connection.engine

    def ask() -> None:
        with engine.connect() as connection:
            sla_months.cells(connection, [NOVEMBER], position)

    ask()  # what SQLite reads first on any connection
    return steps(engine, ask)


@effort(max_examples=25)
@given(STEPS)
def test_at_every_position_a_month_is_what_its_clocks_add_up_to(steps: list[tuple[str, int, int]]) -> None:
    with around_midnight(steps) as story, story.seen() as connection:
        for position in range(1, story.desk.log.head() + 1):
            for published in (True, False):
                assert totals(connection, position, published) == recounted(connection, position, published)
            assert opaque(connection, position) == recounted_opaque(connection, position)
        assert undecided(connection) == Counter(
            month_of(row.due, "Etc/UTC") for row in connection.execute(UNDECIDED) if row.due is not None
        )


@contextmanager
def around_midnight(steps: list[tuple[str, int, int]]) -> Iterator[Story]:
    """What happens to three tickets at the end of a month."""
    with TemporaryDirectory() as folder:
        story = begin(Settings(data_dir=Path(folder)))
        story.clock.now = EVE
        streams = [story.open(), story.open(priority=Priority.HIGH), story.open(publicity=Publicity.OPAQUE)]
        for name, number, duration in steps:
            story.after(duration)
            ACTS[name](story, streams[number], streams[number - 1])
        yield story
        story.close()


def undecided(connection: Connection) -> Counter[str]:
    return Counter({month: each.undecided for month, each in sla_months.changed(connection).items()})


def opaque(connection: Connection, position: int) -> Counter[str]:
    return Counter({each: sla_months.opaque(connection, each, position) for each in (NOVEMBER, DECEMBER)})


def recounted_opaque(connection: Connection, position: int) -> Counter[str]:
    """Ticket by ticket."""
    rows = connection.execute(select(sla.CLOCKS).where(~sla.CLOCKS.c.published, sla.CLOCKS.c.month.is_not(None)))
    return Counter(
        month for month, _ in {(r.month, r.stream) for r in rows if r.from_position <= position < r.to_position}
    )


def totals(connection: Connection, position: int, published: bool) -> dict[tuple[str, ...], Counter[str]]:
    """What is kept apart by policy and bucket, together."""
    where = sla.TOTALS.c.published == published, holding_at(sla.TOTALS, position)
    found: dict[tuple[str, ...], Counter[str]] = {}
    for row in connection.execute(select(sla.TOTALS).where(*where)):
        cell = row.month, *(getattr(row, name) for name in sla.AXES)
        counts = found.setdefault(cell, Counter(dict.fromkeys(sla.COUNTS, 0)))
        counts.update({name: getattr(row, name) for name in sla.COUNTS})
    return found


def recounted(connection: Connection, position: int, published: bool) -> dict[tuple[str, ...], Counter[str]]:
    """Row by row, with nothing but the rows that hold."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for row in connection.execute(select(sla.CLOCKS)):
        if row.from_position <= position < row.to_position and row.due is not None and row.published == published:
            cell = (month_of(row.due, "Etc/UTC"), *(getattr(row, name) for name in sla.AXES))
            found.setdefault(cell, Counter(dict.fromkeys(sla.COUNTS, 0)))
            found[cell].update(meant(row))
    return found


def meant(row: Any) -> list[str]:
    """Which counts a clock belongs to."""
    if row.outcome is None:
        return ["undecided"]
    if row.excluded:
        return ["excluded"]
    if row.outcome == "refused":
        return ["refused"]
    return ["decided", *["breached"] * (row.outcome == "breached"), *["reopened"] * row.reopened]
