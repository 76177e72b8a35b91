import re
from pathlib import Path

from prometheus_client import REGISTRY

import monitoring.metrics  # noqa: F401 -- what a process counts with
from domain.component import ComponentStatus
from tests.monitoring.looking import registry_of
from tests.status_page.stage import Stage

CATALOGUE = Path(__file__).resolve().parents[2] / "docs/monitoring.md"


def told() -> set[str]:
    """The names in the tables: a further name in a cell stands for the end of the first one."""
    cells = [re.findall(r"`(\w+)`?", line.split("|")[1]) for line in CATALOGUE.read_text().splitlines() if "|" in line]
    return {name for cell in cells if cell for name in _whole(*cell)}


def _whole(first: str, *ends: str) -> list[str]:
    """Wherever it may be cut."""
    cuts = [match.start() for match in re.finditer("_", first)]
    return [first, *(first[:cut] + end for end in ends for cut in cuts)]


def test_every_metric_is_in_the_catalogue(stage: Stage) -> None:
    stage.define("web")
    stage.set("web", ComponentStatus.OPERATIONAL)
    stage.story.projector.catch_up()
    ours = [*registry_of(stage).collect(), *(each for each in REGISTRY.collect() if each.name.startswith("glasno_"))]
    names = {each.name + "_total" * (each.type == "counter") for each in ours}
    assert len(names) > 50
    assert names - told() == set()


def test_the_catalogue_tells_of_no_other_metric(stage: Stage) -> None:
    ours = [*registry_of(stage).collect(), *REGISTRY.collect()]
    names = {each.name + "_total" * (each.type == "counter") for each in ours}
    first = re.findall(r"^\| `(glasno_\w+)`", CATALOGUE.read_text(), re.MULTILINE)
    assert len(first) > 30
    assert set(first) - names == set()
