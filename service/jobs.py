"""Jobs: what is to be done without anybody asking, unit by unit, until told to stop."""

import logging
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any, Final, Generic, TypeVar

from domain.instant import MINUTE, SECOND, Duration, Instant
from monitoring.metrics import WORK_FAILURES
from store.lease import Superseded
from store.outage import in_a_line, trace_of

U = TypeVar("U", bound=Hashable)

BATCH: Final = 100
"""Units that are looked up at a time."""
NAP: Final[Duration] = SECOND
"""The longest sleep: so soon is noticed what others stored, and that it is time to stop."""
FIRST_REST: Final[Duration] = SECOND
LONGEST_REST: Final[Duration] = 10 * MINUTE

LOGGER: Final = logging.getLogger("glasno.work")


@dataclass(frozen=True)
class Job(Generic[U]):
    """Something to do again and again. A unit that was done is no longer due, as soon as the views know of it."""

    name: str
    due: Callable[[Instant, int], Sequence[U]]
    """What is to be done at an instant, the most urgent first, so many at the most."""
    do: Callable[[U, Instant], object]
    """Do one; again, it must be harmless."""
    next_at: Callable[[Instant], Instant | None] = lambda _: None
    """When there will be something, as far as that is known."""
    during: Callable[[], AbstractContextManager[object]] = nullcontext
    """What is held open while units are done."""


@dataclass(frozen=True)
class Rest:
    """A unit that was tried is left alone for a while, longer each time that it is still due."""

    length: Duration
    until: Instant


class Loop:
    """Does the jobs in turn, with so many hands; `ready` says before each unit whether it is a good time."""

    def __init__(
        self,
        jobs: Sequence[Job[Any]],
        now: Callable[[], Instant],
        ready: Callable[[], bool] = lambda: True,
        *,
        hands: int = 1,
    ) -> None:
        self.jobs = jobs
        self._now = now
        self._ready = ready
        self._hands = hands
        self._resting: dict[str, dict[Hashable, Rest]] = {job.name: {} for job in jobs}
        self._blind: set[str] = set()
        """Jobs that could not look for what is due: told once."""

    def run(self, stopping: Event) -> None:
        """Until told to stop; a unit that was begun is finished."""
        while not stopping.is_set():
            if not self.round(stopping):
                stopping.wait(self._nap() / SECOND)

    def round(self, stopping: Event) -> int:
        """Do what is due now; how many units were tried."""
        return sum(self._work_on(job, stopping) for job in self.jobs)

    def _work_on(self, job: Job[Any], stopping: Event) -> int:
        try:
            due = self._due(job)
        except Exception as fault:  # noqa: BLE001 -- whatever it is, the other jobs go on
            self._cannot_look(job, fault)
            return 0
        self._blind.discard(job.name)
        return self._work_through(job, due, stopping) if due else 0

    def _work_through(self, job: Job[Any], due: Sequence[Any], stopping: Event) -> int:
        """Each hand takes the next unit that is left; the first one is our own."""
        left, tried = deque(due), deque[bool]()

        def work() -> None:
            with suppress(IndexError):
                while not stopping.is_set():
                    tried.append(self._try(job, left.popleft()))

        others = [Thread(target=work, daemon=True) for _ in range(min(self._hands, len(due)) - 1)]
        with job.during():
            for each in others:
                each.start()
            work()
            for each in others:
                each.join()
        return sum(tried)

    def _due(self, job: Job[Any]) -> list[Any]:
        """What is due and does not rest; what is no longer due is forgotten."""
        at, resting = self._now(), self._resting[job.name]
        due = job.due(at, BATCH + len(resting))
        known = {unit: resting[unit] for unit in due if unit in resting}
        self._resting[job.name] = known
        return [unit for unit in due if unit not in known or known[unit].until <= at]

    def _try(self, job: Job[Any], unit: Any) -> bool:
        at = self._now()
        try:
            if not self._ready():
                return False
            job.do(unit, at)
        except Superseded:
            return False
        except Exception as fault:  # noqa: BLE001 -- whatever it is, the other units go on
            self._failed(job, unit, fault)
        self._let_rest(job, unit)
        return True

    def _let_rest(self, job: Job[Any], unit: Any) -> None:
        """The views may not know yet that it is done; if it failed, another time may be a better one."""
        resting = self._resting[job.name]
        length = min(resting[unit].length * 2, LONGEST_REST) if unit in resting else FIRST_REST
        resting[unit] = Rest(length, self._now() + length)

    def _cannot_look(self, job: Job[Any], fault: Exception) -> None:
        WORK_FAILURES.labels(job.name).inc()
        if job.name not in self._blind:
            what = job.name, in_a_line(fault)
            LOGGER.error("%s cannot see what is due; it looks again each second: %s", *what, exc_info=trace_of(fault))
        self._blind.add(job.name)

    def _failed(self, job: Job[Any], unit: Any, fault: Exception) -> None:
        WORK_FAILURES.labels(job.name).inc()
        what = job.name, unit, in_a_line(fault)
        LOGGER.error("%s failed at %s; it is tried again later: %s", *what, exc_info=trace_of(fault))

    def _nap(self) -> Duration:
        """Until something is due, as far as known."""
        at = self._now()
        try:
            known = [job.next_at(at) for job in self.jobs]
        except Exception:  # noqa: BLE001 -- whoever cannot look ahead cannot see what is due, either, which is told
            return NAP
        return min([NAP, *(instant - at for instant in known if instant is not None and instant > at)])
