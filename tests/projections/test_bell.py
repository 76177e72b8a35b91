from threading import Event, Thread
from time import monotonic
from typing import Any

from projections import trail
from projections.bell import PostgresBell, SQLiteBell
from service.settings import Settings
from tests.projections.story import Story


def bell_of(story: Story, settings: Settings) -> Any:
    if settings.database_url:
        return PostgresBell(settings.database_url)
    return SQLiteBell(story.folder / "log.db")


def test_the_projector_follows_until_told_to_stop(any_story: Story, settings: Settings) -> None:
    bell = bell_of(any_story, settings)
    projector, stopping = any_story.following([trail]), Event()
    thread = Thread(target=projector.run, args=(bell, stopping))
    thread.start()
    for _ in range(3):
        any_story.open()
        assert projector.wait_for(any_story.desk.log.head(), 4)
    stopping.set()
    thread.join()
    bell.close()


def test_the_bell_rings_when_another_connection_appends(any_story: Story, settings: Settings) -> None:
    bell = bell_of(any_story, settings)
    any_story.open()
    began = monotonic()
    bell.wait(Event())
    assert monotonic() - began < 2
    bell.close()


def test_a_bell_that_is_told_to_stop_does_not_wait(any_story: Story, settings: Settings) -> None:
    bell, stopping = bell_of(any_story, settings), Event()
    stopping.set()
    bell.wait(stopping)
    bell.close()


def test_a_bell_whose_connection_was_cut_goes_on(postgres: Any, postgres_settings: Any) -> None:
    bell = PostgresBell(postgres_settings.database_url)
    postgres.cut_connections(postgres_settings.database_url)
    bell.wait(Event())
    assert not bell._connection.closed
    bell.close()
