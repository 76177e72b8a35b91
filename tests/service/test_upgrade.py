"""`glasno upgrade`: what it finds, what it builds, and what it leaves alone."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from domain.event import Public, Source, event, shape_of
from domain.instant import Instant
from domain.shapes import event_classes
from projections import ALL, trail
from projections.batch import PAGE, note, prepare
from projections.database import sqlite_views
from projections.engine import Projector
from projections.rebuild import differing
from service import upgrade
from service.__main__ import glasno
from service.build import build_desk
from service.leading import VIEWS
from service.settings import Settings
from service.upgrade import NotUpgraded, build, look
from service.views import engine_of, views_of, work_alone
from store.codec import Codec
from store.desk import Desk
from store.lease import Leases
from store.log import Change
from tests.cast import OPENED
from tests.projections.test_versions import with_former

Environment = Callable[[Settings], dict[str, str]]


class CutOffError(Exception):
    pass


@event("desk.moved", en="Moved", ru="Переезд")
class Novelty:
    """Something that only a newer version knows."""

    at: Public[Instant]


@event("desk.set_up", en="Set up", ru="Настройка", version=2)
class Grown:
    """Something that a newer version has another shape of."""

    at: Public[Instant]


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with closing(build_desk(settings)) as found:
        yield found


@pytest.fixture
def run(environment: Environment, settings: Settings) -> Callable[..., Result]:
    def run_with(*words: str) -> Result:
        return CliRunner().invoke(glasno, ["upgrade", *words], env=environment(settings))

    return run_with


def told(result: Result) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return values


def names(outlook: upgrade.Outlook) -> list[str]:
    return [each.NAME for each in outlook.new]


def forget(settings: Settings, name: str) -> None:
    """As if this version were the first with that view, and another one had a former form of it."""
    engine = engine_of(settings)
    with engine.begin() as connection:
        note(connection, name, position=0)
    with_former(engine)
    engine.dispose()


def test_a_dry_run_says_what_there_is_to_do_and_does_nothing(run: Callable[..., Result], desk: Desk) -> None:
    del desk
    first, again = run("--dry-run", "--json"), run("--dry-run", "--json")
    assert told(first) == told(again)
    assert told(first)["to_build"] == [each.NAME for each in ALL]


def test_what_is_new_is_built_and_what_is_not_needed_stays(
    run: Callable[..., Result], desk: Desk, settings: Settings
) -> None:
    assert told(run("--json"))["position"] == desk.log.head()
    forget(settings, trail.NAME)
    done = told(run("--json"))
    assert (done["to_build"], done["not_needed"]) == ([trail.NAME], ["desks_v1"])
    assert look(settings, desk) == upgrade.Outlook([], [], ["desks_v1"], [])
    assert "may be started" in run().stdout


def test_views_of_other_versions_go_when_it_is_said(run: Callable[..., Result], desk: Desk, settings: Settings) -> None:
    run()
    forget(settings, trail.NAME)
    refused = run("--retire")
    assert (refused.exit_code, f"not built yet: {trail.NAME}" in refused.stderr) == (1, True)
    run()
    assert sorted(told(run("--retire", "--json"))["retired"]) == ["desks_v1", "desks_v1_chairs"]
    assert look(settings, desk).idle == []
    assert run("--retire").stdout.splitlines()[-1] == "there is nothing to drop"


def test_while_another_version_is_at_work_its_views_stay(
    run: Callable[..., Result], desk: Desk, settings: Settings
) -> None:
    run()
    forget(settings, trail.NAME)
    run()
    with at_work(settings, "views:another"):
        assert len(look(settings, desk).others) == 1
        refused = run("--retire")
    assert (refused.exit_code, "another version is at work" in refused.stderr) == (1, True)
    with at_work(settings, VIEWS):
        assert run("--retire").exit_code == 0


@pytest.mark.parametrize("newer", [Novelty, Grown])
def test_what_a_newer_version_wrote_is_named_and_nothing_is_done(
    run: Callable[..., Result], desk: Desk, settings: Settings, newer: type
) -> None:
    desk.log.codec = Codec((newer,))
    desk.log.append([Change(desk.new_id(), [], [newer(at=1)], published=False)], desk.new_id(), Source.LIVE)
    desk.log.codec = Codec(event_classes())
    refused, shape = run(), shape_of(newer)
    assert (refused.exit_code, f"{shape.name}/{shape.version}" in refused.stderr) == (1, True)
    assert names(look(settings, desk)) == [each.NAME for each in ALL]


def test_who_is_cut_off_goes_on_from_there(desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.rebuild.PAGE", PAGE)
    terms: dict[str, Any] = {"level": "standard", "line": "first", "team": "service-desk"}
    opened = [replace(OPENED, reference=f"{number:09}", **terms) for number in range(3 * PAGE)]
    changes = [Change(desk.new_id(), [], [each], published=True) for each in opened]
    desk.log.append(changes, desk.new_id(), Source.LIVE)
    first, second = list[int](), list[int]()

    def cut_off(done: int) -> None:
        first.append(done)
        if len(first) == 2:
            raise CutOffError

    with pytest.raises(CutOffError):
        build(settings, desk, [trail], cut_off)
    assert trail in look(settings, desk).new, "nothing of it is seen yet"
    assert build(settings, desk, [trail], second.append) == desk.log.head()
    assert min(second) > max(first)
    assert trail not in look(settings, desk).new
    with closing_views(settings, desk) as views:
        assert differing(views, trail) == []


def test_what_was_begun_of_another_log_is_begun_anew(desk: Desk, settings: Settings) -> None:
    """A backup was restored meanwhile, or another version was to be built."""
    folder = settings.data_dir
    path = folder / upgrade.PLACE.format(views=upgrade._digest([trail]))
    other = folder / upgrade.PLACE.format(views="other")
    folder.mkdir(exist_ok=True)  # PostgreSQL: nothing else is there yet
    other.touch()
    place = sqlite_views(path)
    prepare(place, [trail])
    with place.begin() as connection:
        note(connection, trail.NAME, position=desk.log.head() + 1)
    place.dispose()
    assert build(settings, desk, [trail], lambda _: None) == desk.log.head()
    assert [*folder.glob("upgrade-*")] == []


def test_two_at_once_are_one_too_many(desk: Desk, settings: Settings) -> None:
    with upgrade._alone(settings), pytest.raises(NotUpgraded, match="at work"):
        build(settings, desk, ALL, lambda _: None)


def test_where_there_is_no_desk_nothing_is_made(tmp_path: Path, environment: Environment) -> None:
    settings = Settings(data_dir=tmp_path / "nothing")
    refused = CliRunner().invoke(glasno, ["upgrade"], env=environment(settings))
    assert (refused.exit_code, "there is no desk" in refused.stderr) == (1, True)
    assert not settings.data_dir.exists()


@contextmanager
def at_work(settings: Settings, views: str) -> Iterator[None]:
    """A process that keeps these views."""
    if not settings.database_url:
        with work_alone(settings):
            (settings.data_dir / "work.lock").write_text(views)
            yield
        return
    with closing(Leases(settings.database_url, "elsewhere:1", [views])) as table:
        held = table.take([views], 1)
        yield
        table.give_back(held)


@contextmanager
def closing_views(settings: Settings, desk: Desk) -> Iterator[Projector]:
    views = views_of(settings, desk)
    yield views
    views.engine.dispose()
