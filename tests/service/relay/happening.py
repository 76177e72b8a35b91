"""Something happens at the desk: tickets, published ones and others, by the hundred."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from random import Random
from threading import Event, Thread
from typing import Final
from uuid import uuid4

from domain.event import Source
from domain.ticket.opening import TicketOpened
from store.desk import Desk
from store.log import Change
from tests.bench.history import life

LIVES: Final = [life(Random(number)) for number in range(20)]  # noqa: S311 -- no secrets
NUMBERS: Final = count()


def happen(desk: Desk, tickets: int = 1) -> None:
    """So many tickets from their opening to their end, in one commit."""
    desk.log.append([_ticket(next(NUMBERS)) for _ in range(tickets)], uuid4().hex, Source.SIMULATION)


@contextmanager
def happening(desk: Desk) -> Iterator[None]:
    """One after the other, all the time."""
    stopping = Event()

    def go_on() -> None:
        while not stopping.wait(0.01):
            happen(desk)

    acting = Thread(target=go_on)
    acting.start()
    try:
        yield
    finally:
        stopping.set()
        acting.join()


def _ticket(number: int) -> Change:
    first, *later = LIVES[number % len(LIVES)]
    assert isinstance(first, TicketOpened)
    return Change(uuid4().hex, [], [replace(first, reference=f"{number:09}"), *later], published=number % 2 == 0)
