"""`memory`: what the embedded desk, `glasno serve` on SQLite, takes at rest, and after a long history.

What is told is the resident set of the one process (VmRSS, proc(5)), and the most that it ever was (VmHWM).
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final

from domain.person import Right
from domain.token import TokenScope
from tests.bench.bearer import bearer
from tests.bench.history import grow, new_desk
from tests.bench.serving import ROOT, Process, Server, ready, started
from tests.cast import AT
from tests.servers.ports import free_port

TARGETS: Final = {"at rest": 150, "after": 250}
"""MiB."""
SETTLING = 20
"""Seconds until a desk has signed its log and printed its pages."""
TIMES = 40
"""How often each address is asked for; of pages of the past each time another."""
FIELDS: Final = {"VmRSS": "now", "VmHWM": "most"}


def measure(longest: int, progress: Callable[[int], None]) -> Mapping[str, Any]:
    """MiB of a desk that was just made, and of one with so many events that has served its pages and queues."""
    with TemporaryDirectory() as folder, _served(Path(folder)) as (process, _):
        rest = _memory(process)
    with new_desk() as stage:
        grow(stage, longest, progress)
        token = bearer(stage.story.desk, Right.AUDITOR, TokenScope.TICKETS_READ)
        with _served(stage.story.folder) as (process, server):
            _visit(server, token, range(AT, stage.story.clock.now))
            after = _memory(process)
        events = stage.story.desk.log.head()
    return {"events": events, "at rest": rest, "after": after, "targets": TARGETS}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    names = {"at rest": "a new desk at rest", "after": f"after {measured['events']:,} events, pages and queues served"}
    lines = [f"{'MiB of `glasno serve`':60}{'now':>7}{'most':>7}{'target':>9}"]
    for name, words in names.items():
        each = measured[name]
        lines.append(f"{words:60}{each['now']:>7.0f}{each['most']:>7.0f}{measured['targets'][name]:>9}")
    return lines


@contextmanager
def _served(folder: Path) -> Iterator[tuple[Process, Server]]:
    """As anybody starts it, once it has nothing left to do."""
    ports = free_port(), free_port()
    said = {"DATA_DIR": folder, "LISTEN": f"127.0.0.1:{ports[0]}", "METRICS_LISTEN": f"127.0.0.1:{ports[1]}"}
    environment = {f"GLASNO_{name}": str(value) for name, value in said.items()}
    with started([sys.executable, "-m", "service", "serve"], ROOT, environment) as process:
        server = ready(process, Server("glasno", ports[0], "/en/"))
        time.sleep(SETTLING)
        yield process, server


def _visit(server: Server, token: str, days: range) -> None:
    draw, bearer = Random(1), {"Authorization": f"Bearer {token}"}  # noqa: S311 -- no secrets
    for _ in range(TIMES):
        for path in ("/en/", "/ru/sla", "/history.atom", f"/en/?at={draw.choice(days)}"):
            server.get(path)
        for path in ("/v1/queue", "/v1/tickets"):
            if server.get(path, bearer).status != 200:
                raise SystemExit(f"{path} was not answered")


def _memory(process: Process) -> Mapping[str, float]:
    lines = (line.partition(":") for line in Path(f"/proc/{process.pid}/status").read_text().splitlines())
    return {FIELDS[name]: int(told.split()[0]) / 1024 for name, _, told in lines if name in FIELDS}
