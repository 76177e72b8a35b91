"""`lag`: from announcing an incident to the public JSON that tells of it, while others look at the page."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, Final

from tests.bench.serving import Server, desk

EVENTS: Final = 200
SETTLING: Final = 20
"""Events before those that count: a desk that has just been made still fixes its months and signs its log."""
PER_SECOND: Final = 50
"""Requests for the page beside it."""
LOOK: Final = 0.01
"""Seconds between two looks for the event."""
REST: Final = 0.3
"""Seconds between two events."""
TARGET: Final = 250
"""Milliseconds at p99."""
SUMMARY: Final = "/api/v2/summary.json"


def measure(progress: Callable[[int], None]) -> Mapping[str, Any]:
    """Milliseconds from sending the request that announces or resolves an incident: storing it counts too."""
    with TemporaryDirectory() as folder, desk(Path(folder, "data")) as ours, _visited(ours):
        token = json.loads(Path(folder, "data", "demo-tokens.json").read_text())["administrator"]
        lags: list[float] = []
        for number in range((SETTLING + EVENTS) // 2):
            lags += incident(ours, token, f"Measured {number}")
            progress(len(lags))
    ascending = sorted(lags[SETTLING:])
    ranks = {f"p{percent}": ascending[ceil(len(ascending) * percent / 100) - 1] for percent in (50, 90, 99)}
    return {
        "events": len(ascending),
        "target_p99": TARGET,
        "max": ascending[-1],
        "first": max(lags[:SETTLING]),
        **ranks,
    }


def table(measured: Mapping[str, Any]) -> Sequence[str]:
    """The line that is printed."""
    told = ", ".join(f"{name} {measured[name]:.0f} ms" for name in ("p50", "p90", "p99", "max"))
    return [
        f"From event to page: {told} over {measured['events']} events; target: p99 at most {TARGET} ms",
        f"Of the {SETTLING} events before them, on a desk just made, the slowest took {measured['first']:.0f} ms",
    ]


def incident(ours: Server, token: str, title: str) -> Iterator[float]:
    """It is announced, and then resolved."""
    opening = {"title": {"en": title}, "text": {"en": "We are looking."}, "components": {}}
    since = time.perf_counter()
    address = _post(ours, token, "/v1/incidents", opening)
    yield _until(ours, title, since, shown=True)
    since = time.perf_counter()
    _post(ours, token, f"{address}/updates", {"status": "resolved", "text": {"en": "Done."}})
    yield _until(ours, title, since, shown=False)


def _post(ours: Server, token: str, path: str, body: Mapping[str, Any]) -> str:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with closing(HTTPConnection("127.0.0.1", ours.port)) as connection:
        connection.request("POST", path, json.dumps(body), headers | {"Idempotency-Key": str(time.time_ns())})
        answer = connection.getresponse()
        if answer.status not in (200, 201):
            raise SystemExit(f"{path} answered {answer.status}: {answer.read().decode()}")
        return answer.headers.get("Location", "")


def _until(ours: Server, title: str, since: float, *, shown: bool) -> float:
    """Milliseconds until it is on the page, or is no more."""
    while (title in ours.get(SUMMARY).body.decode()) != shown:
        time.sleep(LOOK)
    lag = (time.perf_counter() - since) * 1_000
    time.sleep(REST)
    return lag


@contextmanager
def _visited(ours: Server) -> Iterator[None]:
    """Others look at the page all the time."""
    stopping = Event()

    def look() -> None:
        while not stopping.wait(1 / PER_SECOND):
            ours.get()

    visitor = Thread(target=look)
    visitor.start()
    try:
        yield
    finally:
        stopping.set()
        visitor.join()
