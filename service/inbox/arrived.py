"""A message that came in, and what makes its effect happen once however often it is delivered."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from nats.aio.msg import Msg
from nats.js.api import Header

from domain.event import Id
from domain.instant import Instant
from domain.receipt import Event, Receipt, receive

if TYPE_CHECKING:  # a prober, which has no database, knows the subjects as well
    from store.desk import Desk
    from store.streams import Intent

SUBJECTS: Final = "glasno.inbox"
"""A subject is this and the channel; where several may send, also who does: `glasno.inbox.probes.fra`."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)


class Unusable(ValueError):
    """The message can never be taken; why, in words."""


class TakenBefore(Exception):
    """The message has its receipt."""


@dataclass(frozen=True)
class Arrived:
    """A message, as its channel gets it."""

    channel: str
    sender: str
    """The rest of the subject: NATS lets nobody else publish there."""
    id: str
    """The same if it is sent again."""
    stored_at: Instant
    """When NATS took it, by the clock of its server."""
    body: bytes

    def command(self, desk: "Desk") -> Id:
        """The id of the command that it is."""
        return desk.name("command", SUBJECTS, self.channel, self.sender, self.id)

    def receipt(self, desk: "Desk") -> "Intent":
        """That it was taken: to be stored in the commit of its effect, which `TakenBefore` prevents."""
        stream = desk.name("receipt", SUBJECTS, self.channel, self.sender, self.id)
        digest = sha256(self.body).hexdigest()
        return desk.receipts.intend(stream, _new, digest=digest, did=stream, at=desk.now())


def _new(receipt: Receipt, *, digest: str, did: Id, at: Instant) -> list[Event]:
    """The receipt of what was not taken before; `Refused` if its id was that of another message."""
    if received := receive(receipt, digest=digest, did=did, at=at):
        return received
    raise TakenBefore


def arrived(message: Msg) -> Arrived:
    """What came. Without an id of its sender it is known by its number and its time: a stream made anew counts anew."""
    channel, _, sender = message.subject.removeprefix(f"{SUBJECTS}.").partition(".")
    stored = message.metadata.timestamp
    number = f"{message.metadata.sequence.stream} {stored.timestamp()}"
    given = (message.headers or {}).get(Header.MSG_ID)
    stored_at = (stored - EPOCH) // MILLISECOND
    return Arrived(channel, sender, f"id {given}" if given else f"number {number}", stored_at, message.data)
