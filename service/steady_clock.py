"""The clock of the desk: the wall clock, but for a jump, which counts only once it has lasted.

What is stored while a clock is wrong stays wrong: verdicts, and times of storing that go back in the log, which
whoever verifies it finds for ever. A clock that is set to and fro within half a minute leaves no trace.
"""

import logging
import time
from collections.abc import Callable
from typing import Final

from domain.instant import Duration, Instant
from service.clock_guard import STRETCH, TOLERANCE

LOGGER: Final = logging.getLogger("glasno.clocks")


class SteadyClock:
    """Tells milliseconds, as both clocks do that it is made of, the steady one from any origin."""

    def __init__(self, wall: Callable[[], Instant], steady: Callable[[], Instant]) -> None:
        self._wall = wall
        self._steady = steady
        self._offset: Duration = wall() - steady()
        self._jumped: tuple[Duration, Instant] | None = None
        """How far the wall clock is from the steady one since a jump, and when that was first seen."""

    def __call__(self) -> Instant:
        """The time; as if there had been no jump for as long as that may be undone."""
        steady = self._steady()
        offset = self._wall() - steady
        if abs(offset - self._offset) <= TOLERANCE or self._has_lasted(offset, steady):
            self._offset, self._jumped = offset, None
        return steady + self._offset

    def _has_lasted(self, offset: Duration, steady: Instant) -> bool:
        jumped = self._jumped
        if jumped is None or abs(offset - jumped[0]) > TOLERANCE:
            LOGGER.warning("the clock jumped by %s ms: it is not followed before %s ms", offset - self._offset, STRETCH)
            self._jumped = offset, steady
            return False
        return steady - jumped[1] >= STRETCH


def wall() -> Instant:
    """The clock of this machine, as it was set."""
    return time.time_ns() // 1_000_000


def since_boot() -> Instant:
    """A clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
