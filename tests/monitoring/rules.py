"""The rules that are shipped, and what they speak of."""

import re
import subprocess
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric

import monitoring.metrics  # noqa: F401 -- what a process counts with
from tests.monitoring.looking import registry_of
from tests.servers.prometheus import tool
from tests.status_page.stage import Stage

ROOT: Final = Path(__file__).resolve().parents[2]
RULES: Final = ROOT / "monitoring/rules"
OF_OTHERS: Final = frozenset({"probe_success", "probe_ssl_earliest_cert_expiry", "up"})
"""What Prometheus and the blackbox exporter serve."""
GENERATED: Final = frozenset({"clock_level:glasno_sla_imminent:seconds"})
"""What `glasno rules prometheus` records."""
SUFFIXES: Final[Mapping[str, Collection[str]]] = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_count", "_sum"),
}
NAME: Final = re.compile(r"\b(?:glasno_\w+|probe_\w+|process_\w+|[a-z]\w*:[\w:]+)")


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([tool(), *map(str, arguments)], capture_output=True, text=True, check=False)


def rules_of(text: str) -> Iterator[Mapping[str, Any]]:
    for group in yaml.safe_load(text)["groups"]:
        yield from group["rules"]


def shipped() -> Iterator[Mapping[str, Any]]:
    for path in sorted(RULES.glob("*.rules.yml")):
        yield from rules_of(path.read_text())


def names_in(expression: str) -> Collection[str]:
    """The metrics that an expression of PromQL reads."""
    return NAME.findall(re.sub(r'"[^"]*"', '""', expression))


def served(stage: Stage) -> Collection[str]:
    """The names of all samples that a process of the desk may serve, whether there are any or not."""
    stage.story.projector.catch_up()
    families = [*REGISTRY.collect(), *registry_of(stage).collect()]
    return {name for family in families for name in _samples(family)}


def _samples(family: Metric) -> Iterator[str]:
    for suffix in SUFFIXES.get(family.type, ("",)):
        yield family.name + suffix
