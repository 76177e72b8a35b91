"""A stream that is read all the time: folded once, then followed."""

from collections.abc import Mapping
from threading import Lock
from typing import Generic, TypeVar

from domain.event import Id
from store.log import Recorded
from store.remembered import Past, before_last, caught_up, folded_on, goes_on
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
        self._past: Past = ()
        self._looking = Lock()

    @property
    def reached(self) -> Mapping[Id, int]:
        """From where on it is going to be read, for whoever asks the log for more than this stream."""
        return {self._stream: before_last(self._past)}

    def state(self) -> S:
        """The state after every event that is in the log now."""
        return self.hear(self._streams.log.tails(self.reached))

    def hear(self, tails: Mapping[Id, list[Recorded[E]]]) -> S:
        """The state after what was read from where it had been followed to."""
        known = self._past
        tail = [each for each in tails[self._stream] if each.version >= len(known)]
        past = caught_up(self._streams.log, self._stream, known, tail)
        is_lost = not goes_on(past[before_last(known) :], known)
        with self._looking:
            if is_lost or not goes_on(self._past[before_last(past) :], past):
                self.known, self._past = folded_on(self._streams, past, self._past, self.known), past
            return self.known
