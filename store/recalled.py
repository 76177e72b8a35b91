"""Pasts of streams that are asked for again and again: kept in memory, so that only what was added is read.

What stands in the log never changes. Here are facts and the addresses of texts, nobody's words.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any, Final, TypeAlias, TypeVar

from domain.event import Id
from store.followed import Followed
from store.log import Log, Recorded
from store.streams import Streams

S = TypeVar("S")

ROOM: Final = 20_000
"""Events that are kept, some 40 MB; of the streams that nobody asked for the longest they are forgotten."""
LONGEST: Final = ROOM // 5
"""Events of a stream that is kept."""

Past: TypeAlias = tuple[Recorded[Any], ...]


class Recalled:
    """Streams of every kind, as the log has them at the moment of asking."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._kept: OrderedDict[Id, Past] = OrderedDict()
        self._states: dict[Id, tuple[int, Any]] = {}
        self._events = 0
        self._looking = Lock()

    def read(self, *streams: Id, follow: Followed[Any, Any] | None = None) -> list[Past]:
        """Their pasts, in one statement, which also brings what is followed up to date."""
        known = {each: self.known(each) for each in streams}
        after = {each: len(past) for each, past in known.items()}
        tails = self._log.tails({**after, **(follow.reached if follow else {})})
        if follow:
            follow.hear(tails)
        return [self._grown(each, known[each], tails[each]) for each in streams]

    def folded(self, streams: Streams[S, Any], stream: Id) -> tuple[Past, S]:
        """The past and the state after it; what was folded before is not folded again."""
        past = self.read(stream)[0]
        version, state = self._states.get(stream, (0, streams.initial))
        if version > len(past):  # another thread has just read more
            version, state = 0, streams.initial
        state = streams.fold(past[version:], state)
        with self._looking:
            if stream in self._kept:
                self._states[stream] = len(past), state
        return past, state

    def known(self, stream: Id) -> Past:
        """What is kept of a stream, perhaps not all of it: the log is not asked."""
        return self._kept.get(stream, ())

    def _grown(self, stream: Id, known: Past, tail: list[Recorded[Any]]) -> Past:
        past = (*known, *tail) if tail else known
        if 0 < len(past) <= LONGEST:
            self._keep(stream, past)
        return past

    def _keep(self, stream: Id, past: Past) -> None:
        """Others may have come to know more meanwhile."""
        with self._looking:
            before = self._kept.get(stream, ())
            self._kept[stream] = max(past, before, key=len)
            self._kept.move_to_end(stream)
            self._events += len(self._kept[stream]) - len(before)
            while self._events > ROOM:
                oldest, past = self._kept.popitem(last=False)
                self._states.pop(oldest, None)
                self._events -= len(past)
