"""What probers elsewhere see, and what several of them make of a component."""

import pytest

from domain.component import ComponentStatus, ProbeTurned, StatusSet, Through
from domain.instant import HOUR, MINUTE, SECOND
from monitoring.probes import Look, reports
from store.streams import Streams
from tests.service.probing import DOWN, FAILED, GOOD, UP, World
from tests.service.running import Running


@pytest.fixture
def world(running: Running) -> World:
    return World(running)


@pytest.fixture
def any_world(any_running: Running) -> World:
    return World(any_running)


def minutes(world: World, count: int, **looks: Look) -> None:
    """Each of these probers looks once a minute and sees the same."""
    for _ in range(count):
        for prober, look in looks.items():
            world.report(prober, look)
        world.pass_by(MINUTE, step=20 * SECOND)


def kept(world: World) -> int:
    with world.running.views.connect() as connection:
        return len(reports.reported(connection))


def test_what_a_prober_confirms_is_told_from_the_first_look_that_failed(any_world: World) -> None:
    any_world.probe(probers=("fra",))
    minutes(any_world, 2, fra=GOOD)
    began = any_world.running.clock.now
    minutes(any_world, 2, fra=FAILED)
    assert any_world.told()[-1] == StatusSet(at=began, component="web", status=DOWN, through=Through.PROBE)
    minutes(any_world, 2, fra=GOOD)
    assert any_world.status() is UP
    assert [each.number for each in any_world.told() if isinstance(each, ProbeTurned)] == [1, 4, 6]
    assert (any_world.looked, kept(any_world)) == ([], 0)


def test_a_result_that_comes_twice_or_late_counts_once(world: World) -> None:
    world.probe(probers=("fra",))
    minutes(world, 2, fra=GOOD)
    known = world.watched("https@fra")
    world.report("fra", FAILED, ago=MINUTE)
    world.report("fra", FAILED, ago=90 * SECOND)
    world.round()
    assert (world.watched("https@fra"), kept(world)) == (known, 0)


def test_a_prober_that_is_away_for_three_intervals_knows_nothing(world: World) -> None:
    world.probe(probers=("fra",))
    minutes(world, 1, fra=GOOD)
    seen = world.running.clock.now - MINUTE
    world.pass_by(4 * MINUTE)
    assert world.told()[-1] == StatusSet(at=seen + 3 * MINUTE, component="web", status=None, through=Through.PROBE)
    minutes(world, 1, fra=GOOD)
    assert (world.status(), world.watched("https@fra").watch.missed) == (UP, 4)


def test_an_outage_is_what_most_of_them_see(world: World) -> None:
    world.probe(probers=("desk", "fra", "msk"))
    minutes(world, 3, fra=GOOD, msk=GOOD)
    minutes(world, 3, fra=FAILED, msk=GOOD)
    assert world.status() is UP
    world.sees["https"] = FAILED
    minutes(world, 3, fra=FAILED, msk=GOOD)
    assert world.status() is DOWN
    minutes(world, 3, fra=GOOD, msk=GOOD)
    assert world.status() is UP


def test_one_that_is_away_has_no_vote(world: World) -> None:
    world.probe(probers=("fra", "msk"))
    minutes(world, 2, fra=GOOD, msk=GOOD)
    minutes(world, 2, fra=FAILED, msk=GOOD)
    assert world.status() is UP
    minutes(world, 3, fra=FAILED)
    assert world.status() is DOWN
    world.pass_by(5 * MINUTE, step=20 * SECOND)
    assert world.status() is None


def test_a_prober_says_what_the_probe_is_told_to_say(world: World) -> None:
    world.probe(probers=("fra",), says=ComponentStatus.DEGRADED)
    minutes(world, 3, fra=FAILED)
    assert world.status() is ComponentStatus.DEGRADED


def test_when_others_look_they_begin_with_what_was_told(world: World) -> None:
    world.probe()
    world.pass_by(3 * MINUTE)
    world.probe(probers=("fra", "msk"))
    minutes(world, 2, fra=FAILED, msk=GOOD)
    assert (world.status(), len(world.told())) == (UP, 2)
    minutes(world, 1, fra=FAILED, msk=FAILED)
    world.probe(probers=("msk",))
    minutes(world, 2, msk=FAILED)
    numbers = [each.number for each in world.told() if isinstance(each, ProbeTurned)]
    assert (world.status(), numbers) == (DOWN, sorted(numbers))


def test_what_nobody_asks_for_any_more_does_not_count_and_does_not_stay(world: World) -> None:
    world.probe(probers=("fra", "msk"))
    minutes(world, 2, fra=GOOD, msk=GOOD)
    world.report("msk", FAILED)
    world.report("lon", FAILED)
    world.probe(probers=("fra",))
    minutes(world, 1, fra=GOOD)
    assert (world.status(), kept(world)) == (UP, 0)


def test_a_desk_that_was_away_reads_what_came_meanwhile(world: World) -> None:
    world.probe(probers=("fra",))
    minutes(world, 2, fra=GOOD)
    for ago in range(10, 0, -1):
        world.report("fra", GOOD if ago > 5 else FAILED, ago=-(10 - ago) * MINUTE)
    world.away(10 * MINUTE)
    world.start()
    world.round()
    downs = [each for each in world.told() if isinstance(each, StatusSet) and each.status is DOWN]
    assert [world.running.clock.now - each.at for each in downs] == [5 * MINUTE]
    assert world.watched("https@fra").watch.missed == 0


def test_a_report_stays_until_what_it_means_is_stored(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError("the server is away")

    world.probe(probers=("fra",))
    world.report("fra", GOOD)
    with monkeypatch.context() as away:
        away.setattr(Streams, "act", fails)
        world.round()
        assert kept(world) == 1
    world.start()
    world.round()
    assert (world.status(), kept(world)) == (UP, 0)


def test_a_prober_and_the_desk_are_remembered_apart(world: World) -> None:
    world.probe(probers=("desk", "fra"))
    world.pass_by(2 * MINUTE)
    world.report("fra", FAILED)
    world.pass_by(HOUR // 60)
    world.start()
    world.round()
    assert world.watched("https@fra").watch.failed == 1
    assert world.watched("https").watch.failed == 0
