"""When a probe looks: each on its own share of its interval, so that not all look at once."""

from typing import Final
from zlib import crc32

from domain.instant import SECOND, Duration

SOON: Final[Duration] = 10 * SECOND
"""Within it, or one interval, each probe looks for the first time; later ones are spread over their interval."""


def soon(probe: str, every: Duration) -> float:
    """Seconds until a probe looks for the first time."""
    return min(every, SOON) * _share(probe) / SECOND


def after(probe: str, every: Duration, now: float) -> float:
    """An interval later; after its first look up to half of one sooner or later, to get to its share. In seconds."""
    interval = every / SECOND
    left = interval - (now - _share(probe) * interval) % interval
    return now + left + (interval if left < interval / 2 else 0)


def _share(probe: str) -> float:
    """At which share of its interval it looks: always the same, and another one for another probe."""
    return crc32(probe.encode()) / 2**32
