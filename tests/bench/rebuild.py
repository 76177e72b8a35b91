"""`rebuild`: what it costs to build the views anew from a long log, beside reading the same rows and decoding them.

Each turn is a process of its own: its processor time and the most memory that it had are those of the kernel.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from projections import ALL, entries, incidents, months, positions, status, trail
from projections.database import sqlite_views
from projections.engine import Projection, Projector
from projections.rebuild import rebuild_together
from service.build import build_desk
from service.process import collect_seldom
from service.settings import Settings
from tests.bench.history import grow, new_desk
from tests.bench.serving import ROOT, TOOLS

SMALLER: Final = 30_000
"""Events of the shorter history: memory that grows with the longer one shows."""
ROUNDS: Final = 3
WITHOUT_TICKETS: Final = (positions, entries, trail, status, incidents, months)
"""The views that follow no ticket. No view at all reads content: facts are sealed, too, and opened for every view."""
WHICH: Final[Mapping[str, Sequence[Projection]]] = {"all": ALL, "without tickets": WITHOUT_TICKETS}
TARGETS: Final = {"all": 0.08, "without tickets": 0.15, "MiB": 300}


def measure(longest: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """By the number of events: microseconds of processor an event, ratios with their ranges, and memory (MiB)."""
    told = []
    with new_desk() as stage:
        for size in sorted({min(SMALLER, longest), longest}):
            grow(stage, size, progress)
            told.append(_costs(stage.story.folder))
    return {"sizes": told, "targets": TARGETS}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    lines = [f"{'events':>10}{'views':>18}{'µs an event':>14}{'wall':>8}{'reading':>10}{'MiB':>6}   reading / this"]
    for size in measured["sizes"]:
        for name in WHICH:
            each, target = size[name], measured["targets"][name]
            middle, lowest, highest = each["ratio"]
            costs = f"{each['cpu']:>14.1f}{each['wall']:>8.1f}{size['reading']:>10.2f}{each['MiB']:>6.0f}"
            ratio = f"{middle:.4f} ({lowest:.4f}-{highest:.4f}), target {target}"
            lines.append(f"{size['events']:>10,}{name:>18}{costs}   {ratio}")
    return lines


def _costs(folder: Path) -> Mapping[str, Any]:
    """Turn by turn: what the machine does else falls on all alike."""
    rounds = [_round(folder) for _ in range(ROUNDS)]
    events = rounds[0]["reading"]["events"]
    told = {name: _told([(each["reading"]["cpu"], each[name]) for each in rounds], events) for name in WHICH}
    reading = median(each["reading"]["cpu"] for each in rounds)
    return {"events": events, "reading": reading / events * 1e6, **told}


def _round(folder: Path) -> Mapping[str, Mapping[str, float]]:
    reference = [str(TOOLS / "python"), str(Path(__file__).with_name("decoding.py")), str(folder / "log.db")]
    ours = {name: [sys.executable, "-m", "tests.bench.rebuild", str(folder), name] for name in WHICH}
    return {name: _report(command) for name, command in {"reading": reference, **ours}.items()}


def _report(command: Sequence[str]) -> Mapping[str, float]:
    output = subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout
    report: Mapping[str, float] = json.loads(output)
    return report


def _told(rounds: Sequence[tuple[float, Mapping[str, float]]], events: float) -> Mapping[str, Any]:
    ratios = [reading / report["cpu"] for reading, report in rounds]
    reports = [report for _, report in rounds]
    costs = {name: median(report[name] for report in reports) / events * 1e6 for name in ("cpu", "wall")}
    return {**costs, "MiB": max(each["MiB"] for each in reports), "ratio": (median(ratios), min(ratios), max(ratios))}


def rebuilt(folder: Path, projections: Sequence[Projection]) -> Mapping[str, float]:
    """Build them anew in an empty file, as `glasno rebuild` does beside the old ones: seconds, and the most memory."""
    with TemporaryDirectory() as place, closing(build_desk(Settings(data_dir=folder))) as desk:
        engine = sqlite_views(Path(place, "views.db"))
        projector = Projector(desk.log, desk.name("configuration"), engine, projections)
        collect_seldom()
        before, since = getrusage(RUSAGE_SELF), perf_counter()
        events = rebuild_together(projector, projections)
        wall, after = perf_counter() - since, getrusage(RUSAGE_SELF)
        engine.dispose()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"events": events, "cpu": cpu, "wall": wall, "MiB": after.ru_maxrss / 1024}


if __name__ == "__main__":
    print(json.dumps(rebuilt(Path(sys.argv[1]), WHICH[sys.argv[2]])))  # noqa: T201 -- for the process that started it
