"""The components of the page: how each is shown, what counted and was not available, and its figure of the month."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from prometheus_client.metrics_core import Metric

from domain.component import SERVING, ComponentStatus
from domain.instant import SECOND, Duration
from domain.uptime import PERCENT, WHOLE, Uptime, stretches, uptime
from monitoring.exporter.families import counter, gauge
from monitoring.exporter.seen import Seen
from projections import flow, status
from projections.flow_components import Component, components

NEEDED: Final = (flow.NAME, status.NAME)


def families(seen: Seen) -> Iterator[Metric]:
    """All of the components."""
    found = components(seen.connection, at=seen.at, until=seen.settled(flow.NAME))
    yield from _names(found)
    yield from _states(found)
    yield from _counters(found)
    yield from _month(found, _uptimes(seen, [each.key for each in found]), seen.until - seen.since)


def _names(found: Sequence[Component]) -> Iterator[Metric]:
    info = gauge(
        "component_info", "Always 1: what a component is called, and its group.", "component", "name_en", "group"
    )
    for each in found:
        info.add_metric([each.key, each.en, each.group], 1)
    yield info


def _states(found: Sequence[Component]) -> Iterator[Metric]:
    """Of which nothing is known there is no sample."""
    up = gauge("component_up", "1 if it works, be it slowly; 0 in an outage or works.", "component")
    works = gauge("component_maintenance", "1 while it is shown as under planned works.", "component")
    shown = gauge("component_status", "1 for the status that is shown, 0 for the others.", "component", "status")
    for each in found:
        if each.state is not None:
            up.add_metric([each.key], each.state in SERVING)
            works.add_metric([each.key], each.state is ComponentStatus.UNDER_MAINTENANCE)
            for status_ in ComponentStatus:
                shown.add_metric([each.key, status_], each.state is status_)
    yield from (up, works, shown)


def _counters(found: Sequence[Component]) -> Iterator[Metric]:
    known = "as was known when the time went by: what is told later changes component_uptime_ratio only"
    bad = counter("component_unavailable_seconds", f"Time not available, weighed by uptime/1, {known}.", "component")
    whole = counter(
        "component_accountable_seconds",
        f"Time that counts: without announced works and the unknown, {known}.",
        "component",
    )
    for each in found:
        bad.add_metric([each.key], each.weighed / WHOLE / SECOND)
        whole.add_metric([each.key], each.accountable / SECOND)
    yield from (bad, whole)


def _month(found: Sequence[Component], uptimes: Mapping[str, Uptime], length: Duration) -> Iterator[Metric]:
    target = gauge("component_uptime_target_ratio", "The uptime that is promised for each month.", "component")
    allowed = gauge(
        "component_uptime_budget_seconds",
        "What may be unavailable this month: (the whole month less announced works and unknown time so far) * (1 - the "
        "target).",
        "component",
    )
    ratio = gauge(
        "component_uptime_ratio", "Uptime of this month so far, by uptime/1: the figure that counts.", "component"
    )
    for each in found:
        came = uptimes[each.key]
        if each.uptime_target:
            counts = length - came.excused - came.unknown
            target.add_metric([each.key], each.uptime_target / PERCENT)
            allowed.add_metric([each.key], counts * (PERCENT - each.uptime_target) / PERCENT / SECOND)
        if came.share is not None:
            ratio.add_metric([each.key], came.share / PERCENT)
    yield from (target, allowed, ratio)


def _uptimes(seen: Seen, keys: Sequence[str]) -> Mapping[str, Uptime]:
    """Of this month until now."""
    said = status.spells(seen.connection, since=seen.since, until=seen.at)
    rule = seen.state.uptime_rule
    return {key: uptime(stretches(said.get(key, []), seen.since, seen.at), rule) for key in keys}
