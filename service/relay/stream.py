"""The stream: how far the log was relayed is what its last message says, and is kept nowhere else."""

from asyncio import to_thread
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

import msgspec
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig, StreamState
from nats.js.errors import NotFoundError

from service.relay.message import PLACED, STREAM, SUBJECTS, Placed
from store.log import Log

WINDOW: Final = 120
"""Seconds in which the server knows a message that it was sent twice."""
LOST: Final = (
    f"the stream {STREAM} is empty, but this desk has relayed to it before: how far is not known any more. Say "
    "`glasno relay --from POSITION`, from which event on it is to be filled; 1 is the first"
)
FILLED: Final = f"the stream {STREAM} is relayed up to position {{position}}: --from is for an empty one, leave it out"
STRANGE: Final = f"the last message of the stream {STREAM} is none that a relay of Glasno writes: whose is it?"
BEYOND: Final = (
    f"the stream {STREAM} is relayed up to position {{position}}, but the log ends at {{head}}: the log was restored "
    "from a backup that is older. Consumers know of events that are lost: see docs/relay.md"
)
OTHER: Final = (
    f"the last message of the stream {STREAM} is not what the log has at position {{position}}: the stream is that of "
    "another log, or the log was restored and went on another way. See docs/relay.md"
)
PAST_END: Final = "the log ends at position {head}: --from {start} is beyond it"


class CannotRelay(Exception):
    """Somebody has to decide something first; the message says what."""


@dataclass(frozen=True)
class Place:
    """Where the stream ends, in its own numbers and in those of the log."""

    sequence: int
    position: int
    entries: int
    """How many entries the log has up to there: the index of the next one."""
    envelope: bytes = b""
    """Of the entry there, if the stream has it."""


async def end_of(stream: JetStreamContext, log: Log, *, start: int | None, is_known: bool) -> Place:
    """Where the stream ends; it is made if there is none.

    An empty one is filled from the position `start` on; None: from the first, unless it `is_known` not to be new.
    """
    state = await _state_of(stream, may_make=start is not None or not is_known)
    if state.messages:
        sequence, last = await _last_of(stream)
        if start is not None:
            raise CannotRelay(FILLED.format(position=last.position))
        return await to_thread(_checked, log, last, max(sequence, state.last_seq))
    if start is None and (is_known or state.last_seq):
        raise CannotRelay(LOST)
    return await to_thread(_begun, log, start or 1, state.last_seq)


async def _state_of(stream: JetStreamContext, *, may_make: bool) -> StreamState:
    try:
        return (await stream.stream_info(STREAM)).state
    except NotFoundError:
        if not may_make:
            raise CannotRelay(LOST) from None
    made = await stream.add_stream(
        StreamConfig(
            name=STREAM,
            description="Every event of the desk as a CloudEvent, in the order of its log",
            subjects=[f"{SUBJECTS}.>"],
            storage=StorageType.FILE,
            retention=RetentionPolicy.LIMITS,
            discard=DiscardPolicy.OLD,
            duplicate_window=WINDOW,
            deny_delete=True,
            deny_purge=True,
        )
    )
    return made.state


async def _last_of(stream: JetStreamContext) -> tuple[int, Placed]:
    """The last message, and its number in the stream."""
    message = await stream.get_last_msg(STREAM, ">")
    try:
        return message.seq or 0, PLACED.decode(message.data or b"")
    except msgspec.MsgspecError:
        raise CannotRelay(STRANGE) from None


def _checked(log: Log, last: Placed, sequence: int) -> Place:
    """What the stream says last has to be what the log says there."""
    if last.position > (head := log.head()):
        raise CannotRelay(BEYOND.format(position=last.position, head=head))
    stored = next(log.envelopes(after=last.position - 1), None)
    if stored != (last.position, bytes(last.data)):
        raise CannotRelay(OTHER.format(position=last.position))
    return Place(sequence, last.position, last.index + 1, bytes(last.data))


def _begun(log: Log, start: int, sequence: int) -> Place:
    """In front of the first event to be relayed; those before it are counted, which takes seconds for each million."""
    if start > (head := log.head()) + 1:
        raise CannotRelay(PAST_END.format(head=head, start=start))
    before = takewhile(lambda position: position < start, (position for position, _ in log.envelopes()))
    return Place(sequence, start - 1, sum(1 for _ in before))
