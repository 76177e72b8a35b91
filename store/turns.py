"""Turns: of the threads of this process one at a time acts on a stream; on different streams all of them do."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, RLock
from weakref import WeakValueDictionary

from domain.event import Id


class Turns:
    """A lock for each stream that somebody acts on or waits for, and none for the others."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Id, RLock] = WeakValueDictionary()
        self._looking = Lock()

    @contextmanager
    def on(self, stream: Id) -> Iterator[bool]:
        """What to hold from loading the stream until its events are stored; whether somebody else had it."""
        with self._looking:
            lock = self._locks.setdefault(stream, RLock())
        has_to_wait = not lock.acquire(blocking=False)
        if has_to_wait:
            lock.acquire()
        try:
            yield has_to_wait
        finally:
            lock.release()
