"""Read side: the engine and the views; each view is one module, registered by one word."""

from typing import Final

from projections import deadlines, kpi, notices, positions, queue, sla, status, ticket, trail, upkeep
from projections.engine import Projection

ALL: Final[tuple[Projection, ...]] = (positions, queue, ticket, trail, deadlines, sla, kpi, status, notices, upkeep)

PUBLIC: Final[tuple[Projection, ...]] = (status, sla, ticket, trail)
"""What the public page reads: built first, so that it is there as soon as can be."""
