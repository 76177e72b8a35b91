"""What is remembered of a stream is gone on from only while the log has its last event.

What stands in the log never changes; but a log may lose its end beneath a running process, when a standby takes over
that lacks it, and get another one. So what was added is read together with the last event that is known.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias, TypeVar

from domain.event import Id
from store.log import Log, Recorded
from store.streams import Streams

S = TypeVar("S")

Past: TypeAlias = tuple[Recorded[Any], ...]


def before_last(known: Past) -> int:
    """The version after which a stream is read of which this is known."""
    return max(0, len(known) - 1)


def caught_up(log: Log, stream: Id, known: Past, tail: Sequence[Recorded[Any]]) -> Past:
    """The past as the log has it: what is known and what was read from its last event on, or all of it anew."""
    if not goes_on(tail, known):  # it is lost; or another thread came to know more after this request looked
        log.look_again()
        tail = log.tails({stream: before_last(known)})[stream]
    if not goes_on(tail, known):
        known, tail = (), log.read(stream)
    added = tail[len(known[-1:]) :]
    return (*known, *added) if added else known


def folded_on(streams: Streams[S, Any], past: Past, folded: Past, state: S) -> S:
    """The state after a past, going on from an earlier one's unless that turned out to be another."""
    if not goes_on(past[before_last(folded) :], folded):
        return streams.fold(past)
    return streams.fold(past[len(folded) :], state)


def goes_on(tail: Sequence[Recorded[Any]], known: Past) -> bool:
    """Whether what was read from the last event on that is known begins with it."""
    if not known:
        return True
    return bool(tail) and (tail[0].position, tail[0].raw) == (known[-1].position, known[-1].raw)
