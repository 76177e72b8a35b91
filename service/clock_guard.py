"""The clock guard: whether the clocks agree, so that no breach is stored by a clock that is wrong.

A wall clock that was set, a laptop that slept, a database whose clock differs: each shows as a disagreement.
"""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from domain.instant import SECOND, Duration, Instant
from monitoring.metrics import CLOCKS_DISAGREE

if TYPE_CHECKING:  # a prober, which has no database, guards its clock as well
    from sqlalchemy import Engine

TOLERANCE: Final[Duration] = 5 * SECOND
"""How far the clocks may be apart, or drift from one comparison to the next."""

STRETCH: Final[Duration] = 30 * SECOND
"""For how long they have to agree before they are trusted again."""

LOGGER: Final = logging.getLogger("glasno.clocks")


class ClockGuard:
    """Compares wall, monotonic and database clock; all three tell milliseconds, the monotonic one from any origin."""

    def __init__(
        self,
        wall: Callable[[], Instant],
        monotonic: Callable[[], Instant],
        database: Callable[[], Instant] | None = None,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._database = database
        self._offset: Duration | None = None
        self._doubted_at: Instant | None = None

    @property
    def is_holding(self) -> bool:
        """Whether the clocks were not trusted at the last comparison."""
        return self._doubted_at is not None

    def agree(self) -> bool:
        """Compare; False while they disagree and until they have agreed for a stretch."""
        steady, apart = self._compare()
        if apart > TOLERANCE:
            self._doubt(steady, apart)
        elif self._doubted_at is not None and steady - self._doubted_at >= STRETCH:
            LOGGER.warning("the clocks agree again: the timer goes on")
            self._doubted_at = None
        CLOCKS_DISAGREE.set(self.is_holding)
        return not self.is_holding

    def _compare(self) -> tuple[Instant, Duration]:
        """The monotonic time and how far the clocks are apart."""
        wall, steady = self._wall(), self._monotonic()
        offset, before = wall - steady, self._offset
        self._offset = offset
        drift = 0 if before is None else abs(offset - before)
        return steady, max(drift, abs(self._database() - wall) if self._database else 0)

    def _doubt(self, steady: Instant, apart: Duration) -> None:
        if not self.is_holding:
            LOGGER.warning("the clocks are %s ms apart: the timer holds back until they agree", apart)
        self._doubted_at = steady


def clock_guard(wall: Callable[[], Instant], views: "Engine") -> ClockGuard:
    """The guard of this machine; with PostgreSQL the clock of the server counts too."""
    is_postgres = views.dialect.name == "postgresql"
    return ClockGuard(wall, _monotonic, (lambda: _database_clock(views)) if is_postgres else None)


def _monotonic() -> Instant:
    return time.monotonic_ns() // 1_000_000


def _database_clock(views: "Engine") -> Instant:
    with views.connect() as connection:
        return int(connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp()) * 1000").scalar_one())
