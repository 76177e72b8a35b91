"""Turns: of the threads of this process one at a time acts on a stream; on different streams all of them do."""

from threading import Lock, RLock
from weakref import WeakValueDictionary

from domain.event import Id


class Turns:
    """A lock for each stream that somebody acts on or waits for, and none for the others."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[Id, RLock] = WeakValueDictionary()
        self._looking = Lock()

    def on(self, stream: Id) -> RLock:
        """What to hold from loading the stream until its events are stored."""
        with self._looking:
            return self._locks.setdefault(stream, RLock())
