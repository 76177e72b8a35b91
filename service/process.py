"""What every process of the desk has beside its main act: metrics on a port of their own, workers on threads."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from math import inf
from threading import Event, Thread
from time import monotonic
from typing import Final, TypeAlias

import click
from prometheus_client import start_http_server

from monitoring import metrics
from projections.engine import Projector
from service.evidence import Signing
from service.gauges import measure
from service.settings import Settings
from service.version import REVISION, VERSION
from service.views import bell_of
from service.work import work_loops
from store.desk import Desk

GRACE: Final = 5
"""Seconds that what is under way gets to end; whatever takes longer is harmless to cut off and do again."""

PAUSE: Final = 1
"""Seconds after which a worker that failed begins again."""
QUIET: Final = 60
"""Seconds that a worker has to last after it failed, before its next failure is told."""

LOGGER: Final = logging.getLogger("glasno.work")

Worker: TypeAlias = Callable[[Event], None]
"""Something that goes on until the event is set."""


def workers_of(settings: Settings, desk: Desk, views: Projector) -> Sequence[Worker]:
    """What only one process does: keep the views, the timers and the notices, and sign the log."""
    loops = work_loops(desk, views.engine, settings)
    return [partial(views.run, bell_of(settings)), *(loop.run for loop in loops), Signing(settings, desk).run]


@contextmanager
def working(workers: Sequence[Worker]) -> Iterator[None]:
    """The workers on a thread each; all are told to stop at the end, and waited for."""
    stopping = Event()
    threads = [Thread(target=_tirelessly, args=(worker, stopping), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(GRACE)


def _tirelessly(worker: Worker, stopping: Event) -> None:
    """A worker that fails begins again: the database may be away for a while. It is told once each time."""
    since = -inf
    while not stopping.is_set():
        try:
            worker(stopping)
        except Exception:
            if monotonic() - since > QUIET:
                LOGGER.exception("a worker failed: it begins again every %s s", PAUSE)
            since = monotonic()
            stopping.wait(PAUSE)


@contextmanager
def measured(listen: str, desk: Desk, views: Projector) -> Iterator[None]:
    """The metrics on a port and a thread of their own; they look at the log and the views whenever they are read."""
    metrics.BUILD_INFO.labels(VERSION, REVISION).set(1)
    measure(desk, views)
    host, _, port = listen.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"))
    except OSError as fault:
        raise click.ClickException(f"GLASNO_METRICS_LISTEN={listen}: {fault.strerror}") from None
    yield
    server.shutdown()
    server.server_close()
    thread.join()
