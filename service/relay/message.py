"""What is relayed of an event: its envelope as it was stored, as a CloudEvent (1.0, JSON format, structured mode).

All that is said beside the envelope is in the envelope, too, but for where it stands in the log: an opaque entry has no
name, time or stream, and sections are never relayed.
"""

import json
from dataclasses import dataclass
from typing import Final

import msgspec

from api.types import text_of

STREAM: Final = "GLASNO"
SUBJECTS: Final = "glasno.events"
"""A subject is this and the name of the event: `glasno.events.ticket.opened`."""
OPAQUE: Final = "opaque"
"""The name that opaque entries go by."""


@dataclass(frozen=True)
class Message:
    """What is published."""

    position: int
    subject: str
    body: bytes


class Told(msgspec.Struct):
    """What an envelope tells of itself; nothing if it is opaque."""

    ty: str = OPAQUE
    tk: str = ""
    rec: int = 0


class Placed(msgspec.Struct):
    """What a message of the stream says of where it stands in the log."""

    source: str
    position: int
    index: int
    data: msgspec.Raw


TOLD: Final = msgspec.json.Decoder(Told)
PLACED: Final = msgspec.json.Decoder(Placed)


def message_of(source: str, position: int, index: int, envelope: bytes) -> Message:
    """The message of the entry at this index of the log that is called `source`."""
    told = TOLD.decode(envelope)
    about = f'"subject":"{told.tk}","time":"{text_of(told.rec)}",' if told.tk else ""
    head = (
        f'{{"specversion":"1.0","id":"{position}","source":{json.dumps(source)},"type":"glasno.{told.ty}",{about}'
        f'"datacontenttype":"application/json","position":{position},"index":{index},"data":'
    )
    return Message(position, f"{SUBJECTS}.{told.ty}", b"%b%b}" % (head.encode(), envelope))
