"""What is made once is made once; what is kept of the past is kept until the next edition."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort

from domain.classification import Priority
from domain.component import ComponentStatus
from domain.instant import HOUR
from domain.ticket.opening import Publicity
from service.settings import Settings
from status_page import press
from status_page.edition import Configurations, configured_at
from status_page.press import Press
from status_page.site import Found, find
from tests.projections.histories import ACTS, STEPS
from tests.status_page.stage import ADDRESS, CONTRACT, Stage, open_stage
from tests.store.losing import lose_end


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses whose documents were made."""
    known, make = [], press._document

    def noting(opened: Any, found: Found, language: Any) -> Any:
        known.append(found.path)
        return make(opened, found, language)

    monkeypatch.setattr(press, "_document", noting)
    return known


def history() -> Found:
    found = find("/en/history")
    assert found is not None
    return found


def test_of_two_who_ask_at_once_the_second_waits_for_the_first(fine: Stage, made: list[str]) -> None:
    together, answers = Barrier(2), []

    def ask() -> None:
        together.wait()
        answers.append(fine.site.press.make(fine.site.press.printed, history(), "en"))

    askers = [Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert made == ["/history"]
    assert answers[0] is answers[1]


def test_the_past_is_made_once_until_the_next_edition(fine: Stage, made: list[str]) -> None:
    then = fine.story.clock.now
    fine.story.after(HOUR)
    first, again = (fine.site.press.make_past(then, history(), "en") for _ in range(2))
    assert first is again
    fine.set("web", ComponentStatus.DEGRADED)
    fine.get()
    made.clear()
    assert fine.site.press.make_past(then, history(), "en") == first
    assert made == ["/history"]


def test_no_more_of_the_past_is_kept_than_is_meant(fine: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "KEPT_OF_THE_PAST", 1)
    for _ in range(2):
        fine.site.press.make_past(fine.story.clock.now, history(), "en")
        fine.story.after(1)
    assert len(fine.site.press.printed.past) == 1


def test_the_configuration_is_that_of_the_position(fine: Stage) -> None:
    desk, known = fine.story.desk, Configurations(fine.story.desk)
    fine.define("mail")
    for position in [*range(desk.log.head() + 2), 3, 0]:
        assert known.at(position) == configured_at(desk, position)
    fine.define("dns")
    assert known.at(desk.log.head()) == configured_at(desk, desk.log.head())


def test_the_configuration_is_what_the_log_has_though_it_lost_its_end(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")
    with open_stage(settings) as stage:
        desk, known = stage.story.desk, Configurations(stage.story.desk)
        before = desk.log.head()
        for key in ("mail", "dns"):
            lose_end(settings, after=before)
            stage.define(key)
            for position in range(before, desk.log.head() + 1):
                assert known.at(position) == configured_at(desk, position)


@effort(max_examples=15)
@given(STEPS)
def test_what_is_kept_of_an_edition_is_what_would_be_made_anew(steps: list[tuple[str, int, int]]) -> None:
    with TemporaryDirectory() as folder, open_stage(Settings(data_dir=Path(folder))) as stage:
        story = stage.story
        streams = [story.open(), story.open(priority=Priority.HIGH), story.open(publicity=Publicity.OPAQUE)]
        for name, number, duration in steps:
            story.after(duration)
            ACTS[name](story, streams[number], streams[number - 1])
            stage.get()
            assert_as_anew(stage)


def test_a_level_that_is_published_no_more_is_shown_no_more(fine: Stage) -> None:
    assert "level-gold" in fine.get().text
    at = fine.story.clock.now + HOUR
    fine.configure(replace(CONTRACT, until=at))
    assert "level-gold" in fine.get().text
    fine.story.after(2 * HOUR)
    fine.set("web", ComponentStatus.DEGRADED)
    assert "level-gold" not in fine.get().text
    assert_as_anew(fine)


def assert_as_anew(stage: Stage) -> None:
    """Another press, which keeps nothing yet, makes the same of the same position and instant."""
    known, anew = stage.site.press.printed, Press(stage.story.desk, stage.story.projector, ADDRESS)
    anew._print(known.mark)
    assert anew.printed.ready == {key: known.ready[key] for key in anew.printed.ready}
