"""The one line for a whole page that a client of the Statuspage API reads: an indicator, and words.

As Atlassian and Instatus document it. Two things are never told as `none`: an incident that is open while all
components work, and that something is not known.
"""

from collections.abc import Collection
from typing import Final, NamedTuple

from domain.component import ComponentStatus, State


class Rollup(NamedTuple):
    """In the words of the Statuspage API."""

    indicator: str
    description: str


OPERATIONAL: Final = Rollup("none", "All Systems Operational")
WORKS: Final = Rollup("maintenance", "Service Under Maintenance")
UNKNOWN: Final = Rollup("minor", "State Not Fully Known")
OF_COMPONENTS: Final = (
    (ComponentStatus.MAJOR_OUTAGE, Rollup("critical", "Major System Outage"), Rollup("major", "Partial System Outage")),
    (ComponentStatus.PARTIAL_OUTAGE, Rollup("major", "Partial System Outage"), Rollup("minor", "Minor Service Outage")),
    (
        ComponentStatus.DEGRADED,
        Rollup("minor", "Degraded System Service"),
        Rollup("minor", "Partially Degraded Service"),
    ),
    (ComponentStatus.UNDER_MAINTENANCE, WORKS, WORKS),
)
"""The worst first: if all components are so, and if some are."""
OF_INCIDENTS: Final = {
    "critical": Rollup("critical", "Major System Outage"),
    "major": Rollup("major", "Partial System Outage"),
    "minor": Rollup("minor", "Minor Service Outage"),
    "none": Rollup("minor", "Minor Service Outage"),
}
"""By impact, the worst first."""


GRADES: Final = ("none", "maintenance", "minor", "major", "critical")
"""Of indicators, the worst last."""


def rolled_up(states: Collection[State], impacts: Collection[str], *, is_known: bool) -> Rollup:
    """The page, from the states of its components and the impacts of open incidents, if that is all that is known."""
    said = _of_components(states)
    told = next((rollup for impact, rollup in OF_INCIDENTS.items() if impact in impacts), None)
    if told and GRADES.index(told.indicator) > GRADES.index(said.indicator):
        return told
    if said not in (OPERATIONAL, WORKS):
        return said
    return said if is_known and states and None not in states else UNKNOWN


def _of_components(states: Collection[State]) -> Rollup:
    for status, all_are, some_are in OF_COMPONENTS:
        if status in states:
            return all_are if set(states) == {status} else some_are
    return OPERATIONAL
