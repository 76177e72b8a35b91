"""What every process of the desk has beside its main act: metrics on a port of their own, workers on threads."""

import gc
import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from socketserver import ThreadingMixIn
from threading import Event, Thread
from time import monotonic
from typing import Final, TypeAlias
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import click
from prometheus_client.registry import Collector

from monitoring import metrics
from monitoring.exporter.site import site
from service.version import REVISION, VERSION
from store.lease import Superseded
from store.outage import in_a_line, trace_of

GRACE: Final = 5
"""Seconds that what is under way gets to end; whatever takes longer is harmless to cut off and do again."""

PAUSE: Final = 1
"""Seconds after which a worker that failed begins again."""
QUIET: Final = 60
"""Seconds that a worker has to last after it failed, before its next failure is told."""

LOOK: Final = 1
"""Seconds within which a signal is noticed that the system gave to another thread."""
POLL: Final = 0.1
"""Seconds within which the metrics stop being served when told to."""

NEW: Final = 10_000
"""Objects after which the collector looks for rubbish. By itself it looks after 700, many times in a page of the log: a
fifth of what views cost.
"""

LOGGER: Final = logging.getLogger("glasno.work")

Worker: TypeAlias = Callable[[Event], None]
"""Something that goes on until the event is set."""


@contextmanager
def working(workers: Sequence[Worker]) -> Iterator[None]:
    """The workers on a thread each; all are told to stop at the end, and waited for."""
    stopping = Event()
    threads = begun(workers, stopping)
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(GRACE)


def begun(workers: Sequence[Worker], stopping: Event) -> list[Thread]:
    """The workers at work, on a thread each."""
    threads = [Thread(target=tirelessly, args=(worker, stopping), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    return threads


def tirelessly(worker: Worker, stopping: Event) -> None:
    """A worker that fails begins again: the database may be away for a while. It is told once each time."""
    since = -inf
    while not stopping.is_set():
        try:
            worker(stopping)
        except Superseded as fault:
            LOGGER.warning("%s", fault)
        except Exception as fault:  # noqa: BLE001 -- whatever it is, it may be over soon
            if monotonic() - since > QUIET:
                _tell(fault)
            since = monotonic()
            stopping.wait(PAUSE)


def _tell(fault: Exception) -> None:
    what = PAUSE, in_a_line(fault)
    LOGGER.error("a worker failed: it begins again every %s s: %s", *what, exc_info=trace_of(fault))


def collect_seldom() -> None:
    """What is loaded by now stays: the collector need not look at it again. At what comes it looks seldom."""
    gc.freeze()
    gc.set_threshold(NEW)


def until_told(stopping: Event) -> None:
    """Wait for the main thread. It handles a signal when it runs, and the system may have woken another one for it."""
    while not stopping.wait(LOOK):
        pass


@contextmanager
def measured(listen: str, *collectors: Collector) -> Iterator[None]:
    """The metrics of this process, and those of the collectors, on a port and a thread of their own."""
    metrics.BUILD_INFO.labels(VERSION, REVISION).set(1)
    with _metrics_server(listen) as server:
        server.set_app(site(collectors))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": POLL}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def _metrics_server(listen: str) -> "_Server":
    host, _, port = listen.rpartition(":")
    try:
        return (_Server6 if ":" in host else _Server)((host.strip("[]"), int(port)), _Silent)
    except OSError as fault:
        raise click.ClickException(f"GLASNO_METRICS_LISTEN={listen}: {fault.strerror}") from None


class _Server(ThreadingMixIn, WSGIServer):
    """Answers on threads: one that asks and waits holds up nobody else."""

    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Silent(WSGIRequestHandler):
    """Who looks at metrics, and how often, is not worth a line."""

    def log_message(self, *_: object) -> None:
        pass
