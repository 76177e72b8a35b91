"""A turn: messages behind one another into the stream, many in flight, until something is in the way.

The first one names the number that it expects the stream to end at (the server forgets ids when it restarts), each
later one the id of the one before it. So the stream takes them in order or not at all, whoever else writes to it, and
a message that it took answers for all before it.
"""

from asyncio import Event, wait_for
from collections import deque
from typing import Final

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import Header

from monitoring.metrics import RELAY_PUBLISHED
from service.relay.message import STREAM, Message
from service.relay.stream import Place

IN_FLIGHT: Final = 1_024
"""Messages at the most."""
PATIENCE: Final = 10.0
"""Seconds without an answer after which it is taken for lost."""
CONTENT_TYPE: Final = "application/cloudevents+json; charset=utf-8"
WRONG_LAST: Final = frozenset({10_070, 10_071})
"""The errors of JetStream that say what a stream does not end with: an id, a number."""


class Overtaken(Exception):
    """Another relay writes to the stream."""


class NotTaken(Exception):
    """The stream did not take a message; the next turn begins where it ends then."""


class Fault(msgspec.Struct):
    """What an answer says went wrong."""

    err_code: int = 0
    description: str = ""


class Answer(msgspec.Struct):
    """What the stream says of a message."""

    error: Fault | None = None
    duplicate: bool = False


ANSWER: Final = msgspec.json.Decoder(Answer)


class Turn:
    """From a place on. Up to `reached` an earlier turn of this process may still have been heard."""

    def __init__(self, client: Client, place: Place, reached: int) -> None:
        self.acknowledged = place.position
        self.sent = place.position
        self._client = client
        self._sequence: int | None = place.sequence
        self._reached = reached
        self._inbox = client.new_inbox()
        self._flying: deque[int] = deque()
        self._heard = Event()
        self._fault: Exception | None = None
        self._published = RELAY_PUBLISHED.labels(STREAM)

    async def begin(self) -> None:
        """Listen for answers."""
        await self._client.subscribe(f"{self._inbox}.*", cb=self._answered)

    async def publish(self, message: Message) -> None:
        """Send one; wait while too many are in flight."""
        while self._fault or len(self._flying) >= IN_FLIGHT:
            await self._progress()
        headers = {"content-type": CONTENT_TYPE, Header.MSG_ID: str(message.position), **self._expecting()}
        self.sent = message.position
        self._flying.append(message.position)
        reply = f"{self._inbox}.{message.position}"
        await self._client.publish(message.subject, message.body, reply, headers)

    async def settle(self) -> None:
        """Until all that was sent is acknowledged. `Overtaken`, `NotTaken`, or what cut the connection off."""
        while self._fault or self._flying:
            await self._progress()

    def cut_off(self, fault: Exception) -> None:
        """The connection is gone."""
        self._fault = self._fault or fault
        self._heard.set()

    def _expecting(self) -> dict[str, str]:
        sequence, self._sequence = self._sequence, None
        if sequence is None:
            return {Header.EXPECTED_LAST_MSG_ID: str(self.sent)}
        return {Header.EXPECTED_LAST_SEQUENCE: str(sequence)}

    async def _progress(self) -> None:
        """Until the next answer; a fault is raised."""
        if self._fault is None:
            self._heard.clear()
            await self._hear()
        if self._fault is not None:
            raise self._fault

    async def _hear(self) -> None:
        try:
            await wait_for(self._heard.wait(), PATIENCE)
        except TimeoutError:
            raise NotTaken(f"{STREAM} has not answered for {PATIENCE:.0f} s") from None

    async def _answered(self, message: Msg) -> None:
        position = int(message.subject.rpartition(".")[2])
        if self._fault is None:
            self._fault = self._fault_of(position, message)
        if self._fault is None:
            self._acknowledge(position)
        self._heard.set()

    def _fault_of(self, position: int, message: Msg) -> Exception | None:
        if not message.data:
            return NotTaken(f"no stream takes {STREAM}'s messages")
        answer = ANSWER.decode(message.data)
        if answer.error is None:
            return Overtaken() if answer.duplicate and position > self._reached else None
        if answer.error.err_code in WRONG_LAST and self._flying[0] == position:
            return Overtaken()
        return NotTaken(f"position {position}: {answer.error.description}")

    def _acknowledge(self, position: int) -> None:
        while self._flying and self._flying[0] <= position:
            self.acknowledged = self._flying.popleft()
            self._published.inc()
