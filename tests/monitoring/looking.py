"""What Prometheus would see of a desk."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry

from monitoring.exporter.collector import ViewsCollector
from tests.status_page.stage import Stage


def registry_of(stage: Stage) -> CollectorRegistry:
    """One of its own: nothing else is in it."""
    registry = CollectorRegistry()
    registry.register(ViewsCollector(stage.story.desk, stage.story.engine))
    return registry


def look(stage: Stage, *, up_to_date: bool = True) -> Mapping[str, float]:
    """Each sample by its name without the prefix, and the values of its labels in the order in which they are told."""
    if up_to_date:
        stage.story.projector.catch_up()
    families = ViewsCollector(stage.story.desk, stage.story.engine).collect()
    samples = [sample for family in families for sample in family.samples]
    told = {f"{each.name.removeprefix('glasno_')}{{{','.join(each.labels.values())}}}": each.value for each in samples}
    assert len(told) == len(samples)
    return told
