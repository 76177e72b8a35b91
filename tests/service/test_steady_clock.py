import pytest

from domain.instant import HOUR, MINUTE, SECOND
from service.clock_guard import STRETCH, TOLERANCE
from service.steady_clock import SteadyClock
from tests.service.running import SetClock


class Clocks:
    """A wall clock and a steady one, which go on together until one is touched, and what is made of them."""

    def __init__(self) -> None:
        self.wall, self.steady = SetClock(), SetClock()
        self.steady.now = 0
        self.told = SteadyClock(self.wall, self.steady)

    def go_on(self, duration: int) -> int:
        self.wall.now += duration
        self.steady.now += duration
        return self.told()


def test_it_tells_what_the_wall_clock_tells() -> None:
    clocks = Clocks()
    assert clocks.go_on(HOUR) == clocks.wall.now


def test_a_correction_is_followed_at_once() -> None:
    clocks = Clocks()
    for _ in range(3):
        clocks.wall.now -= TOLERANCE
        assert clocks.go_on(SECOND) == clocks.wall.now


@pytest.mark.parametrize("jump", [HOUR, -HOUR, TOLERANCE + 1, -TOLERANCE - 1])
def test_a_jump_that_is_undone_was_none(jump: int) -> None:
    clocks = Clocks()
    right = clocks.wall.now
    clocks.wall.now += jump
    assert clocks.go_on(SECOND) == right + SECOND
    assert clocks.go_on(STRETCH - 1) == right + SECOND + STRETCH - 1
    clocks.wall.now -= jump
    assert clocks.go_on(SECOND) == clocks.wall.now
    clocks.wall.now += jump
    assert clocks.go_on(STRETCH) == clocks.wall.now - jump, "the next one is another one"


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_jump_that_lasts_is_followed(jump: int) -> None:
    clocks = Clocks()
    clocks.wall.now += jump
    assert clocks.go_on(SECOND) == clocks.wall.now - jump
    assert clocks.go_on(STRETCH) == clocks.wall.now


def test_a_clock_that_jumps_and_jumps_is_not_followed() -> None:
    clocks = Clocks()
    right = clocks.wall.now
    for number in range(1, 10):
        clocks.wall.now += MINUTE
        assert clocks.go_on(STRETCH - 1) == right + number * (STRETCH - 1)


def test_a_machine_that_slept_has_the_time_at_once() -> None:
    """The steady clock goes on meanwhile."""
    clocks = Clocks()
    assert clocks.go_on(8 * HOUR) == clocks.wall.now
