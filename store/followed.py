"""A stream that is read all the time: folded once, then followed."""

from collections.abc import Mapping
from threading import Lock
from typing import Generic, TypeVar

from domain.event import Id
from store.log import Recorded
from store.streams import Streams

S = TypeVar("S")
E = TypeVar("E")


class Followed(Generic[S, E]):
    """The newest state of one stream, at the cost of reading what was added since the last look."""

    def __init__(self, streams: Streams[S, E], stream: Id) -> None:
        self._streams = streams
        self._stream = stream
        self.known = streams.initial
        """The state as of the last look."""
        self._version = 0
        self._looking = Lock()

    @property
    def reached(self) -> Mapping[Id, int]:
        """How far it has been followed, for whoever asks the log for more than this stream."""
        return {self._stream: self._version}

    def state(self) -> S:
        """The state after every event that is in the log now."""
        return self.hear(self._streams.log.tails(self.reached))

    def hear(self, tails: Mapping[Id, list[Recorded[E]]]) -> S:
        """The state after what was read from where it had been followed to."""
        with self._looking:
            added = [each for each in tails[self._stream] if each.version > self._version]
            self.known = self._streams.fold(added, self.known)
            self._version += len(added)
            return self.known
