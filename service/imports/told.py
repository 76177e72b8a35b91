"""What another status page tells of its incidents and planned works, in the words of this desk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, NamedTuple, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from api.mistakes import in_words
from domain.component import ComponentStatus, Window
from domain.incident import Affected, IncidentImpact, IncidentStatus
from domain.instant import Instant
from domain.maintenance import WorksStatus

LONGEST: Final = 2_000
"""Characters of an address: it stands in the envelope, which is small."""


class BadFile(Exception):
    """It is no file of this kind: nothing of it can be imported."""


class Unusable(Exception):
    """A record cannot be imported, and why."""


@dataclass(frozen=True)
class Fault:
    """A record that is left out."""

    place: str
    """Where in the file."""
    reason: str


def _text(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the character U+0000 cannot be kept")
    return text


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("there are no words")
    return text


def _link(address: str) -> str:
    if not address.startswith(("https://", "http://")):
        raise ValueError("this is no address of the web")
    return address


def status_of(word: object) -> ComponentStatus:
    """A status in our words or in those of Statuspage."""
    return ComponentStatus({"degraded_performance": "degraded"}.get(str(word), str(word)))


Words: TypeAlias = Annotated[str, AfterValidator(_text)]
Title: TypeAlias = Annotated[Words, AfterValidator(_said)]
Link: TypeAlias = Annotated[str, Field(max_length=LONGEST), AfterValidator(_link)]
Key: TypeAlias = Annotated[Title, Field(max_length=200)]
"""What the other page calls something, so as to tell it apart."""


class Section(BaseModel):
    """A part of a file; what it says beside is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def mistake_in(fault: ValidationError) -> str:
    """The first thing that is wrong with a part of a file."""
    error = fault.errors()[0]
    place, what = ".".join(map(str, error["loc"])), in_words(error, "en").removeprefix("Value error, ")
    return f"{place}: {what}" if place else what


def demand_past(now: Instant, *times: Instant | None) -> None:
    """Nothing is imported that is still to come."""
    if max(at for at in times if at is not None) > now:
        raise Unusable("it tells of the future")


def demand_order(start: Instant, end: Instant | None) -> None:
    """Whatever is over began before."""
    if end is not None and end < start:
        raise Unusable("it was over before it began")


@dataclass(frozen=True)
class Update:
    """What everybody was told."""

    key: str
    """Tells it apart within its incident."""
    at: Instant
    status: IncidentStatus
    text: str = ""
    affected: Sequence[Affected] = ()


class Turn(NamedTuple):
    """What is said of a component from an instant on."""

    at: Instant
    status: ComponentStatus


@dataclass(frozen=True)
class Incident:
    """An incident; its claims tell in order of time what it said of each component that it names."""

    place: str
    external: str
    url: str
    title: str
    impact: IncidentImpact
    start: Instant
    updates: Sequence[Update]
    claims: Mapping[str, Sequence[Turn]]


@dataclass(frozen=True)
class WorksUpdate:
    """What everybody was told of works."""

    key: str
    at: Instant
    status: WorksStatus
    text: str = ""


@dataclass(frozen=True)
class Works:
    """Planned works; those that were announced elsewhere count as announced in time."""

    place: str
    external: str
    url: str
    title: str
    start: Instant
    """When they were announced."""
    window: Window
    begun: Instant | None
    over: Instant | None
    components: Sequence[str]
    updates: Sequence[WorksUpdate]


Record: TypeAlias = Incident | Works


@dataclass(frozen=True)
class Known:
    """How a component itself is from an instant on, whatever incidents say of it."""

    at: Instant
    status: ComponentStatus
    is_told: bool
    """Else only its being there is known, which sets nothing aside that somebody said."""


@dataclass(frozen=True)
class Member:
    """A component of the other page as it is to be called here."""

    key: str
    name: str
    group: str


@dataclass(frozen=True)
class Told:
    """All that a file tells; components by what the file calls them, in the order of the page."""

    source: str
    records: Sequence[Record]
    faults: Sequence[Fault]
    members: Mapping[str, Member]
    known: Mapping[str, Sequence[Known]]
    groups: Mapping[str, str]
    """What new groups are called, by key."""


def named(record: Record) -> Collection[str]:
    """The components that it names."""
    return record.claims if isinstance(record, Incident) else record.components
