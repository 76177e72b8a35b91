"""Instants as Alertmanager writes them: RFC 3339, in any zone, with up to nine digits of a second."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.instant import Instant

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final[Instant] = 253_402_214_399_999
"""The end of 9999-12-30 in UTC: later ones are in no calendar in some time zones."""
NONE: Final = "0001-01-01T00:00:00Z"
"""What Go writes where there is no time."""
RFC3339: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def instant_of(text: str) -> Instant | None:
    """The millisecond in which it lies; None if it is no date-time from 1970 on."""
    if found := RFC3339.fullmatch(text):
        day, clock, fraction, zone = found.groups()
        with suppress(ValueError):
            whole = datetime.fromisoformat(f"{day}T{clock}{zone.replace('Z', '+00:00')}") - EPOCH
            instant = whole // timedelta(milliseconds=1) + int((fraction or "0").ljust(3, "0")[:3])
            return instant if 0 <= instant <= LAST else None
    return None


def text_of(instant: Instant) -> str:
    """In UTC, with its milliseconds."""
    return (EPOCH + timedelta(milliseconds=instant)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
