"""What somebody may tell of: nothing that is still to come, and nothing from long before the desk was."""

from typing import Final

from domain.instant import DAY, Instant
from domain.refusal import Refused
from store.desk import Desk

DAYS_BEFORE: Final = 366
"""A history may be told by hand; a slip of the year would be published for ever."""


def demand_of_the_desk(desk: Desk, at: Instant, *, now: Instant) -> None:
    """Refused: `at_ahead`; `at_before_the_desk` if it is more than a year before the desk was founded."""
    if at > now:
        raise Refused("at_ahead")
    if at < now and at < (earliest := desk.log.read(desk.stream)[0].event.at - DAYS_BEFORE * DAY):
        raise Refused("at_before_the_desk", earliest=earliest)
