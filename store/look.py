"""One request, one look at the log: a stream that it has read it does not ask for again, until it stores something.

That is safe because nothing is stored on it: an append says at which version it was decided. Who does not begin a look
asks the log each time.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final, NamedTuple, TypeAlias

from domain.event import Id
from store.shared import HURRIED, WouldWait

Events: TypeAlias = list[Any]
Ask: TypeAlias = Callable[[Mapping[Id, int]], Mapping[Id, Events]]
AskAhead: TypeAlias = Callable[[Mapping[Id, int]], Awaitable[Mapping[Id, Events]]]

FEW: Final = 100
"""Events that are read in passing, by the thread that everybody waits for."""


class Tail(NamedTuple):
    """What a stream had after a version."""

    after: int
    events: Events


SEEN: Final[ContextVar[dict[Id, Tail] | None]] = ContextVar("seen", default=None)


def begin_look() -> None:
    """For the rest of this task, and for the threads that it has work done in."""
    SEEN.set({})


def end_look() -> None:
    """What was seen may have changed."""
    if seen := SEEN.get():
        seen.clear()


def presume_new(*streams: Id) -> None:
    """These have just been made up: whoever finds them taken is told by a conflict, and looks."""
    if (seen := SEEN.get()) is not None:
        seen.update(dict.fromkeys(streams, Tail(0, [])))


async def look_ahead(after: Mapping[Id, int], ask: AskAhead) -> None:
    """Have them seen, without waiting for it later."""
    if (seen := SEEN.get()) is not None:
        seen.update({stream: Tail(after[stream], events) for stream, events in (await ask(after)).items()})


def looked(after: Mapping[Id, int], ask: Ask) -> Mapping[Id, Events]:
    """What the streams have after these versions, asked for as far as it was not seen."""
    if (seen := SEEN.get()) is None:
        return ask(after)
    if missing := {stream: version for stream, version in after.items() if not _shows(seen.get(stream), version)}:
        seen.update({stream: Tail(missing[stream], events) for stream, events in ask(missing).items()})
    tails = {stream: seen[stream].events[version - seen[stream].after :] for stream, version in after.items()}
    if HURRIED.get() and max(map(len, tails.values()), default=0) > FEW:
        raise WouldWait
    return tails


def _shows(tail: Tail | None, version: int) -> bool:
    return tail is not None and tail.after <= version
