import time
import tracemalloc
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text, update

from domain.component import ComponentStatus, StatusSet, Through
from domain.event import Address, Source
from domain.instant import HOUR, Instant
from domain.ticket.conversation import Answered
from projections import ALL, incidents, positions, queue, sla, status, ticket, trail
from projections.batch import PAGE, advance, prepare
from projections.database import sqlite_views, temporary_views
from projections.engine import Projector
from projections.past import Known, Past
from projections.rebuild import differing, rebuild, rebuild_together
from projections.scope import Filters
from service.settings import Settings
from store.envelope import Envelope
from store.log import Recorded
from tests.cast import AT
from tests.projections.histories import STEPS, history
from tests.projections.story import EVERYTHING, Story, begin, bulk, rows
from tests.projections.test_engine import Seen, counted

A_FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FOR_EVER = 2**60


@A_FEW
@given(STEPS)
def test_rebuilt_is_live(steps: list[tuple[str, int, int]]) -> None:
    """Although the engine saw other batches, and was started anew after each action."""
    with history(steps, after_each=lambda story: story.projector.catch_up()) as story:
        projector = story.projector
        projector.catch_up()
        live = rows(story.engine)
        assert [name for each in ALL for name in differing(projector, each)] == []
        for each in ALL:
            rebuild(projector, each)
        assert rows(story.engine) == live


@A_FEW
@given(STEPS, st.data())
def test_the_past_is_what_a_view_stopped_there_would_show(
    steps: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    with history(steps) as story, story.seen() as live:
        position = data.draw(st.integers(0, story.desk.log.head()))
        at = data.draw(st.integers(AT, story.clock.now + 1))
        stopped = built_until(story, position)
        with stopped.connect() as then:
            for show in (_queue, _tickets, _sla, _status, _incidents):
                assert show(live, position, at) == show(then, position, at)
        stopped.dispose()


def _queue(connection: Connection, position: int, at: Instant) -> Any:
    return queue.page(connection, EVERYTHING, Filters(), at=at, position=position)


def _tickets(connection: Connection, position: int, _: Instant) -> Any:
    return ticket.page(connection, EVERYTHING, Filters(), position=position)


def _sla(connection: Connection, position: int, _: Instant) -> Any:
    return sla.figures(connection, since=0, until=FOR_EVER, published=True, position=position)


def _status(connection: Connection, position: int, at: Instant) -> Any:
    said = status.spells(connection, since=at - HOUR, until=at + HOUR, position=position)
    changes = status.changes(connection, "web", since=0, until=FOR_EVER, position=position)
    return status.components(connection, position), said, changes


def _incidents(connection: Connection, position: int, at: Instant) -> Any:
    asked = (incidents.unresolved, incidents.under_way, incidents.ahead, incidents.page, incidents.first_at)
    known = [each(connection, position=position) for each in asked]
    there = incidents.between(connection, at - HOUR, at + HOUR, component="web", position=position)
    return known, there, incidents.next_edge(connection, at, position=position)


def built_until(story: Story, position: int) -> Engine:
    engine = temporary_views()
    prepare(engine, ALL)
    for each in ALL:
        advance(engine, [each], Past(story.desk.log, story.desk.name("configuration")).after, until=position)
    return engine


def test_a_view_that_was_tampered_with_differs_and_is_healed(any_story: Story) -> None:
    any_story.open()
    projector = any_story.projector
    projector.catch_up()
    with any_story.engine.begin() as connection:
        connection.execute(update(queue.TICKETS).values(line="9"))
    assert differing(projector, queue) == [queue.NAME]
    assert rebuild(projector, queue) == any_story.desk.log.head()
    assert differing(projector, queue) == []


def test_readers_see_the_old_view_until_they_see_the_new_one(any_story: Story) -> None:
    any_story.open()
    projector = any_story.projector
    projector.catch_up()
    with any_story.engine.connect() as reader:
        before = queue.page(reader, EVERYTHING, Filters(), at=AT)
        any_story.open()
        rebuild(projector, queue)
        assert queue.page(reader, EVERYTHING, Filters(), at=AT) == before
    with any_story.engine.connect() as reader:
        assert len(queue.page(reader, EVERYTHING, Filters(), at=AT).tickets) == 2


def test_what_arrives_during_a_rebuild_is_not_taken_back(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.rebuild.PAGE", PAGE)
    story.open()
    projector = story.projector
    projector.catch_up()
    bulk(story, 600)

    def meanwhile(_: int) -> None:
        story.open()
        story.projector.catch_up()

    reached = rebuild(projector, trail, meanwhile)
    assert reached == story.desk.log.head()
    assert differing(projector, trail) == []


def test_a_switch_waits_for_a_batch_that_is_under_way(postgres_settings: Settings) -> None:
    with closing(begin(postgres_settings)) as story:
        story.open()
        projector, slow = story.projector, Past(story.desk.log, story.desk.name("configuration"))
        projector.catch_up()
        story.open()

        def read(*asked: Any) -> Sequence[Known]:
            rebuilding.append(others.submit(rebuild_together, projector, [ticket, queue]))
            while not somebody_waits(story.engine):
                time.sleep(0.05)
            return slow.after(*asked)

        rebuilding: list[Future[int]] = []
        with ThreadPoolExecutor() as others:
            assert advance(story.engine, [queue, ticket], read)
        assert rebuilding[0].result() == story.desk.log.head()


def somebody_waits(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_a_view_that_is_new_to_a_long_log_is_built_before_it_is_read(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk(story, 600)
    projector = story.following([positions, trail])
    with story.engine.connect() as reader:
        assert trail.page(reader) == []
        with monkeypatch.context() as patch:
            patch.setattr("projections.engine.advance", lambda *_, **__: 0)
            projector.catch_up()
        assert trail.page(reader) == []
    assert {state.position for state in projector.states()} == {story.desk.log.head()}


def test_views_that_are_new_to_a_long_log_read_it_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    bulk(story, 600)
    read = counted(story, monkeypatch)
    story.projector.catch_up()
    assert read.count(0) == 1


def test_an_urgent_view_is_there_before_the_others_are_built(story: Story) -> None:
    bulk(story, 600)
    there: set[int] = set()

    def look(_: Any) -> bool:
        there.update(state.position for state in projector.states() if state.name == trail.NAME)
        return False

    projector = story.following([Seen(look), trail], urgent=[trail])
    projector.catch_up()
    assert there == {story.desk.log.head()}


def test_a_new_view_that_fails_keeps_no_other_from_being_built(story: Story) -> None:
    bulk(story, 600)
    projector = story.following([Seen(lambda recorded: recorded.position == 550), trail])
    projector.catch_up()
    failing, built = projector.states()
    assert (failing.position, failing.failing) == (549, 550)
    assert (built.position, built.error) == (story.desk.log.head(), None)
    assert differing(projector, trail) == []


def test_a_rebuild_needs_no_more_memory_for_a_longer_log(tmp_path: Path) -> None:
    little, much = (_peak(length, tmp_path / str(length)) for length in (5_000, 20_000))
    assert much < little * 1.3


def _peak(length: int, folder: Path) -> int:
    """The most memory that building a view from so many events takes."""
    folder.mkdir()
    projector = Projector(LongLog(length), "", sqlite_views(folder / "views.db"), [status])  # type: ignore[arg-type]
    tracemalloc.start()
    assert rebuild(projector, status) == length
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    projector.engine.dispose()
    return peak


class LongLog:
    """What a rebuild reads of a log, at no cost: one event in four has a row."""

    def __init__(self, length: int) -> None:
        self.length = length

    def read(self, _: str) -> list[Recorded[Any]]:
        return []

    def read_all(self, *, after: int, until: int | None, limit: int) -> list[Recorded[Any]]:
        last = min(after + limit, self.length if until is None else until)
        return [
            Recorded(number, f"{number:032x}", 1, self.event(number), STORED) for number in range(after + 1, last + 1)
        ]

    def event(self, number: int) -> Any:
        if number % 4:
            return Answered(at=AT, message="m", by="a", channel="mail", text=Address("c", "s", 1, "text"))
        return StatusSet(at=AT + number, component="web", status=ComponentStatus.DEGRADED, through=Through.PROBE)


STORED = Envelope(name="any", shape=1, at=AT, rec=AT, source=Source.LIVE, command="")
