"""What an answer of the Statuspage API v2 says, as far as it is taken over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic import BeforeValidator, Field, ValidationError

from api.types import InstantIn
from domain.component import ComponentStatus
from domain.incident import IncidentImpact, IncidentStatus
from domain.instant import Instant
from domain.maintenance import WorksStatus
from service.imports.told import BadFile, Fault, Key, Link, Section, Title, Words, mistake_in, status_of

S = TypeVar("S", bound=Section)

Status: TypeAlias = Annotated[ComponentStatus, BeforeValidator(status_of)]


class PageSection(Section):
    url: Link


class Document(Section):
    """`summary.json`, or one of the answers that it is made of; each part may be bad without the others."""

    page: PageSection
    components: list[Any] | None = None
    incidents: list[Any] | None = None
    scheduled_maintenances: list[Any] | None = None


class ComponentSection(Section):
    id: Key
    name: Title
    status: Status
    updated_at: InstantIn
    position: int = 0
    group_id: Key | None = None
    group: bool = False


class AffectedSection(Section):
    code: Key
    new_status: Status


class UpdateSection(Section):
    id: Key
    body: Words = ""
    created_at: InstantIn
    display_at: InstantIn | None = None
    affected_components: tuple[AffectedSection, ...] | None = None

    @property
    def at(self) -> Instant:
        """The time that is shown beside it."""
        return self.created_at if self.display_at is None else self.display_at


class IncidentUpdateSection(UpdateSection):
    status: IncidentStatus


class WorksUpdateSection(UpdateSection):
    status: WorksStatus


class RecordSection(Section):
    id: Key
    name: Title
    created_at: InstantIn
    started_at: InstantIn | None = None
    resolved_at: InstantIn | None = None
    components: tuple[ComponentSection, ...] = ()


class IncidentSection(RecordSection):
    impact: IncidentImpact
    incident_updates: Annotated[tuple[IncidentUpdateSection, ...], Field(min_length=1)]

    @property
    def updates(self) -> Sequence[IncidentUpdateSection]:
        """The oldest first: the file has the newest first, those of one instant too."""
        return sorted(self.incident_updates, key=lambda update: update.at, reverse=True)[::-1]


class WorksSection(RecordSection):
    scheduled_for: InstantIn
    scheduled_until: InstantIn
    incident_updates: Annotated[tuple[WorksUpdateSection, ...], Field(min_length=1)]

    @property
    def updates(self) -> Sequence[WorksUpdateSection]:
        """Likewise."""
        return sorted(self.incident_updates, key=lambda update: update.at, reverse=True)[::-1]


@dataclass(frozen=True)
class Placed(Generic[S]):
    """A part of the file and where it stands."""

    place: str
    section: S


def document_of(path: Path) -> Document:
    """The file as a whole; `BadFile` if it is no answer of the API."""
    try:
        document = Document.model_validate_json(path.read_bytes())
    except ValidationError as fault:
        raise BadFile(mistake_in(fault)) from None
    if document.components is None and document.incidents is None and document.scheduled_maintenances is None:
        raise BadFile("it holds neither components nor incidents: it is no answer of the Statuspage API v2")
    return document


def sections_of(kind: type[S], name: str, parts: list[Any] | None) -> Iterator[Placed[S] | Fault]:
    """Each part of a list in the file, or what is wrong with it."""
    for number, part in enumerate(parts or []):
        try:
            yield Placed(f"{name}[{number}]", kind.model_validate(part))
        except ValidationError as fault:
            yield Fault(f"{name}[{number}]", mistake_in(fault))
