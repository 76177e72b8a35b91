"""`/metrics`: what the page says, for Prometheus. One document that reads as its text format and as OpenMetrics 1.0.

Figures of the month are gauges: what is told late may lower them, and a counter that falls would look like a restart.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.openmetrics.exposition import generate_latest

from domain.attainment import month_of
from domain.component import SERVING, ComponentStatus
from domain.incident import IncidentImpact
from domain.instant import SECOND
from domain.uptime import PERCENT, WHOLE, uptime
from projections import sla
from status_page.edition import Edition
from status_page.files.course import courses
from status_page.files.sla import facts_of_this_month
from status_page.words import Language


def document(edition: Edition, _: Language, __: Mapping[str, str]) -> bytes:
    """All families; where something is not known there is no sample."""
    registry = CollectorRegistry()
    _page(registry, edition)
    _components(registry, edition)
    _uptime(registry, edition)
    _incidents(registry, edition)
    _works(registry, edition)
    _sla(registry, edition)
    told: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return told


def _page(registry: CollectorRegistry, edition: Edition) -> None:
    _gauge(registry, "page_position", "The position of the log that the page is of.").set(edition.position)
    _gauge(registry, "page_timestamp_seconds", "The instant that the page is of.").set(edition.at / SECOND)
    behind = _gauge(registry, "page_behind", "1 if the log has events that the page does not show yet.")
    behind.set(edition.mark.is_behind)


def _components(registry: CollectorRegistry, edition: Edition) -> None:
    """Of what the page is behind of nothing is known."""
    up = _gauge(registry, "component_up", "1 if it works, be it slowly; 0 in an outage or works.", "component")
    works = _gauge(registry, "component_maintenance", "1 while planned works are done on it.", "component")
    published = _gauge(registry, "component_status", "1 for the status that is published.", "component", "status")
    for each in edition.components:
        if each.status and not edition.mark.is_behind:
            up.labels(each.key).set(each.status in SERVING)
            works.labels(each.key).set(each.status is ComponentStatus.UNDER_MAINTENANCE)
            for known in ComponentStatus:
                published.labels(each.key, known.value).set(each.status is known)


def _uptime(registry: CollectorRegistry, edition: Edition) -> None:
    target = _gauge(registry, "component_uptime_target_ratio", "The uptime that is promised.", "component")
    ratio = _gauge(registry, "component_uptime_ratio", "Uptime of this month so far, by uptime/1.", "component")
    bad = _gauge(
        registry, "component_month_unavailable_seconds", "Of this month so far: not available, weighed.", "component"
    )
    whole = _gauge(registry, "component_month_accountable_seconds", "Of this month so far: what counts.", "component")
    since, _ = sla.month(month_of(edition.at, edition.zone), edition.zone)
    defined = {each.key: each for each in edition.components}
    for key, course in courses(edition, [*defined], since).items():
        came = uptime(course, edition.configured.state.uptime_rule)
        bad.labels(key).set(came.weighed / WHOLE / SECOND)
        whole.labels(key).set(came.accountable / SECOND)
        if came.share is not None:
            ratio.labels(key).set(came.share / PERCENT)
        if defined[key].uptime_target:
            target.labels(key).set(defined[key].uptime_target / PERCENT)


def _incidents(registry: CollectorRegistry, edition: Edition) -> None:
    count = _gauge(registry, "incidents_open", "Incidents that are not over.", "impact")
    last = _gauge(
        registry, "incident_last_update_timestamp_seconds", "Of the open ones: the oldest last update.", "impact"
    )
    found = edition.unresolved
    for impact in IncidentImpact:
        updated = [each.updated_at for each in found if each.impact == impact]
        count.labels(impact.value).set(len(updated))
        if updated:
            last.labels(impact.value).set(min(updated) / SECOND)


def _works(registry: CollectorRegistry, edition: Edition) -> None:
    active = _gauge(registry, "maintenance_active", "Planned works that are under way.")
    active.set(len(edition.under_way))
    starts = [each.scheduled_for for each in edition.ahead if each.scheduled_for is not None]
    if starts:
        following = _gauge(registry, "maintenance_next_start_timestamp_seconds", "When the next planned works begin.")
        following.set(min(starts) / SECOND)


def _sla(registry: CollectorRegistry, edition: Edition) -> None:
    month, by = "Of this month so far, published tickets:", ("clock", "level")
    decided = _gauge(registry, "sla_month_clocks_decided", f"{month} clocks with a verdict.", *by)
    breached = _gauge(registry, "sla_month_clocks_breached", f"{month} clocks that were breached.", *by)
    kept = _gauge(registry, "sla_month_attainment_ratio", f"{month} the share that was kept, by attainment/1.", *by)
    for level, clock, fact in facts_of_this_month(edition):
        decided.labels(clock.value, level).set(fact.decided)
        breached.labels(clock.value, level).set(fact.breached)
        if fact.attainment is not None:
            kept.labels(clock.value, level).set(fact.attainment / PERCENT)


def _gauge(registry: CollectorRegistry, name: str, told: str, *labels: str) -> Gauge:
    return Gauge(f"glasno_{name}", told, labels, registry=registry)
