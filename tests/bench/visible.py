"""`visible`: from announcing an incident to the public JSON that tells of it, while tickets are opened all the time."""

import json
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Final

from domain.person import Right
from domain.token import TokenScope
from tests.bench.bearer import bearer
from tests.bench.lag import TARGET, incident
from tests.bench.office import CLIENTS, Call, Office, office
from tests.bench.opening import ASKED
from tests.bench.serving import Report, Server
from tests.servers.postgres import running_postgres

INCIDENTS: Final = 50
"""Each is announced and resolved: that many times two events are followed."""
TICKETS: Final = 500
"""Opened at a time, again and again until all incidents are over."""


def measure(progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Milliseconds from sending what announces or resolves an incident, with and without the load of the openings."""
    with TemporaryDirectory() as folder, running_postgres() as postgres, office(Path(folder, "data"), postgres) as ours:
        token = bearer(ours.desk, Right.ADMINISTRATOR, TokenScope.COMPONENTS_WRITE)
        server = Server("glasno", ours.side.ports[0], "/en/")
        idle = _followed(server, token, "Idle", INCIDENTS // 5, progress)
        reports: list[Report] = []
        following = Thread(target=lambda: busy.extend(_followed(server, token, "Busy", INCIDENTS, progress)))
        busy: list[float] = []
        following.start()
        while following.is_alive():
            reports.append(_opened(ours))
        following.join()
    opened = sum(each["n"] for each in reports) / sum(each["n"] / each["rps"] for each in reports)
    return {"idle": _ranks(idle), "busy": _ranks(busy), "opened": opened, "target_p99": TARGET}


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The lines that are printed."""
    told = {"idle": "Nothing else happens", "busy": f"{CLIENTS} clients open {measured['opened']:.0f} tickets a second"}
    lines = [f"From event to page over PostgreSQL; target: p99 at most {measured['target_p99']} ms"]
    for name, words in told.items():
        ranks = ", ".join(f"{rank} {value:.0f} ms" for rank, value in measured[name].items())
        lines.append(f"{words}: {ranks}")
    return lines


def _followed(server: Server, token: str, title: str, count: int, progress: Callable[[int], None]) -> list[float]:
    lags: list[float] = []
    for number in range(count):
        lags += incident(server, token, f"{title} {number}")
        progress(len(lags))
    return lags


def _opened(ours: Office) -> Report:
    calls = [Call("/v1/tickets", each.headers, json.dumps(ASKED)) for each in ours.contacts]
    return ours.side.load(calls, TICKETS)


def _ranks(lags: Sequence[float]) -> Mapping[str, float]:
    ascending = sorted(lags)
    ranks = {f"p{percent}": ascending[ceil(len(ascending) * percent / 100) - 1] for percent in (50, 90, 99)}
    return {**ranks, "max": ascending[-1]}
