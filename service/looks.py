"""Looks over the network: so many at a time, on an event loop and a thread of their own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Thread
from time import monotonic
from typing import Final, TypeAlias

from domain.configuration.probe import ProbeDefined
from domain.instant import SECOND, Instant
from monitoring.probes import Look

AT_A_TIME: Final = 32

Looker: TypeAlias = Callable[[ProbeDefined, Instant], Awaitable[Look]]
Begin: TypeAlias = Callable[[ProbeDefined, Instant], "Future[Look]"]
"""Begins a look, and does not wait for it."""


async def look_at(probe: ProbeDefined, at: Instant) -> Look:
    """One look of the probe, within its time."""
    from monitoring.probes.looking import look  # noqa: PLC0415 -- HTTP, DNS, X.509: a desk without probes has no use for it

    return await look(probe.check, seconds=probe.timeout / SECOND, now=at, clock=monotonic)


@contextmanager
def looking(looker: Looker = look_at) -> Iterator[Begin]:
    """What begins looks; those that are under way at the end are given up."""
    loop, seats = asyncio.new_event_loop(), asyncio.Semaphore(AT_A_TIME)
    loop.set_default_executor(ThreadPoolExecutor(AT_A_TIME, "probe-names"))  # or slow name servers hold up all others
    thread = Thread(target=loop.run_forever, daemon=True)

    async def seated(probe: ProbeDefined, at: Instant) -> Look:
        async with seats:
            return await looker(probe, at)

    thread.start()
    try:
        yield lambda probe, at: asyncio.run_coroutine_threadsafe(seated(probe, at), loop)
    finally:
        asyncio.run_coroutine_threadsafe(_give_up(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _give_up() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
