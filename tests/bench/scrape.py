"""`scrape`: what one look of Prometheus costs, on a desk as large as the exporter is made for, as its history grows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import median
from time import process_time
from typing import Any, Final

from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest

from domain.component import ComponentStatus
from domain.configuration.label import Label
from domain.configuration.level import Goal
from domain.configuration.line import LineDefined
from domain.policy import Clock
from monitoring.exporter.collector import ViewsCollector
from tests.bench.history import grow, new_desk
from tests.cast import AT, LINES
from tests.projections.story import level
from tests.status_page.stage import Stage

COMPONENTS: Final = tuple(f"part-{number}" for number in range(188))
"""Beside the twelve of the history."""
LEVELS: Final = ("bronze", "iron", "platinum", "silver", "tin")
"""Beside gold; each promises five clocks for three kinds and four priorities."""
SIZES: Final = (3_000, 30_000)
"""Shorter histories than the longest, after which it is measured, too."""
ROUNDS: Final = 10
TARGETS: Final = {"scrape": 100, "reading": 50}
"""Milliseconds of CPU."""


def measure(longest: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """By the number of events: the CPU (ms) of a scrape and of its reading, the median of some, and its samples."""
    told = []
    with new_desk() as stage:
        widen(stage)
        for size in (*(size for size in SIZES if size < longest), longest):
            grow(stage, size, progress)
            told.append({"events": stage.story.desk.log.head(), **_cost(stage)})
    return {"sizes": told, "targets": TARGETS}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    targets = " and ".join(f"{name} at most {target} ms" for name, target in measured["targets"].items())
    lines = [f"A look of Prometheus at 200 components and 6 levels, CPU; target: {targets}, however long the history"]
    lines.append(f"{'events':>12}{'samples':>10}{'scrape ms':>12}{'reading ms':>12}")
    for each in measured["sizes"]:
        costs = f"{each['scrape']:>12.0f}{each['reading']:>12.0f}"
        lines.append(f"{each['events']:>12,}{each['samples']:>10,}{costs}")
    return lines


def widen(stage: Stage) -> None:
    """As many components and levels as the exporter is made for, and the usual lines."""
    lines = sorted({*LINES.values()})
    stage.configure(*(LineDefined(at=AT, key=line, label=Label(f"Линия {line}", f"Line {line}")) for line in lines))
    stage.define(*COMPONENTS)
    for key in COMPONENTS:
        stage.set(key, ComponentStatus.OPERATIONAL)
    goals = tuple(Goal(clock, 95_000) for clock in Clock)
    stage.configure(*(replace(level(level=name), goals=goals) for name in LEVELS))


def _cost(stage: Stage) -> Mapping[str, float]:
    collector, registry = ViewsCollector(stage.story.desk, stage.story.engine), CollectorRegistry()
    registry.register(collector)
    families = [*collector.collect()]
    return {
        "samples": sum(len(family.samples) for family in families),
        "scrape": _cpu(lambda: generate_latest(registry)),  # type: ignore[no-untyped-call]
        "reading": _cpu(lambda: [*collector.collect()]),
    }


def _cpu(work: Callable[[], object]) -> float:
    """Milliseconds, the median of some rounds."""
    spent = []
    for _ in range(ROUNDS):
        since = process_time()
        work()
        spent.append((process_time() - since) * 1_000)
    return median(spent)
