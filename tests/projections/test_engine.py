import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table, event, select

from domain.ticket import EVOLVE
from domain.ticket.opening import TicketOpened
from projections import positions, trail
from projections.batch import PAGE, note
from projections.engine import Lag, Projector
from projections.past import Moment, Unprojectable
from projections.rows import Rows
from store.codec import UnknownEvent
from store.log import Recorded
from tests.cast import AT
from tests.projections.story import Story, bulk

SEEN = Table("seen_v1", MetaData(), Column("position", BigInteger, primary_key=True, autoincrement=False))


class Seen:
    """A view that notes each position, and fails when told to."""

    NAME = "seen_v1"
    METADATA = SEEN.metadata

    def __init__(self, fails_at: Callable[[Recorded[Any]], bool] = lambda _: False) -> None:
        self.fails_at = fails_at
        self.writes: Callable[[Recorded[Any]], int | None] = lambda recorded: recorded.position

    def project(self, rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
        rows.add(SEEN, {"position": self.writes(recorded)})
        if self.fails_at(recorded):
            raise ZeroDivisionError("no such figure")


def seen(story: Story) -> list[int]:
    with story.engine.connect() as connection:
        return list(connection.scalars(select(SEEN.c.position).order_by(SEEN.c.position)))


def logged(story: Story) -> list[int]:
    return [each.position for each in story.desk.log.read_all(limit=10_000)]


def test_each_event_is_projected_once(any_story: Story) -> None:
    for _ in range(3):
        any_story.open()
        any_story.following([Seen()]).catch_up()
    assert seen(any_story) == logged(any_story)


def test_a_long_log_is_projected_in_batches(story: Story) -> None:
    bulk(story, 1_100)
    story.following([Seen()]).catch_up()
    assert seen(story) == logged(story)


def test_two_projectors_do_not_project_twice(any_story: Story, caplog: pytest.LogCaptureFixture) -> None:
    bulk(any_story, 600)
    view = Seen()
    projectors = [any_story.following([view]) for _ in range(2)]
    threads = [Thread(target=_until_there, args=(each, any_story.desk.log.head())) for each in projectors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen(any_story) == logged(any_story)
    assert [state.error for state in projectors[0].states()] == [None]
    assert caplog.messages == [], "who came second has not failed"


def _until_there(projector: Projector, position: int) -> None:
    while not projector.wait_for(position, 0):
        projector.catch_up()


def test_a_failing_event_stops_its_projection_in_front_of_it_and_no_other(any_story: Story) -> None:
    any_story.open()
    any_story.open()
    *fine, bad, _ = logged(any_story)
    projector = any_story.following([Seen(lambda recorded: recorded.position == bad), positions])
    projector.catch_up()
    failing, other = projector.states()
    assert seen(any_story) == fine
    assert (failing.position, failing.failing) == (fine[-1], bad)
    assert failing.error == "ticket.opened: ZeroDivisionError: no such figure"
    assert (other.position, other.error) == (any_story.desk.log.head(), None)


def test_another_process_reads_why_a_projection_stopped(story: Story) -> None:
    story.following([Seen(lambda _: True)]).catch_up()
    (state,) = story.following([Seen()]).states()
    assert state.failing == 1
    assert "ZeroDivisionError" in str(state.error)


def test_a_projection_that_was_mended_goes_on_and_skips_nothing(story: Story) -> None:
    story.open()
    view = Seen(lambda recorded: recorded.position > 1)
    projector = story.following([view])
    projector.catch_up()
    view.fails_at = lambda _: False
    projector.catch_up()
    assert seen(story) == logged(story)
    assert [state.error for state in projector.states()] == [None]


def test_a_log_is_read_once_for_all_views(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.projector.catch_up()
    bulk(story, 1_100)
    read = counted(story, monkeypatch)
    story.projector.catch_up()
    assert len(read) == 3


def test_views_at_different_positions_meet_and_go_on_together(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.following([trail, positions]).catch_up()
    story.open()
    story.following([trail]).catch_up()
    bulk(story, 600)
    read = counted(story, monkeypatch)
    projector = story.following([trail, positions])
    projector.catch_up()
    assert {state.position for state in projector.states()} == {story.desk.log.head()}
    assert len(read) == 3


def counted(story: Story, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The positions after which pages of the log are read from now on."""
    read: list[int] = []
    read_all = story.desk.log.read_all

    def reading(*, after: int = 0, until: int | None = None, limit: int = PAGE) -> list[Recorded[Any]]:
        read.append(after)
        return read_all(after=after, until=until, limit=limit)

    monkeypatch.setattr(story.desk.log, "read_all", reading)
    return read


def test_the_statements_of_a_batch_do_not_grow_with_its_events(any_story: Story) -> None:
    projector, told = any_story.projector, list[str]()
    bulk(any_story, 20)  # from here on each batch changes what the one before it counted
    projector.catch_up()
    event.listen(any_story.engine, "before_cursor_execute", lambda *each: told.append(each[2]))
    bulk(any_story, 20)
    projector.catch_up()
    few = len(told)
    bulk(any_story, 400)
    projector.catch_up()
    assert len(told) == 2 * few


def test_a_view_whose_batch_failed_once_loses_nothing(story: Story) -> None:
    view = Seen()
    projector = story.following([view])
    projector.catch_up()
    bulk(story, 700)
    faults = iter([True])
    view.fails_at = lambda _: next(faults, False)
    projector.catch_up()
    assert seen(story) == logged(story)
    assert [state.error for state in projector.states()] == [None]


def test_a_row_that_cannot_be_written_stops_the_view_in_front_of_its_event(any_story: Story) -> None:
    any_story.open()
    view = Seen()
    view.writes = lambda recorded: recorded.position if recorded.position < any_story.desk.log.head() else None
    projector = any_story.following([view])
    projector.catch_up()
    (state,) = projector.states()
    assert seen(any_story) == logged(any_story)[:-1]
    assert state.failing == any_story.desk.log.head()
    assert "IntegrityError" in str(state.error)


def test_an_event_that_cannot_be_folded_stops_the_views_in_front_of_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    projector = story.following([trail, positions])
    projector.catch_up()
    bulk(story, 1)
    monkeypatch.delitem(EVOLVE, TicketOpened)
    projector.catch_up()
    assert {(state.failing, state.error) for state in projector.states()} == {
        (logged(story)[-1], "ticket.opened: KeyError: <class 'domain.ticket.opening.TicketOpened'>")
    }


def test_a_fault_is_logged_once(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    projector = story.following([Seen(lambda _: True)])
    projector.catch_up()
    projector.catch_up()
    assert len(caplog.records) == 1


def test_an_event_that_cannot_be_read_stops_the_projection(story: Story) -> None:
    projector = story.following([Seen()])
    projector.catch_up()
    head = story.desk.log.head()
    story.open()
    del story.desk.log.codec._plans["ticket.opened"]
    projector.catch_up()
    (state,) = projector.states()
    assert (state.position, state.failing) == (head, None)
    assert "UnknownEvent" in str(state.error)
    assert projector.lag(state, AT + 5) == Lag(2, 5)


def test_what_another_process_has_come_past_is_no_fault(story: Story) -> None:
    view = Seen()
    projector = story.following([view])
    projector.catch_up()
    behind, unknown = story.desk.log.read_all(limit=1)[0], UnknownEvent("ticket.opened")
    for passed in (Unprojectable(behind, ValueError()), unknown):
        assert told(projector, view, passed) is None
    story.open()
    ahead = story.desk.log.read_all(after=behind.position, limit=PAGE)[-1]
    assert str(told(projector, view, Unprojectable(ahead, ValueError("odd")))).endswith("ValueError: odd")
    assert told(projector, view, OSError("away")) == "OSError: away"
    del story.desk.log.codec._plans["ticket.opened"]
    assert str(told(projector, view, unknown)).startswith("UnknownEvent")


def told(projector: Projector, view: Seen, fault: Exception) -> str | None:
    """What stands beside the view after it met the fault."""
    projector._stop(view, fault)
    return projector.states()[0].error


def test_a_batch_without_its_checkpoint_never_happened(story: Story) -> None:
    """The process is killed in the middle of a transaction, after rows were written."""
    story.following([Seen()]).catch_up()
    known = len(seen(story))
    bulk(story, 600)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(story.folder)], check=False, cwd=Path(__file__).parents[2]
    )
    assert killed.returncode == -signal.SIGKILL
    assert seen(story) == logged(story)[: known + 500]
    story.following([Seen()]).catch_up()
    assert seen(story) == logged(story)


KILLED = """
import os, signal, sys
from pathlib import Path
from service.settings import Settings
from tests.projections.story import begin
from tests.projections.test_engine import Seen
story = begin(Settings(data_dir=Path(sys.argv[1])))
class Killed(Seen):
    def project(self, rows, recorded, moment):
        super().project(rows, recorded, moment)
        if recorded.position == 550:
            rows.written()
            os.kill(os.getpid(), signal.SIGKILL)
story.following([Killed()]).catch_up()
"""


def test_the_lag_is_counted_from_the_oldest_missing_event(any_story: Story) -> None:
    projector = any_story.following([positions])
    projector.catch_up()
    any_story.after(1_000)
    any_story.open()
    any_story.after(500)
    (state,) = projector.states()
    assert projector.lag(state, any_story.clock.now) == Lag(2, 500)
    projector.catch_up()
    (state,) = projector.states()
    assert projector.lag(state, any_story.clock.now) == Lag(0, 0)


def test_a_view_of_a_newer_log_is_built_anew(any_story: Story) -> None:
    any_story.open()
    projector = any_story.following([trail])
    projector.catch_up()
    with any_story.engine.begin() as connection:
        note(connection, trail.NAME, position=any_story.desk.log.head() + 1_000)
    any_story.open()
    projector.catch_up()
    (state,) = projector.states()
    assert (state.position, state.error) == (any_story.desk.log.head(), None)
    with any_story.engine.connect() as connection:
        assert len(trail.page(connection)) == any_story.desk.log.head()
