"""Pasts of streams that are asked for again and again: kept in memory, so that only what was added is read.

Here are facts and the addresses of texts, nobody's words.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, Final, TypeVar

from domain.event import Id
from store.followed import Followed
from store.log import Log
from store.remembered import Past, before_last, caught_up, folded_on, goes_on
from store.streams import Streams

S = TypeVar("S")

ROOM: Final = 20_000
"""Events that are kept, some 40 MB; of the streams that nobody asked for the longest they are forgotten."""
LONGEST: Final = ROOM // 5
"""Events of a stream that is kept."""


class Recalled:
    """Streams of every kind, as the log has them at the moment of asking."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._kept: OrderedDict[Id, Past] = OrderedDict()
        self._states: dict[Id, tuple[Past, Any]] = {}
        self._events = 0
        self._looking = Lock()

    def read(self, *streams: Id, follow: Followed[Any, Any] | None = None) -> list[Past]:
        """Their pasts, in one statement, which also brings what is followed up to date."""
        known = {each: self.known(each) for each in streams}
        after = {each: before_last(past) for each, past in known.items()}
        tails = self._log.tails({**after, **(follow.reached if follow else {})})
        if follow:
            follow.hear(tails)
        pasts = [caught_up(self._log, each, known[each], tails[each]) for each in streams]
        for stream, past in zip(streams, pasts, strict=True):
            self._keep(stream, past[:LONGEST], known[stream])
        return pasts

    def folded(self, streams: Streams[S, Any], stream: Id) -> tuple[Past, S]:
        """The past and the state after it; what was folded before is not folded again."""
        past = self.read(stream)[0]
        state = folded_on(streams, past, *self._states.get(stream, ((), streams.initial)))
        with self._looking:
            if stream in self._kept and len(past) <= LONGEST:
                self._states[stream] = past, state
        return past, state

    def known(self, stream: Id) -> Past:
        """What is kept of a stream, perhaps not all of it: the log is not asked."""
        return self._kept.get(stream, ())

    def reached(self, streams: Iterable[Id]) -> Mapping[Id, int]:
        """From where on these are going to be read, for whoever asks the log for more."""
        return {each: before_last(self.known(each)) for each in streams}

    def _keep(self, stream: Id, past: Past, known: Past) -> None:
        """Others may have come to know more meanwhile; but what was known may be lost."""
        is_lost = not goes_on(past[before_last(known) :], known)
        with self._looking:
            before = self._kept.get(stream, ())
            if is_lost or not goes_on(before[before_last(past) :], past):
                self._kept[stream] = past
                self._events += len(past) - len(before)
            if past:
                self._kept.move_to_end(stream)
            else:
                self._drop(stream)
            while self._events > ROOM:
                self._drop(next(iter(self._kept)))

    def _drop(self, stream: Id) -> None:
        self._events -= len(self._kept.pop(stream, ()))
        self._states.pop(stream, None)
