"""The relay itself: turn after turn, until told to stop or until somebody has to decide something.

Any number of relays may run: the stream takes the messages of one of them, and the others stand by.
"""

import logging
import random
from asyncio import create_task, sleep, to_thread
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from threading import Event
from typing import Final

import click
from nats.aio.client import Client
from nats.errors import Error as NatsError

from monitoring.metrics import RELAY_PUBLISH_FAILURES
from projections.engine import Bell
from service.evidence import log_of
from service.relay import pending
from service.relay.access import Server
from service.relay.connection import connected
from service.relay.message import STREAM, message_of
from service.relay.stream import CannotRelay, Place, end_of
from service.relay.turn import NotTaken, Overtaken, Turn
from store.desk import Desk
from store.log import PAGE, Log

FIRST_REST: Final = 0.5
LONGEST_REST: Final = 10.0
"""Seconds until it is tried again."""
STANDING: Final = 5.0
"""Seconds for which the stream has to stand still, though there is something to relay, before this relay takes over."""
LOOK: Final = 1.0
"""Seconds between two looks at what is still to be relayed."""
EXPECTED: Final = (OSError, NatsError, NotTaken)
"""What comes and goes: told without where in the code it was noticed."""

LOGGER: Final = logging.getLogger("glasno.relay")


@dataclass(frozen=True)
class Source:
    """What is relayed, and what rings when there is more."""

    desk: Desk
    bell: Bell
    mark: Path
    """A file that is there once something was relayed: an empty stream is not a new one then."""


class Relay:
    """One process of them; `start` is the position from which an empty stream is to be filled."""

    def __init__(self, source: Source, server: Server, start: int | None = None) -> None:
        self._source = source
        self._server = server
        self._start = start
        self._stopping = Event()
        self._turn: Turn | None = None
        self._known: int | None = None
        """The position up to which the stream is relayed, as far as this process knows."""
        self._reached = 0
        """The highest position that this process ever sent."""
        self._is_overtaken = False
        self._faults = 0
        self._told: set[str] = set()
        """What was said of faults since all was well."""

    async def run(self) -> None:
        """Until cancelled; `CannotRelay` if somebody has to decide something first."""
        pending.begin()
        looking = create_task(self._look())
        try:
            for address in cycle(self._server.addresses):
                await self._try(address)
        finally:
            self._stopping.set()
            looking.cancel()

    async def _try(self, address: str) -> None:
        """A connection and a turn; whatever ends them, it is tried again."""
        try:
            async with connected(self._server, address, self._cut_off) as client:
                await self._lead(client, await self._free_place(client))
        except CannotRelay:
            raise
        except Overtaken:
            self._step_back()
        except Exception as fault:  # noqa: BLE001 -- network, server or database: each comes back
            self._failed(fault)
            await sleep(min(LONGEST_REST, FIRST_REST * 2 ** min(self._faults, 9)))
            self._faults += 1

    async def _free_place(self, client: Client) -> Place:
        """Where the stream ends. Whoever was overtaken waits until nobody writes though there is something to write."""
        place = await self._place(client)
        while self._is_overtaken:
            await sleep(STANDING * (1 + random.random()))  # noqa: S311 -- two shall not begin at once
            before, place = place, await self._place(client)
            if place == before and await to_thread(self._source.desk.log.head) > place.position:
                break
        return place

    async def _place(self, client: Client) -> Place:
        is_known = await to_thread(self._source.mark.exists)
        place = await end_of(client.jetstream(), self._source.desk.log, start=self._start, is_known=is_known)
        self._known = place.position
        return place

    async def _lead(self, client: Client, place: Place) -> None:
        """Relay what there is, and then what comes, until something is in the way."""
        with self._at(client, place) as turn:
            await turn.begin()
            click.echo(f"relaying to the stream {STREAM} what comes after position {place.position}")
            await self._follow(turn, place)

    async def _follow(self, turn: Turn, place: Place) -> None:
        desk, index, last = self._source.desk, place.entries, (place.position, place.envelope)
        name = (await to_thread(log_of, desk)).origin
        while True:
            page = await to_thread(_page, desk.log, *last)
            for number, (position, raw) in enumerate(page, index):
                await turn.publish(message_of(name, position, number, raw))
            index, last = index + len(page), page[-1] if page else last
            if len(page) < PAGE - 1:
                await turn.settle()
                self._is_well(turn)
                await to_thread(self._source.bell.wait, self._stopping)

    @contextmanager
    def _at(self, client: Client, place: Place) -> Iterator[Turn]:
        """A turn; what it did is remembered, however it ends."""
        self._turn = turn = Turn(client, place, self._reached)
        try:
            yield turn
        finally:
            self._turn, self._known, self._reached = None, turn.acknowledged, max(self._reached, turn.sent)
            if turn.acknowledged > place.position:
                self._begun()

    def _is_well(self, turn: Turn) -> None:
        """Everything is acknowledged."""
        if turn.acknowledged:
            self._begun()
        self._is_overtaken, self._faults = False, 0
        self._told.clear()

    def _begun(self) -> None:
        """From now on the stream was not always empty."""
        self._start = None
        if not self._source.mark.exists():
            self._source.mark.touch()

    def _step_back(self) -> None:
        if not self._is_overtaken:
            LOGGER.warning("another relay writes to the stream %s: this one stands by", STREAM)
        self._is_overtaken = True

    def _failed(self, fault: Exception) -> None:
        """Each fault is told once, until all is well again."""
        RELAY_PUBLISH_FAILURES.labels(STREAM).inc()
        words = f"{type(fault).__name__}: {fault}"
        if words not in self._told:
            trace = None if isinstance(fault, EXPECTED) else fault
            LOGGER.warning("nothing is relayed, it is tried again: %s", words, exc_info=trace)
        self._told.add(words)

    def _cut_off(self, fault: Exception) -> None:
        if self._turn is not None:
            self._turn.cut_off(fault)

    async def _look(self) -> None:
        """Tell what is still to be relayed; while the database is away what was told stays."""
        while True:
            known = self._turn.acknowledged if self._turn else self._known
            if known is not None:
                with suppress(Exception):
                    await to_thread(pending.tell, self._source.desk.log, known)
            await sleep(LOOK)


def _page(log: Log, position: int, envelope: bytes) -> list[tuple[int, bytes]]:
    """The next entries. Positions ascend in commit order: nothing will come in front of what was read.

    `NotTaken` if the log does not have any more what was relayed last: what is there instead is for `end_of` to say.
    """
    known = [(position, envelope)] if envelope else []
    entries = [*islice(log.envelopes(after=position - len(known)), PAGE)]
    if entries[: len(known)] != known:
        raise NotTaken(f"the log does not have any more what was relayed of position {position}")
    return entries[len(known) :]
