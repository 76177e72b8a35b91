"""Read side: the engine and the views; each view is one module, registered by one word."""

from typing import Final

from projections import deadlines, incidents, kpi, months, notices, positions, queue, sla, status, ticket, trail, upkeep
from projections.engine import Projection

ALL: Final[tuple[Projection, ...]] = (
    positions,
    queue,
    ticket,
    trail,
    deadlines,
    sla,
    months,
    kpi,
    status,
    incidents,
    notices,
    upkeep,
)

PUBLIC: Final[tuple[Projection, ...]] = (status, incidents, sla, months, ticket, trail)
"""What the public page reads: built first, so that it is there as soon as can be."""
