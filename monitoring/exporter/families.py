"""Families of samples, named as all of ours."""

from collections.abc import Iterable, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from domain.instant import SECOND, Instant

PREFIX: Final = "glasno_"


def counter(name: str, told: str, *labels: str) -> CounterMetricFamily:
    """`_total` is added to the name."""
    return CounterMetricFamily(PREFIX + name, told, labels=labels)


def gauge(name: str, told: str, *labels: str) -> GaugeMetricFamily:
    """What may fall."""
    return GaugeMetricFamily(PREFIX + name, told, labels=labels)


def plain(name: str, told: str, value: float) -> GaugeMetricFamily:
    """A gauge of one sample."""
    return GaugeMetricFamily(PREFIX + name, told, value=value)


def seconds(instant: Instant) -> float:
    """Since 1970, as Prometheus counts them."""
    return instant / SECOND


def text(families: Sequence[Metric]) -> bytes:
    """As Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Told(families))
    return generate_latest(registry)


class _Told(Collector):
    """What was told already."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families
