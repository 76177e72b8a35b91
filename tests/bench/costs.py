"""`costs`: what an event and a request cost at each stage over PostgreSQL, and the bytes that they leave behind.

What `glasno bench simulate` computes with: the last line of `make bench BENCH="costs --json"` is its file of costs.
"""

import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.bench.history import COURSE
from tests.bench.requests import requests
from tests.bench.stages import stages
from tests.servers.nats import running_nats
from tests.servers.postgres import running_postgres

STEPS: Final = 10
"""Of the progress: half of them by requests, half by stages."""


def measure(events: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Milliseconds of processor and bytes, by what they are spent on; of a log of so many events."""
    with TemporaryDirectory() as folder, running_postgres() as postgres, running_nats(Path(folder, "nats")) as nats:
        asked = requests(Path(folder, "office"), postgres)
        progress(STEPS // 2)
        worked = stages(Path(folder, "desk"), postgres, nats, events)
        progress(STEPS)
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    machine = f"{os.cpu_count()} cores{model.partition(':')[2]}, Python {platform.python_version()}"
    ticket = asked["open"]["events"] + len(COURSE) * asked["reply"]["events"]
    when = {"measured": time.strftime("%Y-%m-%d", time.gmtime()), "machine": machine}
    return _rounded({**when, "events_of_ticket": ticket, "requests": asked, **worked})


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    lines = [f"{'processor ms a request':28}{'api':>9}{'postgres':>10}{'events':>9}"]
    for name, each in measured["requests"].items():
        lines.append(f"{name:28}{each['api']:>9.2f}{each['postgres']:>10.2f}{each['events']:>9.2f}")
    lines.append(f"{'processor ms an event':28}{'process':>9}{'postgres':>10}    of {measured['events']:,} events")
    for name, each in measured["stages"].items():
        lines.append(f"{name:28}{each['process']:>9.3f}{each['postgres']:>10.3f}")
    lines.append(f"{'bytes an event':28}{', '.join(f'{name} {each:,.0f}' for name, each in measured['bytes'].items())}")
    lines.append(f"events of a ticket to which {len(COURSE)} things happen: {measured['events_of_ticket']:g}")
    lines += _beside(measured["grown"])
    return [*lines, f"bytes a person: {measured['bytes_of_person']:,.0f}"]


def _beside(grown: Mapping[str, Any]) -> Iterator[str]:
    """The same in a small and in a large log."""
    for each in grown.values():
        told = [f"{name} {each[name]['process']:.3f} and {each[name]['postgres']:.3f}" for name in ("append", "read")]
        yield f"in a log of {each['events']:,} events: {', '.join(told)} ms (an event, a ticket)"


def _rounded(measured: Mapping[str, Any]) -> Mapping[str, Any]:
    """To four digits: no more of them would come out again."""
    told: Mapping[str, Any] = json.loads(json.dumps(measured), parse_float=lambda text: float(f"{float(text):.4g}"))
    return told
