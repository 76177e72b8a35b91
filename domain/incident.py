"""An incident: what is wrong, as told to everybody, update by update, until it is over.

What an update says of components is stored in their own streams in the same commit (`domain.component.claim`).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from domain.announcement import announced
from domain.component import WORST_FIRST, ComponentStatus, Through, demand_defined
from domain.event import Id, Public, Sealed, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused


class IncidentStatus(StrEnum):
    """How far it is, in the words of the Statuspage API."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    POSTMORTEM = "postmortem"


class IncidentImpact(StrEnum):
    """How bad it is, in the words of the Statuspage API."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


IMPACTS: Final[Mapping[ComponentStatus, IncidentImpact]] = {
    ComponentStatus.MAJOR_OUTAGE: IncidentImpact.CRITICAL,
    ComponentStatus.PARTIAL_OUTAGE: IncidentImpact.MAJOR,
    ComponentStatus.DEGRADED: IncidentImpact.MINOR,
    ComponentStatus.UNDER_MAINTENANCE: IncidentImpact.NONE,
    ComponentStatus.OPERATIONAL: IncidentImpact.NONE,
}
"""An incident is as bad as the worst that it ever said of a component."""

OVER: Final = frozenset({IncidentStatus.RESOLVED, IncidentStatus.POSTMORTEM})


@dataclass(frozen=True)
class Affected:
    """What an update changes in what the incident says of a component."""

    component: str
    old: ComponentStatus
    new: ComponentStatus


@event(
    "incident.opened",
    visibility=Visibility.CLEAR,
    en="An incident was announced",
    ru="Объявлен инцидент",
)
class IncidentOpened:
    """Something is wrong since `at`; its first update stands beside it."""

    at: Public[Instant]
    title: Sealed
    impact: Public[IncidentImpact | None] = None
    """As somebody judged it; none: as bad as what it says of components."""
    by: Id | None = None


@event(
    "incident.updated",
    visibility=Visibility.CLEAR,
    en="Incident: {status} (told by: {through})",
    ru="Инцидент: {status} (источник: {through})",
)
class IncidentUpdated:
    """What everybody is told."""

    at: Public[Instant]
    update: Public[Id]
    status: Public[IncidentStatus]
    affected: Public[tuple[Affected, ...]]
    through: Public[Through]
    text: Sealed | None = None
    by: Id | None = None


@event(
    "incident.reworded",
    visibility=Visibility.CLEAR,
    en="A text of the incident has other words",
    ru="Текст инцидента изменён",
)
class IncidentReworded:
    """Corrected or translated; what stood there before stays in the history."""

    at: Public[Instant]
    text: Sealed
    update: Public[Id | None] = None
    """None: it is the title."""
    by: Id | None = None


@event(
    "incident.imported",
    visibility=Visibility.CLEAR,
    en="The incident comes from {source}: {external}",
    ru="Инцидент перенесён из {source}: {external}",
)
class IncidentImported:
    """Where it was announced at first."""

    at: Public[Instant]
    source: Public[str]
    external: Public[str]
    """Its id there."""
    url: Public[str]


Event: TypeAlias = IncidentOpened | IncidentUpdated | IncidentReworded | IncidentImported


@dataclass(frozen=True)
class Incident:
    """What decisions read of an incident; without a status it was never announced."""

    status: IncidentStatus | None = None
    claims: Mapping[str, ComponentStatus] = field(default_factory=dict)
    """What it says of components that do not work."""
    updates: tuple[Id, ...] = ()
    updated_at: Instant = 0
    told_by: frozenset[Through] = frozenset()
    external: str | None = None

    @property
    def is_over(self) -> bool:
        """Nothing more will be told but what was learned."""
        return self.status in OVER


def evolve(incident: Incident, event: Event) -> Incident:
    """The incident after an event."""
    match event:
        case IncidentOpened():
            return incident
        case IncidentUpdated():
            claims = {**incident.claims, **{each.component: each.new for each in event.affected}}
            claims = {key: said for key, said in claims.items() if said is not ComponentStatus.OPERATIONAL}
            updates, told_by = (*incident.updates, event.update), incident.told_by | {event.through}
            told = replace(incident, status=event.status, updates=updates, updated_at=event.at, told_by=told_by)
            return replace(told, claims=claims)
        case IncidentReworded():
            return incident
        case IncidentImported():
            return replace(incident, external=event.external)
        case _:
            assert_never(event)


def impact_of(statuses: Collection[ComponentStatus]) -> IncidentImpact:
    """How bad it is, by what was ever said of components."""
    worst = min(statuses, key=WORST_FIRST.index, default=ComponentStatus.OPERATIONAL)
    return IMPACTS[worst]


@dataclass(frozen=True)
class Update:
    """What somebody wants to tell."""

    id: Id
    status: IncidentStatus
    text: Mapping[str, str]
    """By language."""
    components: Mapping[str, ComponentStatus] = field(default_factory=dict)
    """What it changes in what the incident says of components."""


def open_incident(
    incident: Incident,
    *,
    stream: Id,
    title: Mapping[str, str],
    first: Update,
    known: frozenset[str],
    through: Through,
    at: Instant,
    by: Id | None = None,
    impact: IncidentImpact | None = None,
) -> list[Event]:
    """Announce it with its first update; `stream` is its own. Announced once, nothing more comes of it.

    Refused: `component_unknown`; `over_but_affected` if it is over and a component does not work because of it; and as
    `announced`.
    """
    if incident.status is not None:
        return []
    _demand_sound(incident, first, known)
    opened = IncidentOpened(at=at, title=announced(stream, "title", title), impact=impact, by=by)
    return [opened, _updated(incident, stream, first, through=through, at=at, by=by)]


def post(
    incident: Incident,
    *,
    stream: Id,
    update: Update,
    known: frozenset[str],
    through: Through,
    at: Instant,
    by: Id | None = None,
) -> list[Event]:
    """Tell more of it; resolved, it says nothing bad of any component any more.

    Refused: `incident_unknown`; `incident_over`, unless a postmortem follows the resolution; `update_too_early` if it
    tells of a time before the last update; `component_unknown`; `over_but_affected` if it is over and a component does
    not work because of it; and as `announced`.
    """
    _demand_announced(incident)
    if update.id in incident.updates:
        return []
    if incident.is_over and (incident.status, update.status) != (IncidentStatus.RESOLVED, IncidentStatus.POSTMORTEM):
        raise Refused("incident_over", status=str(incident.status))
    if at < incident.updated_at:
        raise Refused("update_too_early", last=incident.updated_at)
    _demand_sound(incident, update, known)
    return [_updated(incident, stream, update, through=through, at=at, by=by)]


def reword(
    incident: Incident,
    *,
    stream: Id,
    text: Mapping[str, str],
    update: Id | None,
    at: Instant,
    by: Id | None = None,
) -> list[Event]:
    """Correct or translate an update, or the title: `text` is all of it, in every language that it is to have.

    Refused: `incident_unknown`; `update_unknown`; and as `announced`.
    """
    _demand_announced(incident)
    if update is not None and update not in incident.updates:
        raise Refused("update_unknown", update=update)
    field = "title" if update is None else "text"
    return [IncidentReworded(at=at, text=announced(stream, field, text), update=update, by=by)]


def bring_in(incident: Incident, *, source: str, external: str, url: str, at: Instant) -> list[Event]:
    """Say where it was announced at first."""
    known = incident.external == external
    return [] if known else [IncidentImported(at=at, source=source, external=external, url=url)]


def _demand_sound(incident: Incident, update: Update, known: frozenset[str]) -> None:
    for key in update.components:
        demand_defined(key, known.union(incident.claims))
    if update.status in OVER and set(update.components.values()) - {ComponentStatus.OPERATIONAL}:
        raise Refused("over_but_affected", status=update.status)


def _updated(
    incident: Incident, stream: Id, update: Update, *, through: Through, at: Instant, by: Id | None
) -> IncidentUpdated:
    return IncidentUpdated(
        at=at,
        update=update.id,
        status=update.status,
        affected=tuple(_affected(incident, update)),
        through=through,
        text=announced(stream, "text", update.text),
        by=by,
    )


def _affected(incident: Incident, update: Update) -> Iterator[Affected]:
    """What changes; when it is over, all of which it said something bad work again."""
    over = dict.fromkeys(incident.claims if update.status in OVER else (), ComponentStatus.OPERATIONAL)
    for key, new in sorted({**over, **update.components}.items()):
        old = incident.claims.get(key, ComponentStatus.OPERATIONAL)
        if old is not new:
            yield Affected(key, old, new)


def _demand_announced(incident: Incident) -> None:
    if incident.status is None:
        raise Refused("incident_unknown")
