"""The collector: everything that is read from the views, at each look anew.

A family whose views do not follow the log has no samples, so that no alert sleeps over a figure that stands still.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from time import perf_counter
from typing import Final, TypeAlias

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from monitoring import heartbeats
from monitoring.exporter import announcements, components, pipeline, probes, sla, slowdown, tickets
from monitoring.exporter.families import plain
from monitoring.exporter.seen import Seen, looking
from monitoring.probes import watches
from projections import ALL
from store.desk import Desk

Part: TypeAlias = tuple[Sequence[str], Callable[[Seen], Iterator[Metric]]]
"""Families, and the views that have to be current for them."""

PARTS: Final[Sequence[Part]] = (
    ((), pipeline.families),
    (tickets.NEEDED, tickets.families),
    (sla.NEEDED, sla.families),
    (slowdown.NEEDED, slowdown.families),
    (components.NEEDED, components.families),
    (announcements.NEEDED, announcements.families),
    ((), probes.families),
    (probes.NEEDED_BY_HELD, probes.held),
)

LOGGER: Final = logging.getLogger("glasno.exporter")


class ViewsCollector(Collector):
    """Reads the views of a desk whenever somebody asks; a database that is away is told, and never raised."""

    def __init__(self, desk: Desk, engine: Engine) -> None:
        self._desk = desk
        self._engine = engine
        self._is_prepared = False
        self._fault = ""

    def collect(self) -> Iterator[Metric]:
        """All families, and how that went."""
        since, is_whole = perf_counter(), True
        told: list[Metric] = []
        try:
            self._prepare()
            with looking(self._desk, self._engine, [each.NAME for each in ALL]) as seen:
                for needed, families in PARTS:
                    if seen.are_current(needed):
                        told += families(seen)
                    else:
                        is_whole = False
            self._fault = ""
        except Exception as fault:  # noqa: BLE001 -- whatever it is, the other metrics are served
            is_whole = False
            self._tell(f"{type(fault).__name__}: {fault}")
        yield from told
        yield plain("collector_duration_seconds", "How long it took to read the views.", perf_counter() - since)
        yield plain("collector_success", "1 if every family could be read from views that are current.", is_whole)

    def _prepare(self) -> None:
        """The exporter may be there before those who remember something of probes."""
        if not self._is_prepared:
            watches.prepare(self._engine)
            heartbeats.prepare(self._engine)
        self._is_prepared = True

    def _tell(self, fault: str) -> None:
        """Once, not at every look."""
        if fault != self._fault:
            LOGGER.error("the views cannot be read: %s", fault)
        self._fault = fault
