"""What is left of the probes when the process is not, or when their memory is lost."""

import pytest
from sqlalchemy import delete

from domain.component import ProbeTurned, StatusSet, Through
from domain.instant import HOUR, MINUTE, SECOND
from monitoring.probes import watches
from monitoring.probes.watches import WATCHES
from projections.database import for_writing
from tests.service.probing import DOWN, FAILED, GOOD, UP, World
from tests.service.running import Running


@pytest.fixture
def world(any_running: Running) -> World:
    return World(any_running)


def forget(world: World) -> None:
    """The views are lost."""
    with for_writing(world.running.views).begin() as connection:
        connection.execute(delete(WATCHES))


def numbers(world: World) -> list[int]:
    return [each.number for each in world.told() if isinstance(each, ProbeTurned)]


def test_a_desk_that_was_away_for_three_intervals_did_not_know(world: World) -> None:
    world.probe()
    world.pass_by(2 * MINUTE)
    world.away(HOUR)
    world.start()
    world.pass_by(MINUTE)
    silent, known = (each for each in world.told()[-4:] if isinstance(each, StatusSet))
    assert (silent.status, silent.at) == (None, world.looked[1][1] + 3 * MINUTE)
    assert (known.status, known.at) == (UP, world.looked[2][1])
    assert numbers(world) == [1, 2, world.watched().watch.number]
    assert world.watched().watch.missed in (58, 59, 60)


def test_a_desk_that_was_away_for_less_knows_what_it_knew(world: World) -> None:
    world.probe()
    world.pass_by(2 * MINUTE)
    world.away(MINUTE)
    world.start()
    world.pass_by(2 * MINUTE)
    assert (numbers(world), world.status(), world.watched().watch.missed) == ([1], UP, 1)


def test_a_failure_before_a_pause_confirms_none_after_it(world: World) -> None:
    world.probe()
    world.pass_by(MINUTE)
    world.sees["https"] = FAILED
    world.pass_by(MINUTE)
    world.away(2 * MINUTE)
    world.start()
    world.pass_by(MINUTE)
    assert world.status() is UP
    world.pass_by(MINUTE)
    assert (world.status(), world.told()[-1].at) == (DOWN, world.looked[2][1])


def test_a_look_is_due_an_interval_after_the_last_one_whatever_was_in_between(world: World) -> None:
    world.probe(every=10 * MINUTE)
    world.pass_by(25 * MINUTE)
    before = len(world.looked)
    world.away(MINUTE)
    world.start()
    world.pass_by(10 * MINUTE)
    assert len(world.looked) == before + 1
    (_, last), (_, next_) = world.looked[-2:]
    assert next_ - last == 10 * MINUTE


def test_numbers_go_on_where_the_log_has_them_when_the_memory_is_lost(world: World) -> None:
    world.probe()
    world.pass_by(MINUTE)
    world.sees["https"] = FAILED
    world.pass_by(2 * MINUTE)
    forget(world)
    world.start()
    world.sees["https"] = GOOD
    world.pass_by(5 * MINUTE)
    assert numbers(world)[:2] == [1, 3]
    assert numbers(world) == sorted(numbers(world))
    assert world.status() is UP


def test_a_memory_that_is_lost_knows_nothing_of_the_time_in_which_the_desk_was_away(world: World) -> None:
    world.probe()
    world.pass_by(MINUTE)
    alive = world.running.clock.now
    world.away(HOUR)
    forget(world)
    world.start()
    world.round()
    silent = world.told()[-1]
    assert isinstance(silent, StatusSet)
    assert silent.status is None
    assert alive < silent.at <= alive + 3 * MINUTE


def test_who_dies_between_a_turn_and_its_memory_goes_on_with_the_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: object) -> None:
        raise OSError("the disk is full")

    world.probe()
    world.pass_by(MINUTE)
    world.sees["https"] = FAILED
    with monkeypatch.context() as away:
        away.setattr(watches, "remember", dies)
        world.pass_by(2 * MINUTE)
    assert (world.status(), world.watched().watch.status) == (DOWN, UP)
    world.start()
    world.sees["https"] = GOOD
    world.pass_by(4 * MINUTE)
    assert world.status() is UP
    assert numbers(world) == sorted(numbers(world))


def test_what_was_withdrawn_while_the_desk_was_away_counts_no_longer(world: World) -> None:
    world.probe()
    world.pass_by(MINUTE)
    world.withdraw()
    world.start()
    world.pass_by(SECOND)
    assert world.told()[-1] == StatusSet(
        at=world.running.clock.now, component="web", status=None, through=Through.PROBE
    )
    with world.running.views.connect() as connection:
        assert watches.watched(connection) == {}


def test_a_probe_that_comes_back_goes_on_with_its_numbers(world: World) -> None:
    world.probe()
    world.pass_by(3 * MINUTE)
    world.withdraw()
    world.pass_by(MINUTE)
    world.probe()
    world.pass_by(2 * MINUTE)
    assert numbers(world) == [1, 2]
