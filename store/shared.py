"""What is asked while others are answered is answered together: one statement, or one commit, for all who wait."""

from asyncio import AbstractEventLoop, get_running_loop
from asyncio import Future as Waited
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from threading import Event, Lock
from typing import Final, Generic, ParamSpec, TypeVar

from store.outage import OUTAGES

Q = TypeVar("Q")
A = TypeVar("A")
P = ParamSpec("P")

HURRIED: Final[ContextVar[bool]] = ContextVar("hurried", default=False)


class WouldWait(Exception):
    """It cannot be told without waiting for somebody."""


def without_waiting(tell: Callable[P, A], /, *args: P.args, **named: P.kwargs) -> A:
    """What it tells; `WouldWait` if it asks for anything. For the thread that everybody waits for."""
    before = HURRIED.set(True)
    try:
        return tell(*args, **named)
    finally:
        HURRIED.reset(before)


@dataclass(eq=False)
class Asked(Generic[Q, A]):
    """A question, and what becomes of it."""

    question: Q
    lead: Callable[[], object]
    """It is its asker's turn to answer for all."""
    wake: Callable[[], object]
    """It is answered."""
    answer: "Future[A]" = field(default_factory=Future)


class Shared(Generic[Q, A]):
    """Whoever finds nobody answering answers all who came until then, and passes the turn on.

    Who waits is woken once; a lock would wake one after the other. For coroutines, which must not be held up, a thread
    takes their turns.
    """

    def __init__(self, answer: Callable[[Sequence[Asked[Q, A]]], None]) -> None:
        """`answer` gives each question its answer or an exception; one that it raises itself is for all of them.

        An outage is also for those who came while it was waited for: they would wait for it once more.
        """
        self._answer = answer
        self._queue: deque[Asked[Q, A]] = deque()
        self._looking = Lock()
        self._is_busy = False
        self._for_coroutines = ThreadPoolExecutor(1)

    def ask(self, question: Q) -> A:
        """The answer; or the exception that was given instead is raised."""
        if HURRIED.get():
            raise WouldWait
        woken = Event()
        mine: Asked[Q, A] = Asked(question, woken.set, woken.set)
        if not self._comes_first(mine):
            woken.wait()
        if not mine.answer.done():
            self._lead()
        return mine.answer.result()

    async def ask_ahead(self, question: Q) -> A:
        """The same for a coroutine: no thread waits for it."""
        loop = get_running_loop()
        woken: Waited[None] = loop.create_future()
        lead = partial(self._for_coroutines.submit, self._lead)
        mine: Asked[Q, A] = Asked(question, lead, partial(_wake, loop, woken))
        if self._comes_first(mine):
            loop.call_soon(lead)  # so that those who are about to ask come along
        await woken
        return mine.answer.result()

    def _comes_first(self, mine: Asked[Q, A]) -> bool:
        """Whether it is its turn at once; else it will be told."""
        with self._looking:
            self._queue.append(mine)
            is_first, self._is_busy = not self._is_busy, True
        return is_first

    def _lead(self) -> None:
        batch = self._came()
        try:
            self._answer(batch)
        except BaseException as fault:  # noqa: BLE001 -- whoever waits must hear of it, whatever it is
            if isinstance(fault, OUTAGES):  # who came meanwhile has waited long enough
                batch += self._came()
            for each in batch:
                if not each.answer.done():
                    each.answer.set_exception(fault)
        self._pass_on()
        for each in batch:
            each.wake()

    def _came(self) -> list[Asked[Q, A]]:
        with self._looking:
            came = [*self._queue]
            self._queue.clear()
        return came

    def _pass_on(self) -> None:
        with self._looking:
            if self._queue:
                self._queue[0].lead()
            else:
                self._is_busy = False


def _wake(loop: AbstractEventLoop, woken: "Waited[None]") -> None:
    with suppress(RuntimeError):  # the loop has ended, and with it whoever asked
        loop.call_soon_threadsafe(_settle, woken)


def _settle(woken: "Waited[None]") -> None:
    if not woken.done():  # else it was cancelled
        woken.set_result(None)
