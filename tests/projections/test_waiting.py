"""Whoever reads the views waits for what they are to show, and no longer."""

from threading import Thread
from time import monotonic

import pytest

from projections import engine, positions, trail
from tests.projections.story import Story


def test_a_reader_waits_for_what_was_written(any_story: Story) -> None:
    reader, projector = any_story.following([trail]), any_story.following([trail])
    any_story.open()
    head = any_story.desk.log.head()
    assert not reader.wait_for(head, 0)
    thread = Thread(target=projector.catch_up)
    thread.start()
    assert reader.wait_for(head, 30)
    thread.join()


def test_a_reader_waits_only_for_the_views_it_reads(story: Story) -> None:
    story.following([trail]).catch_up()
    story.following([positions])
    projector = story.following([trail, positions])
    assert projector.wait_for(story.desk.log.head(), 0, [trail.NAME])
    assert not projector.wait_for(story.desk.log.head(), 0)


def test_whoever_waits_for_more_is_woken_by_what_is_projected(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "POLL", 60)
    projector = story.following([trail])
    moves = projector.moves
    story.open()
    thread = Thread(target=projector.catch_up)
    thread.start()
    began = monotonic()
    projector.wait(moves)
    thread.join()
    projector.wait(moves)  # it happened already: nobody waits for it again
    assert monotonic() - began < 30
    assert projector.moves > moves
