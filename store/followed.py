"""A stream that is read all the time: folded once, then followed."""

from threading import Lock
from typing import Generic, TypeVar

from domain.event import Id
from store.streams import Streams

S = TypeVar("S")
E = TypeVar("E")


class Followed(Generic[S, E]):
    """The newest state of one stream, at the cost of reading what was added since the last look."""

    def __init__(self, streams: Streams[S, E], stream: Id) -> None:
        self._streams = streams
        self._stream = stream
        self._state = streams.initial
        self._version = 0
        self._looking = Lock()

    def state(self) -> S:
        """The state after every event that is in the log now."""
        with self._looking:
            added = self._streams.log.read(self._stream, after=self._version)
            self._state = self._streams.fold(added, self._state)
            self._version += len(added)
            return self._state
