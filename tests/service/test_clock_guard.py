import logging
from threading import Event

import pytest
from prometheus_client import REGISTRY

from domain.event import Id
from domain.instant import HOUR, MINUTE, SECOND
from domain.policy import Clock
from service.clock_guard import STRETCH, TOLERANCE, ClockGuard, clock_guard
from service.jobs import Loop
from service.timers import ticking
from tests.service.running import Running, SetClock


class Clocks:
    """A wall clock, a monotonic clock and one of a database, which go on together until one is touched."""

    def __init__(self) -> None:
        self.wall, self.monotonic, self.database = SetClock(), SetClock(), SetClock()
        self.monotonic.now = 0
        self.guard = ClockGuard(self.wall, self.monotonic, self.database)
        assert self.guard.agree()

    def go_on(self, duration: int) -> bool:
        for clock in (self.wall, self.monotonic, self.database):
            clock.now += duration
        return self.guard.agree()


def test_clocks_that_go_on_together_agree() -> None:
    clocks = Clocks()
    assert clocks.go_on(SECOND)
    assert clocks.go_on(HOUR)
    assert REGISTRY.get_sample_value("glasno_clocks_disagree") == 0


@pytest.mark.parametrize("jump", [HOUR, -HOUR, TOLERANCE + 1, -TOLERANCE - 1])
def test_a_wall_clock_that_jumps_is_not_trusted(jump: int) -> None:
    clocks = Clocks()
    clocks.wall.now += jump
    clocks.database.now += jump
    assert not clocks.go_on(SECOND)
    assert REGISTRY.get_sample_value("glasno_clocks_disagree") == 1


def test_a_small_correction_is_no_disagreement() -> None:
    clocks = Clocks()
    clocks.wall.now += TOLERANCE
    assert clocks.go_on(SECOND)


def test_a_machine_that_slept_is_not_trusted_at_once() -> None:
    clocks = Clocks()
    clocks.wall.now += 8 * HOUR
    clocks.database.now += 8 * HOUR  # the monotonic clock stood still
    assert not clocks.go_on(0)


def test_a_database_of_another_time_is_not_trusted_for_as_long_as_it_is() -> None:
    clocks = Clocks()
    clocks.database.now += MINUTE
    assert not clocks.go_on(SECOND)
    assert not clocks.go_on(STRETCH)
    clocks.database.now -= MINUTE
    assert not clocks.go_on(STRETCH - 1)
    assert clocks.go_on(1)


def test_after_a_stretch_of_agreement_the_clocks_are_trusted_again(caplog: pytest.LogCaptureFixture) -> None:
    clocks = Clocks()
    clocks.wall.now += HOUR
    clocks.database.now += HOUR
    with caplog.at_level(logging.WARNING):
        assert not clocks.go_on(SECOND)
        assert not clocks.go_on(STRETCH - 1)
        assert clocks.go_on(1)
    assert [record.message for record in caplog.records] == [
        "the clocks are 3600000 ms apart: the timer holds back until they agree",
        "the clocks agree again: the timer goes on",
    ]


def test_a_second_jump_begins_the_stretch_anew() -> None:
    clocks = Clocks()
    for _ in range(2):
        clocks.wall.now += HOUR
        clocks.database.now += HOUR
        assert not clocks.go_on(STRETCH - 1)
    assert not clocks.go_on(STRETCH - 1)
    assert clocks.go_on(1)


def test_no_breach_is_stored_while_the_clocks_disagree(running: Running) -> None:
    stream, monotonic = running.open(), SetClock()
    guard = ClockGuard(running.clock, monotonic)
    assert guard.agree()
    running.clock.now += 2 * HOUR
    running.projector.catch_up()
    loop = Loop([ticking(running.desk, running.views)], running.clock, guard.agree)
    loop.round(Event())
    assert breaches(running, stream) == 0
    running.clock.now += STRETCH
    monotonic.now += STRETCH
    loop.round(Event())
    assert breaches(running, stream) == 1


def breaches(running: Running, stream: Id) -> int:
    return running.breaches(stream, Clock.REACTION)


def test_the_clock_of_the_database_server_counts(any_running: Running) -> None:
    """The desk of this test lives in November: far from the server's clock, and near its own."""
    is_postgres = any_running.views.dialect.name == "postgresql"
    assert clock_guard(lambda: any_running.clock.now - 400 * 24 * HOUR, any_running.views).agree() is not is_postgres
