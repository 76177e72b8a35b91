"""Who waits together is answered together, and hears together that there is no answer."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from eventsourcing.persistence import OperationalError

from store.shared import Asked, Shared

CAME = 3


def told_while(fault: Exception) -> list[Future[str]]:
    """What becomes of one question that meets a fault once others wait, and of those."""
    batches: list[list[str]] = []

    def answer(batch: Sequence[Asked[str, str]]) -> None:
        batches.append([each.question for each in batch])
        if len(batches) == 1:
            wait_for(CAME)
            raise fault
        for each in batch:
            each.answer.set_result(each.question)

    def wait_for(count: int) -> None:
        deadline = time.monotonic() + 30
        while len(shared._queue) < count and time.monotonic() < deadline:
            time.sleep(0.001)

    shared = Shared(answer)
    with ThreadPoolExecutor(1 + CAME) as threads:
        first = threads.submit(shared.ask, "first")
        while not batches:
            time.sleep(0.001)
        return [first, *(threads.submit(shared.ask, f"{number}") for number in range(CAME))]


def test_an_outage_is_waited_for_once_by_whoever_comes_meanwhile() -> None:
    for each in told_while(OperationalError("away")):
        with pytest.raises(OperationalError):
            each.result()


def test_a_fault_of_some_is_none_of_the_others() -> None:
    first, *others = told_while(ValueError("strange"))
    with pytest.raises(ValueError, match="strange"):
        first.result()
    assert [each.result() for each in others] == ["0", "1", "2"]
