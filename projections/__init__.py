"""Read side: the engine and the views; each view is one module, registered by one word."""

from typing import Final

from projections import (
    alerts,
    deadlines,
    entries,
    erasures,
    flow,
    incidents,
    kpi,
    months,
    notices,
    page_links,
    positions,
    queue,
    retention,
    sla,
    slowdown,
    status,
    subscribers,
    ticket,
    trail,
    upkeep,
)
from projections.engine import Projection

ALL: Final[tuple[Projection, ...]] = (
    positions,
    entries,
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
    page_links,
    subscribers,
    upkeep,
    erasures,
    retention,
    flow,
    slowdown,
    alerts,
)

PUBLIC: Final[tuple[Projection, ...]] = (status, incidents, sla, months, ticket, trail)
"""What the public page reads: built first, so that it is there as soon as can be."""
