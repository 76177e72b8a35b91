"""What every event is made of: a stable name, and for each field the place where it is stored.

`Public[T]` fields go into the envelope that anybody may read, plain fields into the `facts` section under the desk's
key, and `Content` into a section of its own under the key of the person it is about. A name is for ever; a shape
grows by fields with defaults.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, TypeAlias, TypeVar, dataclass_transform

T = TypeVar("T")
C = TypeVar("C", bound=type)

PUBLIC: Final = "public"
Public: TypeAlias = Annotated[T, PUBLIC]
"""A field that an SLA or uptime formula reads: strings, integers and lists of them, never about a person."""

Id: TypeAlias = str
"""128 random bits in 32 hexadecimal digits: a stream, person, organisation, team or message."""


class Source(StrEnum):
    """Where an event comes from: entries that are not live are asserted by the operator, not bounded in time."""

    LIVE = "live"
    IMPORT = "import"
    SIMULATION = "simulation"


class Visibility(StrEnum):
    """Who can read the envelope of an event."""

    CLEAR = "clear"
    """Anybody: configuration, components, published figures."""
    STREAM = "stream"
    """Anybody if the stream is published, else nobody."""
    OPAQUE = "opaque"
    """Nobody: the envelope holds digests only."""


@dataclass(frozen=True)
class Content:
    """Words of or about one person, as they were written: `evolve` and projections hold only the address of them.

    `owner` is the person whose key seals the text and whose erasure destroys it. What comes back from the log is an
    `Address`; only `store.sealing` turns it into text again.
    """

    owner: Id
    text: Mapping[str, str]


@dataclass(frozen=True)
class Address:
    """Where sealed content lies: enough to ask for it, nothing to read."""

    owner: Id
    stream: Id
    version: int
    section: str


Sealed: TypeAlias = Content | Address
"""The type of a content field: a decision writes `Content`, the log gives back an `Address`."""


@dataclass(frozen=True)
class Shape:
    """How a kind of event is stored and told."""

    name: str
    visibility: Visibility
    version: int
    words: Mapping[str, str]

    def is_clear(self, *, published: bool) -> bool:
        """Whether anybody may read the envelope, given whether its stream is published."""
        return self.visibility is Visibility.CLEAR or (published and self.visibility is Visibility.STREAM)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(
    name: str, *, ru: str, en: str, visibility: Visibility = Visibility.STREAM, version: int = 1
) -> Callable[[C], C]:
    """A frozen, keyword-only dataclass with its stored name and its sentence for the audit trail.

    The sentences may name fields in braces, as `str.format` does. Every event has a field `at`: when it happened.
    """

    def shape(cls: C) -> C:
        cls.SHAPE = Shape(name, visibility, version, {"ru": ru, "en": en})  # type: ignore[attr-defined]
        return dataclass(frozen=True, kw_only=True)(cls)  # type: ignore[return-value]

    return shape


def shape_of(event_class: type) -> Shape:
    """How the class is stored; a class that is no event is a mistake in the code."""
    shape: Shape = event_class.SHAPE  # type: ignore[attr-defined]
    return shape
