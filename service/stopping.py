"""How a process that goes on until it is told to stop is told so."""

import asyncio
import signal
from collections.abc import Coroutine
from threading import Event
from typing import Any, Final

LOOK: Final = 1
"""Seconds within which a signal is noticed that the system gave to another thread."""


def until_told(stopping: Event) -> None:
    """Wait for the main thread. It handles a signal when it runs, and the system may have woken another one for it."""
    while not stopping.wait(LOOK):
        pass


async def until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Until SIGINT or SIGTERM. What is in flight then is found in the stream at the next start, or sent again."""
    relaying = asyncio.create_task(work)
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, relaying.cancel)
    await asyncio.wait([relaying])
    if not relaying.cancelled():
        relaying.result()
