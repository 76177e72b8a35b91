"""A process is stopped in the middle of a batch, others go on, and it wakes up: each event counts once."""

from threading import Event, Thread
from typing import Any

import pytest

from projections import database
from projections.database import postgres_views
from projections.engine import Projector
from projections.past import Moment
from projections.rows import Rows
from service.settings import Settings
from store.log import Recorded
from tests.projections.story import Story, bulk
from tests.projections.test_engine import Seen, logged, seen

LIMIT = 30.0


class Sleeping(Seen):
    """Stops in front of an event, until it is woken up."""

    def __init__(self) -> None:
        super().__init__()
        self.sleeps, self.awake = Event(), Event()

    def project(self, rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
        if recorded.position > 100:
            self.sleeps.set()
            assert self.awake.wait(LIMIT)
        super().project(rows, recorded, moment)


class Quiet:
    """A bell that never rings."""

    def wait(self, stopping: Event) -> None:
        stopping.wait(LIMIT)


@pytest.fixture
def settings(postgres_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(database, "STOPPED", 0.3)
    return postgres_settings


@pytest.mark.parametrize("is_told", [True, False])
@pytest.mark.parametrize("events", [300, 600])
def test_a_batch_of_a_process_that_was_stopped_is_not_stored(
    any_story: Story, settings: Settings, caplog: pytest.LogCaptureFixture, events: int, *, is_told: bool
) -> None:
    """Or it is a view that was built aside. Awake, it knows that its lease has run out, or it does not."""
    bulk(any_story, events)
    view, stopping, engine, desk = Sleeping(), Event(), postgres_views(settings.database_url), any_story.desk
    former = Projector(desk.log, desk.name("configuration"), engine, [view])
    thread = Thread(target=former.run, args=(Quiet(), stopping))
    thread.start()
    assert view.sleeps.wait(LIMIT)
    leader = any_story.following([Seen()])
    while not leader.wait_for(desk.log.head(), 0):
        leader.catch_up()
    stopping.set() if is_told else None
    view.awake.set()
    while not is_told and not former.moves:
        former.wait(0)
    stopping.set()
    thread.join(LIMIT)
    assert seen(any_story) == logged(any_story)
    assert ([state.error for state in leader.states()], caplog.messages) == ([None], [])
    engine.dispose()
