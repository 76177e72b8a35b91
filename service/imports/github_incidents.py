"""GitHub's public incidents and planned works: a file of JSON lines, one record a line.

The form is that of the collection mrshu/github-statuses, which reads the feed of a status page: components are named
for an incident as a whole, and how bad it was is told by its impact alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate, islice
from pathlib import Path
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from api.types import InstantIn
from domain.component import ComponentStatus, Window
from domain.incident import OVER, Affected, IncidentImpact, IncidentStatus
from domain.instant import Instant
from domain.maintenance import WorksStatus
from service.imports.keys import keys_of
from service.imports.told import (
    Fault,
    Incident,
    Key,
    Known,
    Link,
    Member,
    Record,
    Section,
    Title,
    Told,
    Turn,
    Unusable,
    Update,
    Words,
    Works,
    WorksUpdate,
    demand_order,
    demand_past,
    mistake_in,
    named,
)

S = TypeVar("S", IncidentStatus, WorksStatus)

SOURCE: Final = "github"
OPERATIONAL: Final = ComponentStatus.OPERATIONAL

IMPACTS: Final[Mapping[IncidentImpact, ComponentStatus]] = {
    IncidentImpact.NONE: ComponentStatus.OPERATIONAL,
    IncidentImpact.MINOR: ComponentStatus.PARTIAL_OUTAGE,
    IncidentImpact.MAJOR: ComponentStatus.MAJOR_OUTAGE,
    IncidentImpact.CRITICAL: ComponentStatus.MAJOR_OUTAGE,
}
"""What an incident says of its components, unless somebody says otherwise."""


class Impact(StrEnum):
    """That of an incident, or that it is planned works."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    MAINTENANCE = "maintenance"


class Status(StrEnum):
    """The word that an update begins with."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    UPDATE = "update"
    """Nothing is further than it was."""


def _word(said: object) -> object:
    return said.lower().replace(" ", "_") if isinstance(said, str) else said


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


class UpdateSection(Section):
    at: InstantIn
    status: Annotated[Status, BeforeValidator(_word)]
    message: Words = ""


class RecordSection(Section):
    id: Key
    title: Title
    url: Link
    impact: Impact
    started_at: InstantIn | None = None
    resolved_at: InstantIn | None = None
    components: Annotated[tuple[Key, ...], AfterValidator(_once)] = ()
    updates: Annotated[tuple[UpdateSection, ...], Field(min_length=1)]

    @property
    def told(self) -> Sequence[UpdateSection]:
        """The updates, the oldest first."""
        return sorted(self.updates, key=lambda update: update.at)

    @property
    def start(self) -> Instant:
        """When it began, as far as the record tells."""
        return self.told[0].at if self.started_at is None else self.started_at


@dataclass(frozen=True)
class Reading:
    """How the file is to be read."""

    impacts: Mapping[IncidentImpact, ComponentStatus]
    group: str
    """Of the components."""
    now: Instant


def read(path: Path, reading: Reading) -> Told:
    """All that the file tells."""
    found = list(_records(path, reading))
    faults = [each for each in found if isinstance(each, Fault)]
    records = sorted((each for each in found if not isinstance(each, Fault)), key=lambda record: record.start)
    first = {name: record.start for record in reversed(records) for name in named(record)}
    return Told(
        source=SOURCE,
        records=records,
        faults=faults,
        members={name: Member(key, name, reading.group) for name, key in keys_of(sorted(first)).items()},
        known={name: [Known(at, OPERATIONAL, is_told=False)] for name, at in first.items()},
        groups={},
    )


def _records(path: Path, reading: Reading) -> Iterator[Record | Fault]:
    lines: dict[str, int] = {}
    for number, text in enumerate(path.read_bytes().split(b"\n"), start=1):
        if text.strip():
            yield _record(number, text, lines, reading)


def _record(number: int, text: bytes, lines: dict[str, int], reading: Reading) -> Record | Fault:
    place = f"line {number}"
    try:
        section = RecordSection.model_validate_json(text)
        place = f"{place}: {section.id}"
        if (known := lines.setdefault(section.id, number)) != number:
            return Fault(place, f"the same id as line {known}")
        return _checked(place, section, reading)
    except ValidationError as fault:
        return Fault(place, mistake_in(fault))
    except Unusable as why:
        return Fault(place, str(why))


def _checked(place: str, section: RecordSection, reading: Reading) -> Record:
    demand_past(reading.now, section.start, section.resolved_at, section.told[-1].at)
    if section.impact is Impact.MAINTENANCE:
        return _works(place, section)
    return _incident(place, section, reading.impacts)


def _incident(place: str, section: RecordSection, impacts: Mapping[IncidentImpact, ComponentStatus]) -> Incident:
    impact = IncidentImpact(section.impact)
    updates = [
        Update(str(number), each.at, _one_of(IncidentStatus, status), each.message)
        for number, (each, status) in enumerate(
            zip(section.told, _statuses(section, Status.INVESTIGATING), strict=True)
        )
    ]
    end = section.resolved_at if section.resolved_at is not None else _over(updates)
    demand_order(section.start, end)
    if end is not None and updates[-1].status not in OVER:
        updates.append(Update("resolved", max(end, updates[-1].at), IncidentStatus.RESOLVED))
    return Incident(
        place=place,
        external=section.id,
        url=section.url,
        title=section.title,
        impact=impact,
        start=section.start,
        updates=list(_affecting(updates, section.components, impacts[impact])),
        claims={name: _claims(section.start, end, impacts[impact]) for name in section.components},
    )


def _works(place: str, section: RecordSection) -> Works:
    updates = [
        WorksUpdate(str(number), each.at, _one_of(WorksStatus, status), each.message)
        for number, (each, status) in enumerate(zip(section.told, _statuses(section, Status.SCHEDULED), strict=True))
    ]
    times = {each.status: each.at for each in reversed(updates)}
    begun, end = times.get(WorksStatus.IN_PROGRESS), times.get(WorksStatus.COMPLETED, section.resolved_at)
    if begun is None or end is None:
        raise Unusable("updates: when the works began and when they were over is not told")
    demand_order(begun, end)
    if updates[-1].status is not WorksStatus.COMPLETED:
        updates.append(WorksUpdate("completed", max(end, updates[-1].at), WorksStatus.COMPLETED))
    return Works(
        place=place,
        external=section.id,
        url=section.url,
        title=section.title,
        start=section.start,
        window=Window(begun, end),
        begun=begun,
        over=end,
        components=section.components,
        updates=updates,
    )


def _statuses(section: RecordSection, first: Status) -> Iterator[Status]:
    """How far things were with each update."""
    said = (update.status for update in section.told)
    course = accumulate(said, lambda known, new: known if new is Status.UPDATE else new, initial=first)
    return islice(course, 1, None)


def _one_of(kind: type[S], status: Status) -> S:
    try:
        return kind(status)
    except ValueError:
        raise Unusable(f"updates: {status} is said of nothing with this impact") from None


def _over(updates: Sequence[Update]) -> Instant | None:
    """When it was over for good."""
    return next((update.at for update in updates[_last_open(updates) + 1 :]), None)


def _last_open(updates: Sequence[Update]) -> int:
    return max((number for number, update in enumerate(updates) if update.status not in OVER), default=-1)


def _affecting(updates: Sequence[Update], names: Sequence[str], status: ComponentStatus) -> Iterator[Update]:
    """The first one says it of the components, the one with which it is over takes it back."""
    over = _last_open(updates) + 1
    for number, update in enumerate(updates):
        if number == over:
            changes = [Affected(name, status, OPERATIONAL) for name in names]
        else:
            changes = [Affected(name, OPERATIONAL, status) for name in names if number == 0]
        yield replace(update, affected=changes)


def _claims(start: Instant, end: Instant | None, status: ComponentStatus) -> Sequence[Turn]:
    if status is OPERATIONAL or start == end:
        return []
    return [Turn(start, status)] + ([] if end is None else [Turn(end, OPERATIONAL)])
