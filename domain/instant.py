"""Time in the domain: integers, so that a figure is the same to the last digit wherever it is computed."""

from typing import Final, TypeAlias

Instant: TypeAlias = int
"""Milliseconds since 1970-01-01T00:00:00Z (POSIX time: leap seconds do not exist)."""

Duration: TypeAlias = int
"""Milliseconds, never negative."""

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
