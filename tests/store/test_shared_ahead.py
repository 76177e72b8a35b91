"""What is asked while others are answered is answered together, whether threads ask or coroutines."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from store.shared import Asked, Shared, WouldWait, without_waiting

PATIENCE = 20.0
ASKERS = 12

Batch = Sequence[Asked[int, int]]


class Doubling(Shared[int, int]):
    """Doubles numbers, and holds up the first batch for as long as it is told to; 13 it cannot bear."""

    def __init__(self) -> None:
        super().__init__(self._double)
        self.batches: list[list[int]] = []
        self.begun, self.may_end = Event(), Event()

    def _double(self, batch: Batch) -> None:
        self.batches.append([each.question for each in batch])
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        if 13 in self.batches[-1]:
            raise ValueError("13")
        for each in batch:
            each.answer.set_result(2 * each.question)

    async def hold_up(self) -> "asyncio.Task[int]":
        """One is being answered, for as long as it takes."""
        first = asyncio.create_task(self.ask_ahead(0))
        assert await asyncio.to_thread(self.begun.wait, PATIENCE)
        return first

    async def waits(self, askers: int) -> None:
        """Until so many wait to be answered next."""

        def look() -> None:
            while len(self._queue) < askers:
                time.sleep(0.01)

        await asyncio.wait_for(asyncio.to_thread(look), PATIENCE)


def test_coroutines_that_ask_at_once_are_answered_at_once() -> None:
    shared = Doubling()
    shared.may_end.set()

    async def all_ask() -> list[int]:
        return await asyncio.gather(*(shared.ask_ahead(number) for number in range(ASKERS)))

    assert asyncio.run(all_ask()) == [2 * number for number in range(ASKERS)]
    assert shared.batches == [[*range(ASKERS)]]


def test_who_asks_meanwhile_shares_the_next_answer_threads_and_coroutines_alike() -> None:
    shared = Doubling()

    async def mixed(threads: ThreadPoolExecutor) -> list[int]:
        first = await shared.hold_up()
        asked = [asyncio.get_running_loop().run_in_executor(threads, shared.ask, number) for number in range(1, 4)]
        others = [asyncio.create_task(shared.ask_ahead(number)) for number in range(4, 7)]
        await shared.waits(len(asked) + len(others))
        shared.may_end.set()
        return await asyncio.wait_for(asyncio.gather(first, *asked, *others), PATIENCE)

    with ThreadPoolExecutor(ASKERS) as threads:
        assert asyncio.run(mixed(threads)) == [0, 2, 4, 6, 8, 10, 12]
    assert [len(each) for each in shared.batches] == [1, 6]


def test_what_goes_wrong_is_told_to_all_of_them_and_to_nobody_after() -> None:
    shared = Doubling()
    shared.may_end.set()

    async def unlucky() -> Sequence[int | BaseException]:
        return await asyncio.gather(shared.ask_ahead(13), shared.ask_ahead(1), return_exceptions=True)

    assert [str(each) for each in asyncio.run(unlucky())] == ["13", "13"]
    assert shared.ask(2) == 4


def test_whoever_gives_up_holds_up_nobody() -> None:
    shared = Doubling()

    async def impatient() -> int:
        first = await shared.hold_up()
        other = asyncio.create_task(shared.ask_ahead(1))
        await shared.waits(1)
        first.cancel()
        other.cancel()
        shared.may_end.set()
        return await asyncio.wait_for(shared.ask_ahead(2), PATIENCE)

    assert asyncio.run(impatient()) == 4
    assert shared.ask(3) == 6


def test_who_may_not_wait_is_told_so_and_may_again_afterwards() -> None:
    shared = Doubling()
    shared.may_end.set()
    with pytest.raises(WouldWait):
        without_waiting(shared.ask, 1)
    assert (without_waiting(abs, -1), shared.ask(1)) == (1, 2)
    assert shared.batches == [[1]]
