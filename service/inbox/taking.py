"""Taking in what came: each message is acknowledged when what it brings is stored, and not before.

Whatever fails is tried again, later and later; what can never be taken goes to where somebody may look at it.
"""

import asyncio
import logging
import sqlite3
from asyncio import to_thread
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from threading import Event
from typing import Final

import psycopg
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import Header
from sqlalchemy import Engine

from domain.refusal import Refused
from monitoring.metrics import INBOX_FAILURES, INBOX_MESSAGES, INBOX_PENDING
from service.inbox.arrived import Arrived, Unusable, arrived
from service.inbox.assigning import Assigning
from service.inbox.channels import Channel, channels
from service.inbox.streams import BURIED, Waiting, inbox_of
from service.process import Worker
from service.relay.access import Server
from service.relay.connection import connected
from store.codec import UnknownEvent
from store.desk import Desk
from store.lease import Superseded
from store.log import Conflict
from store.outage import OUTAGES

AT_A_TIME: Final = 32
NAP: Final = 1.0
"""Seconds to wait for a message before something else is looked at."""
TRIES: Final = 10
"""Failures after which a message is set aside: deliveries while the desk was away are none."""
FIRST_REST: Final = 0.5
LONGEST_REST: Final = 60.0
LONGEST_PAUSE: Final = 10.0
"""Seconds until a message, or a server, is tried again."""
LONGEST_REASON: Final = 500
HEADERS: Final = 4096
"""Bytes for what is said of a message that is set aside: NATS counts them, so of the largest the end is left out."""
EXPECTED: Final = (OSError, NatsError, psycopg.Error, sqlite3.Error)
"""What comes and goes: told without where in the code it was noticed."""
AWAY: Final[tuple[type[Exception], ...]] = (
    *(each for each in OUTAGES if each is not UnknownEvent),
    *(OSError, psycopg.InterfaceError, sqlite3.OperationalError, Conflict),
)
"""The desk cannot take anything at the moment: no message is to blame."""


class UnknownChannel(Exception):
    """A newer version takes what is sent there."""


AHEAD: Final = (UnknownChannel, UnknownEvent)
"""A newer version can: this one leads only until that is started."""

LOGGER: Final = logging.getLogger("glasno.inbox")


def taking(desk: Desk, views: Engine, server: Server) -> Worker:
    """What takes in until it is told to stop. One process at a time does, so that messages are taken in their order."""
    return lambda stopping: asyncio.run(Taking(desk, views, server).run(stopping))


class Taking:
    """Turn after turn, each on a connection of its own."""

    def __init__(self, desk: Desk, views: Engine, server: Server) -> None:
        self._desk, self._server = desk, server
        self._channels = channels(desk, views)
        self._faults = 0
        self._told: set[str] = set()
        self._failures: Counter[tuple[str, str]] = Counter()
        """By subject and id: how often a message failed since this process has it."""
        for channel in self._channels:
            for outcome in ("taken", "put_off", "buried"):
                INBOX_MESSAGES.labels(channel, outcome)

    async def run(self, stopping: Event) -> None:
        """Until told to stop; `Superseded` if another process has taken over."""
        try:
            for address in cycle(self._server.addresses):
                if stopping.is_set():
                    return
                await self._try(address, stopping)
        finally:
            INBOX_PENDING.set(0)

    async def _try(self, address: str, stopping: Event) -> None:
        try:
            async with connected(self._server, address, lambda _: None, name="glasno inbox") as client:
                await self._turn(client, stopping)
        except Superseded:
            raise
        except Exception as fault:  # noqa: BLE001 -- network, server or database: each comes back
            self._failed(fault)
            await to_thread(stopping.wait, min(LONGEST_PAUSE, FIRST_REST * 2 ** min(self._faults, 9)))
            self._faults += 1

    async def _turn(self, client: Client, stopping: Event) -> None:
        """A desk that is away is given nothing that it would have to give back."""
        stream = client.jetstream()
        inbox, waiting, assigning = await inbox_of(stream), Waiting(stream), Assigning(self._desk, stream)
        await assigning.begin()
        while not stopping.is_set():
            await to_thread(self._desk.log.head)
            await assigning.go_on()
            INBOX_PENDING.set(await waiting.count())
            self._is_well()
            for message in await _fetched(inbox):
                await self._take(client, message)

    async def _take(self, client: Client, message: Msg) -> None:
        came = arrived(message)
        try:
            await to_thread(self._channel(came), came)
        except (Unusable, Refused) as fault:
            await self._bury(client, message, came, str(fault))
        except Exception as fault:
            if any(isinstance(each, (*AWAY, Superseded)) for each in _causes(fault)):
                raise
            await self._put_off(client, message, came, fault)
        else:
            await self._done(message, came, "taken")

    def _channel(self, came: Arrived) -> Channel:
        if came.channel not in self._channels:
            raise UnknownChannel(came.channel)
        return self._channels[came.channel]

    async def _put_off(self, client: Client, message: Msg, came: Arrived, fault: Exception) -> None:
        """Later, and later each time; at last not any more, unless a newer version can take it."""
        self._failures[message.subject, came.id] += 1
        tries = self._failures[message.subject, came.id]
        LOGGER.error("a message on %s failed, try %s", message.subject, tries, exc_info=fault)
        if tries >= TRIES and not any(isinstance(each, AHEAD) for each in _causes(fault)):
            await self._bury(client, message, came, f"{type(fault).__name__}: {fault}")
            return
        await message.nak(rest_after(tries))
        INBOX_MESSAGES.labels(came.channel, "put_off").inc()

    async def _bury(self, client: Client, message: Msg, came: Arrived, why: str) -> None:
        """It is acknowledged when it lies there; should that be lost it is there twice."""
        told = {"Glasno-Subject": message.subject, "Glasno-Id": came.id, "Glasno-Reason": why}
        number = str(message.metadata.sequence.stream)
        headers = {Header.MSG_ID: number, **{name: _on_one_line(text) for name, text in told.items()}}
        room = client.max_payload - HEADERS
        await client.jetstream().publish(BURIED, message.data[:room], headers=headers)
        await self._done(message, came, "buried")
        LOGGER.error("a message on %s cannot be used, it lies in %s: %s", message.subject, BURIED, _on_one_line(why))

    async def _done(self, message: Msg, came: Arrived, outcome: str) -> None:
        await message.ack()
        self._failures.pop((message.subject, came.id), None)
        INBOX_MESSAGES.labels(came.channel, outcome).inc()

    def _is_well(self) -> None:
        self._faults = 0
        self._told.clear()

    def _failed(self, fault: Exception) -> None:
        """Each fault is told once, until all is well again."""
        INBOX_FAILURES.inc()
        words = f"{type(fault).__name__}: {fault}"
        if words not in self._told:
            trace = None if isinstance(fault, EXPECTED) else fault
            LOGGER.warning("nothing is taken in from NATS, it is tried again: %s", words, exc_info=trace)
        self._told.add(words)


def rest_after(failures: int) -> float:
    """Seconds until a message is tried again: what only a newer version can take fails for as long as it takes."""
    return min(LONGEST_REST, FIRST_REST * 2.0 ** min(failures, 9))


async def _fetched(inbox: JetStreamContext.PullSubscription) -> Sequence[Msg]:
    try:
        return await inbox.fetch(AT_A_TIME, timeout=NAP)
    except TimeoutError:
        return []


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__


def _on_one_line(text: str) -> str:
    """As a header may have it."""
    return "".join(each if each.isascii() and each.isprintable() else " " for each in text)[:LONGEST_REASON].strip()
