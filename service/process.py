"""What every process of the desk has beside its main act: metrics on a port of their own, workers on threads."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread
from typing import Final, TypeAlias

import click
from prometheus_client import start_http_server

from domain.instant import SECOND
from monitoring import metrics
from projections.engine import Lag, Projector, State
from service.settings import Settings
from service.version import REVISION, VERSION
from service.views import bell_of
from service.work import work_loops
from store.desk import Desk

GRACE: Final = 5
"""Seconds that what is under way gets to end; whatever takes longer is harmless to cut off and do again."""

Worker: TypeAlias = Callable[[Event], None]
"""Something that goes on until the event is set."""


def workers_of(settings: Settings, desk: Desk, views: Projector) -> Sequence[Worker]:
    """What only one process does: keep the views, the timers and the notices."""
    loops = work_loops(desk, views.engine, allow_private=settings.webhooks_allow_private)
    return [partial(views.run, bell_of(settings)), *(loop.run for loop in loops)]


@contextmanager
def working(workers: Sequence[Worker]) -> Iterator[None]:
    """The workers on a thread each; all are told to stop at the end, and waited for."""
    stopping = Event()
    threads = [Thread(target=worker, args=(stopping,), daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join(GRACE)


@contextmanager
def measured(listen: str, desk: Desk, views: Projector) -> Iterator[None]:
    """The metrics on a port and a thread of their own; they look at the log and the views whenever they are read."""
    _measure(desk, views)
    host, _, port = listen.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"))
    except OSError as fault:
        raise click.ClickException(f"GLASNO_METRICS_LISTEN={listen}: {fault.strerror}") from None
    yield
    server.shutdown()
    server.server_close()
    thread.join()


def _measure(desk: Desk, views: Projector) -> None:
    metrics.BUILD_INFO.labels(VERSION, REVISION).set(1)
    metrics.EVENT_STORE_POSITION.set_function(desk.log.head)
    for projection in views.projections:
        _measure_view(desk, views, projection.NAME)


def _measure_view(desk: Desk, views: Projector, name: str) -> None:
    def state() -> State:
        return next(each for each in views.states() if each.name == name)

    def lag() -> Lag:
        return views.lag(state(), desk.now())

    metrics.PROJECTION_POSITION.labels(name).set_function(lambda: state().position)
    metrics.PROJECTION_LAG_EVENTS.labels(name).set_function(lambda: lag().events)
    metrics.PROJECTION_LAG_SECONDS.labels(name).set_function(lambda: lag().milliseconds / SECOND)
    metrics.PROJECTION_STOPPED.labels(name).set_function(lambda: state().error is not None)
