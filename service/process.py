"""The workers of a process of the desk, on threads beside its main act."""

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from threading import Event, Thread
from time import monotonic
from typing import Final, TypeAlias

from store.lease import Superseded
from store.outage import in_a_line, trace_of

GRACE: Final = 5
"""Seconds that what is under way gets to end; whatever takes longer is harmless to cut off and do again."""

PAUSE: Final = 1
"""Seconds after which a worker that failed begins again."""
QUIET: Final = 60
"""Seconds that a worker has to last after it failed, before its next failure is told."""

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
