"""What a prober does: it looks on its own schedule, and keeps what it saw until it is told."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from domain.configuration.probe import ProbeDefined
from domain.instant import Instant
from domain.probe import SILENT_AFTER
from monitoring.metrics import PROBER_PROBES, PROBER_RESULTS
from monitoring.probes import Look, Why
from service.looks import Begin
from service.probe_schedule import after, soon

DROPPED: Final = PROBER_RESULTS.labels("dropped")


@dataclass
class Task:
    """Something to look at."""

    probe: ProbeDefined
    due: float
    """When it looks next, in seconds of the monotonic clock."""
    began_at: Instant = 0
    look: "Future[Look] | None" = None


@dataclass(frozen=True)
class Seen:
    """What one look showed, not yet told."""

    probe: ProbeDefined
    at: Instant
    look: Look

    def tells_nothing_at(self, now: Instant) -> bool:
        """After three intervals the desk has said that nothing is known."""
        return now - self.at > SILENT_AFTER * self.probe.every


class Rounds:
    """All that one prober looks at; `ready` says whether the clock can be trusted."""

    def __init__(
        self, now: Callable[[], Instant], ready: Callable[[], bool], clock: Callable[[], float] = monotonic
    ) -> None:
        self._now, self._ready, self._clock = now, ready, clock
        self._tasks: dict[str, Task] = {}
        self._seen: deque[Seen] = deque()

    def follow(self, probes: Iterable[ProbeDefined]) -> None:
        """Look at these from now on. What one that is gone or another by now has seen is not told."""
        self._tasks = {each.key: self._task(each) for each in probes}
        self._seen = deque(each for each in self._seen if each.probe.key in self._tasks)
        PROBER_PROBES.set(len(self._tasks))

    def round(self, begin: Begin) -> None:
        """Take in what was seen, and look where it is due."""
        for each in self._tasks.values():
            if each.look and each.look.done():
                self._seen.append(Seen(each.probe, each.began_at, _seen(each.look)))
                each.look = None
        if self._ready():
            self._look(begin)

    def untold(self) -> Iterator[Seen]:
        """What is still to be told, the oldest first; each is forgotten when the next one is asked for."""
        while self._drop_late():
            yield self._seen[0]
            self._seen.popleft()

    def _drop_late(self) -> Collection[Seen]:
        """What is left."""
        now = self._now()
        left = deque(each for each in self._seen if not each.tells_nothing_at(now))
        DROPPED.inc(len(self._seen) - len(left))
        self._seen = left
        return left

    def _task(self, probe: ProbeDefined) -> Task:
        known = self._tasks.get(probe.key)
        if known is None or known.probe.every != probe.every:
            return Task(probe, self._clock() + soon(probe.key, probe.every))
        return replace(known, probe=probe, look=known.look if known.probe == probe else None)

    def _look(self, begin: Begin) -> None:
        now, at = self._clock(), self._now()
        for each in self._tasks.values():
            if each.look is None and each.due <= now:
                each.due, each.began_at = after(each.probe.key, each.probe.every, now), at
                each.look = begin(each.probe, at)


def _seen(look: "Future[Look]") -> Look:
    """A look that fails has seen nothing."""
    fault = look.exception()
    return look.result() if fault is None else Look(None, Why.PROBER_FAILED, type(fault).__name__)
