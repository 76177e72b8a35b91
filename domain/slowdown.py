"""Whether support begins to slow: `slowdown/1`, the first responses of a line against its own past.

A window ends now, and what is usual is what was given in the 28 days before it. Times are open time, as the clock
`first_response` counts it. A ticket that still waits counts in every window with its time so far, once that is longer
than the usual median: until then nobody can know which side of the median its response will be on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from domain.instant import DAY, MINUTE, Duration, Instant
from domain.month import nearest_rank

WINDOWS: Final[Mapping[str, Duration]] = {"1d": DAY, "7d": 7 * DAY}
PAST: Final[Duration] = 28 * DAY
"""Whole weeks: as many Mondays as Sundays."""
REACH: Final[Duration] = PAST + max(WINDOWS.values())
"""No first response that is older counts."""
ENOUGH: Final = 10
"""Recent ones without which nothing is said."""
ENOUGH_USUAL: Final = 30
LEAST: Final[Duration] = MINUTE
"""A median that is not longer by more than that is none that anybody would notice."""


class Given(NamedTuple):
    """A first response: when it was given, and the open time until then."""

    at: Instant
    used: Duration


@dataclass(frozen=True)
class Times:
    """Of so many times the median and the 90th percentile by nearest rank; None of none."""

    number: int
    median: Duration | None
    p90: Duration | None


@dataclass(frozen=True)
class Pace:
    """A window and what is usual."""

    recent: Times
    waiting: int
    """Of the recent ones those that are not given yet."""
    usual: Times

    @property
    def is_slowing(self) -> bool:
        """The median is longer than 1.5 times the usual one, and by more than a minute; never said of few."""
        if self.recent.number < ENOUGH or self.usual.number < ENOUGH_USUAL:
            return False
        now, usual = self.recent.median or 0, self.usual.median or 0
        return now * 2 > usual * 3 and now - usual > LEAST


def pace(given: Sequence[Given], waits: Iterable[Duration], window: str, at: Instant) -> Pace:
    """Those of one line, as of `at`; what was given after it does not count."""
    since = at - WINDOWS[window]
    usual = _times([each.used for each in given if since - PAST < each.at <= since])
    late = [each for each in waits if usual.median is not None and each > usual.median]
    recent = _times([*(each.used for each in given if since < each.at <= at), *late])
    return Pace(recent, len(late), usual)


def _times(used: Iterable[Duration]) -> Times:
    ascending = sorted(used)
    median, p90 = (nearest_rank(ascending, percent) if ascending else None for percent in (50, 90))
    return Times(len(ascending), median, p90)
