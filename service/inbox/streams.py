"""The streams beside the one of the relay: what comes in, what of it could not be used, and what probers look at."""

from dataclasses import replace
from time import monotonic
from typing import Final

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

from service.inbox.arrived import SUBJECTS

CONSUMER: Final = "desk"
ACKNOWLEDGED_WITHIN: Final = 15.0
"""Seconds after which a message that was delivered and not acknowledged is delivered again."""
MOMENT = 5.0
"""Seconds that one server of a cluster may be behind another one."""
UNBOUNDED: Final = -1
BURIED: Final = f"{SUBJECTS}.dead"
ASSIGNED: Final = "glasno.probes"
"""A subject is this and the name of a prober."""

INBOX: Final = StreamConfig(
    name="GLASNO_INBOX",
    description="What is sent to the desk, until it is taken",
    subjects=[f"{SUBJECTS}.alertmanager", f"{SUBJECTS}.probes.*"],
    retention=RetentionPolicy.WORK_QUEUE,
    storage=StorageType.FILE,
    discard=DiscardPolicy.NEW,  # what was acknowledged to a sender stays: a full stream takes nothing new
    max_bytes=2**30,
)
DEAD: Final = StreamConfig(
    name="GLASNO_INBOX_DEAD",
    description="What was sent to the desk and cannot be used, with the reason",
    subjects=[BURIED],
    retention=RetentionPolicy.LIMITS,
    storage=StorageType.FILE,
    discard=DiscardPolicy.OLD,
    max_bytes=2**26,
    max_age=30 * 86_400,
)
PROBES: Final = StreamConfig(
    name="GLASNO_PROBES",
    description="What each prober is to look at",
    subjects=[f"{ASSIGNED}.*"],
    retention=RetentionPolicy.LIMITS,
    storage=StorageType.FILE,
    max_msgs_per_subject=1,
    allow_direct=True,
)
GIVING: Final = ConsumerConfig(
    durable_name=CONSUMER,
    filter_subject=f"{SUBJECTS}.>",
    ack_policy=AckPolicy.EXPLICIT,
    ack_wait=ACKNOWLEDGED_WITHIN,
    max_ack_pending=UNBOUNDED,  # those that are put off would keep others from being delivered
    max_deliver=UNBOUNDED,
)


async def inbox_of(stream: JetStreamContext) -> JetStreamContext.PullSubscription:
    """What gives messages out, each to one who asks. The streams are made if they are not there."""
    for config in (INBOX, DEAD, PROBES):
        await _make(stream, config)
    await stream.add_consumer(INBOX.name or "", GIVING)
    return await stream.pull_subscribe_bind(CONSUMER, INBOX.name)


class Waiting:
    """How many messages are there, look by look.

    A server that was killed may have again what was acknowledged and taken away, and gives it to nobody. A consumer
    that is made anew gets it once more, and it is acknowledged once more; what has its receipt changes nothing.
    It is made anew when a message is found so for some seconds: in a cluster the stream and its consumer are counted by
    two servers, of which one may be behind for a moment.
    """

    def __init__(self, stream: JetStreamContext) -> None:
        self._stream = stream
        self._left = 0
        """The number of the first message that the last look found so."""
        self._since = 0.0

    async def count(self) -> int:
        """Of all that are there, those included that nobody is given any more."""
        given = (await self._stream.consumer_info(INBOX.name or "", CONSUMER)).ack_floor
        there = (await self._stream.stream_info(INBOX.name or "")).state
        left = there.first_seq if given and there.messages and there.first_seq <= given.stream_seq else 0
        now = monotonic()
        if left != self._left:
            self._left, self._since = left, now
        elif left and now - self._since > MOMENT:
            await self._stream.delete_consumer(INBOX.name or "", CONSUMER)
            await self._stream.add_consumer(INBOX.name or "", GIVING)
            self._left = 0
        return there.messages


async def _make(stream: JetStreamContext, config: StreamConfig) -> None:
    """Limits and replicas that somebody set are left alone; subjects that a newer version has stay."""
    try:
        found = (await stream.stream_info(config.name or "")).config
    except NotFoundError:
        await stream.add_stream(config)
        return
    missing = [each for each in config.subjects or [] if each not in (found.subjects or [])]
    if missing:
        await stream.update_stream(replace(found, subjects=[*(found.subjects or []), *missing]))
