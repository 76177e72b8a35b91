"""What is announced on the page: incidents and planned works."""

from collections.abc import Iterator
from typing import Final

from prometheus_client.metrics_core import Metric

from domain.incident import IncidentImpact
from monitoring.exporter.families import counter, gauge, plain, seconds
from monitoring.exporter.seen import Seen
from projections import flow, incidents

NEEDED: Final = (flow.NAME, incidents.NAME)


def families(seen: Seen) -> Iterator[Metric]:
    """All of incidents and works."""
    yield from _incidents(seen)
    yield plain("maintenance_active", "Planned works that are under way.", len(incidents.under_way(seen.connection)))
    next_start = gauge("maintenance_next_start_timestamp_seconds", "When the next planned works begin.")
    starts = [each.scheduled_for for each in incidents.ahead(seen.connection) if each.scheduled_for is not None]
    if starts:
        next_start.add_metric([], seconds(min(starts)))
    yield next_start


def _incidents(seen: Seen) -> Iterator[Metric]:
    told = "Incidents that were announced, by the impact that they had at first; what was imported is not counted."
    opened = counter("incidents_opened", told, "impact")
    number = gauge("incidents_open", "Incidents that are not over.", "impact")
    last = gauge("incident_last_update_timestamp_seconds", "Of the open ones the oldest last update.", "impact")
    counted, unresolved = flow.incidents(seen.connection), incidents.unresolved(seen.connection)
    for impact in IncidentImpact:
        updated = [each.updated_at for each in unresolved if each.impact == impact]
        opened.add_metric([impact], counted.get(impact, 0))
        number.add_metric([impact], len(updated))
        if updated:
            last.add_metric([impact], seconds(min(updated)))
    yield from (opened, number, last)
