"""What is asked while others are answered is answered together: one statement, or one commit, for all who wait."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(eq=False)
class Asked(Generic[Q, A]):
    """A question, and what becomes of it."""

    question: Q
    answer: "Future[A]" = field(default_factory=Future)
    woken: Event = field(default_factory=Event)
    """It is answered, or its asker is to answer for all."""


class Shared(Generic[Q, A]):
    """Whoever finds nobody answering answers all who came until then, and passes the turn on.

    There is no thread to start, stop or watch. Who waits is woken once; a lock would wake one after the other.
    """

    def __init__(self, answer: Callable[[Sequence[Asked[Q, A]]], None]) -> None:
        """`answer` gives each question its answer or an exception; one that it raises itself is for all of them."""
        self._answer = answer
        self._queue: deque[Asked[Q, A]] = deque()
        self._looking = Lock()
        self._is_busy = False

    def ask(self, question: Q) -> A:
        """The answer; or the exception that was given instead is raised."""
        mine: Asked[Q, A] = Asked(question)
        with self._looking:
            self._queue.append(mine)
            leads, self._is_busy = not self._is_busy, True
        if not leads:
            mine.woken.wait()
        if not mine.answer.done():
            self._lead()
        return mine.answer.result()

    def _lead(self) -> None:
        with self._looking:
            batch = [*self._queue]
            self._queue.clear()
        try:
            self._answer(batch)
        except BaseException as fault:  # noqa: BLE001 -- whoever waits must hear of it, whatever it is
            for each in batch:
                if not each.answer.done():
                    each.answer.set_exception(fault)
        self._pass_on()
        for each in batch:
            each.woken.set()

    def _pass_on(self) -> None:
        with self._looking:
            if self._queue:
                self._queue[0].woken.set()
            else:
                self._is_busy = False
