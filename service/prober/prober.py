"""A prober: it asks what it is to look at, looks, and tells, whether or not NATS is there all the time."""

import logging
from asyncio import create_task, sleep
from collections.abc import Callable
from itertools import cycle
from time import monotonic
from typing import Final

import click
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import NotFoundError

from domain.configuration.probe import ProbeDefined
from domain.instant import Instant
from monitoring.metrics import PROBER_RESULTS
from service.clock_guard import ClockGuard
from service.inbox.arrived import SUBJECTS
from service.inbox.streams import ASSIGNED, PROBES
from service.looks import looking
from service.prober.looking_about import Rounds
from service.prober.messages import tasks_of, telling
from service.relay.access import Server
from service.relay.connection import connected

NAP: Final = 0.5
"""Seconds from one round to the next."""
ASKED: Final = 2.0
"""Seconds from one question what is to be looked at to the next."""
FIRST_REST: Final = 0.5
LONGEST_REST: Final = 10.0
"""Seconds until NATS is tried again."""
CHANNEL: Final = "probes"
SENT: Final = PROBER_RESULTS.labels("sent")
EXPECTED: Final = (OSError, NatsError)

LOGGER: Final = logging.getLogger("glasno.prober")


class Prober:
    """One of them; its name is part of all subjects that it uses."""

    def __init__(self, name: str, server: Server, now: Callable[[], Instant]) -> None:
        self._name, self._server, self._now = name, server, now
        guard = ClockGuard(now, lambda: int(monotonic() * 1000))
        self._rounds = Rounds(now, guard.agree)
        self._given: bytes | None = None
        self._faults = 0
        self._told: set[str] = set()

    async def run(self) -> None:
        """Until cancelled."""
        talking = create_task(self._talk())
        try:
            with looking() as begin:
                while True:
                    self._rounds.round(begin)
                    await sleep(NAP)
        finally:
            talking.cancel()

    async def _talk(self) -> None:
        for address in cycle(self._server.addresses):
            try:
                await self._talk_to(address)
            except Exception as fault:  # noqa: BLE001 -- whatever it is, looking goes on
                self._failed(fault)
                await sleep(min(LONGEST_REST, FIRST_REST * 2 ** min(self._faults, 9)))
                self._faults += 1

    async def _talk_to(self, address: str) -> None:
        """Ask and tell, as long as the connection lasts. Answers come to subjects that nobody else may hear."""
        name, inbox = f"glasno prober {self._name}", f"_INBOX.{self._name}"
        async with connected(self._server, address, lambda _: None, name=name, inbox=inbox) as client:
            stream, asked_at = client.jetstream(), 0.0
            while True:
                if monotonic() - asked_at >= ASKED:
                    await self._ask(stream)
                    asked_at = monotonic()
                await self._tell(stream)
                self._is_well()
                await sleep(NAP)

    async def _ask(self, stream: JetStreamContext) -> None:
        given = await self._assigned(stream)
        if given != self._given:
            probes = tasks_of(given)
            self._rounds.follow(probes)
            self._given = given
            click.echo(f"looking at {', '.join(map(_key, probes)) or 'nothing'}")

    async def _assigned(self, stream: JetStreamContext) -> bytes:
        try:
            last = await stream.get_last_msg(PROBES.name or "", f"{ASSIGNED}.{self._name}", direct=True)
        except NotFoundError:
            return b"[]"
        return last.data or b"[]"

    async def _tell(self, stream: JetStreamContext) -> None:
        """Each until the stream has it; told again it is not there twice."""
        for each in self._rounds.untold():
            body = telling(each.probe.key, each.at, each.look, self._now())
            headers: dict[str, str] = {Header.MSG_ID: f"{self._name} {each.probe.key} {each.at}"}
            await stream.publish(f"{SUBJECTS}.{CHANNEL}.{self._name}", body, headers=headers)
            SENT.inc()

    def _is_well(self) -> None:
        self._faults = 0
        self._told.clear()

    def _failed(self, fault: Exception) -> None:
        """Each fault is told once, until all is well again."""
        words = f"{type(fault).__name__}: {fault}"
        if words not in self._told:
            trace = None if isinstance(fault, EXPECTED) else fault
            LOGGER.warning("the desk is not reached, it is tried again: %s", words, exc_info=trace)
        self._told.add(words)


def _key(probe: ProbeDefined) -> str:
    return probe.key
