"""The goals of published levels as OpenSLO v1 (https://github.com/OpenSLO/OpenSLO).

What it cannot say (business hours, pauses, deadlines, exclusions) is in the metric already, and named in annotations.
Not v2alpha: that has no calendar months.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from domain.attainment import ALL, month_of
from domain.configuration import Configuration
from domain.configuration.level import Goal, LevelPublished
from domain.instant import Instant

API: Final = "openslo/v1"
SOURCE: Final = "glasno-prometheus"
HEAD: Final = """\
# Made by `glasno rules openslo` from the goals of published levels. The window is the calendar month in the desk's
# zone: a tool that takes 1M for 30 days (the Go SDK of v1 does) computes another figure.
"""


def openslo(state: Configuration, *, zone: str, at: Instant) -> str:
    """A YAML stream: the source, a service for each level, an SLO for each of its clocks that has a goal."""
    return HEAD + yaml.safe_dump_all(_documents(state, zone, at), sort_keys=False, allow_unicode=True, width=120)


def _documents(state: Configuration, zone: str, at: Instant) -> Iterator[Mapping[str, Any]]:
    yield _document("DataSource", SOURCE, {"type": "Prometheus", "connectionDetails": {"url": "http://127.0.0.1:9090"}})
    for level, version in sorted(state.levels.in_force.items()):
        published = state.levels.published[level, version]
        if published.goals and state.is_published(level, at):
            yield _document("Service", _name(level), {"description": f"Service level {level}, version {version}"})
            yield from (_slo(published, goal, zone) for goal in published.goals)


def _slo(level: LevelPublished, goal: Goal, zone: str) -> Mapping[str, Any]:
    name = _name(f"{level.level}-{goal.clock.value}")
    spec = {
        "service": _name(level.level),
        "indicator": {"metadata": {"name": f"{name}-met"}, "spec": {"ratioMetric": _ratio(level.level, goal)}},
        "timeWindow": [
            {
                "duration": "1M",
                "calendar": {"startTime": f"{month_of(level.at, zone)}-01 00:00:00", "timeZone": zone},
                "isRolling": False,
            }
        ],
        "budgetingMethod": "Occurrences",
        "objectives": [{"displayName": "met", "target": goal.share / ALL}],
    }
    return _document("SLO", name, spec, _facts(level, goal))


def _facts(level: LevelPublished, goal: Goal) -> Mapping[str, str]:
    """What the metric holds and OpenSLO has no words for."""
    targets = [each for each in level.targets if each.clock is goal.clock]
    return {
        "glasno/level-version": str(level.version),
        "glasno/calendars": ", ".join(sorted({f"{each.calendar}/{each.calendar_version}" for each in targets})),
        "glasno/attribution": "the month of the due instant",
        "glasno/not-counted": "excluded with a reason, refused with a reason",
    }


def _ratio(level: str, goal: Goal) -> Mapping[str, Any]:
    of = f'{{clock="{goal.clock.value}",level="{level}"}}'
    return {
        "counter": True,
        "bad": _query(f"sum(max without (instance) (glasno_sla_clocks_breached_total{of}))"),
        "total": _query(f"sum(max without (instance) (glasno_sla_clocks_decided_total{of}))"),
    }


def _query(text: str) -> Mapping[str, Any]:
    return {"metricSource": {"metricSourceRef": SOURCE, "type": "Prometheus", "spec": {"query": text}}}


def _name(key: str) -> str:
    """As RFC 1123 wants it: keys of the desk may have underscores."""
    return key.replace("_", "-").strip("-")[:63]


def _document(
    kind: str, name: str, spec: Mapping[str, Any], facts: Mapping[str, str] | None = None
) -> Mapping[str, Any]:
    metadata: Sequence[tuple[str, Any]] = [("name", name), *([("annotations", dict(facts))] if facts else [])]
    return {"apiVersion": API, "kind": kind, "metadata": dict(metadata), "spec": spec}
