"""Planned works: announced ahead, done at their time, told about update by update.

What they mean for components is stored in their own streams in the same commit (`domain.component.plan_works`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias, assert_never

from domain.announcement import announced
from domain.component import demand_defined
from domain.event import Id, Public, Sealed, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused


class WorksStatus(StrEnum):
    """How far they are, in the words of the Statuspage API; `cancelled` it does not have."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OVER: Final = frozenset({WorksStatus.COMPLETED, WorksStatus.CANCELLED})
UNDER_WAY: Final = frozenset({WorksStatus.IN_PROGRESS, WorksStatus.VERIFYING})
NEXT: Final[Mapping[WorksStatus, frozenset[WorksStatus]]] = {
    WorksStatus.SCHEDULED: frozenset({WorksStatus.SCHEDULED, WorksStatus.IN_PROGRESS, WorksStatus.CANCELLED}),
    WorksStatus.IN_PROGRESS: frozenset({WorksStatus.IN_PROGRESS, WorksStatus.VERIFYING, WorksStatus.COMPLETED}),
    WorksStatus.VERIFYING: frozenset({WorksStatus.VERIFYING, WorksStatus.IN_PROGRESS, WorksStatus.COMPLETED}),
}
"""What may follow; of what is over nothing more is told."""


@event(
    "maintenance.announced",
    visibility=Visibility.CLEAR,
    en="Works were announced: {start} to {end}",
    ru="Объявлены плановые работы: с {start} по {end}",
)
class WorksAnnounced:
    """Something will be done; what, its first update says."""

    at: Public[Instant]
    start: Public[Instant]
    end: Public[Instant]
    components: Public[tuple[str, ...]]
    title: Sealed
    by: Id | None = None


@event(
    "maintenance.rescheduled",
    visibility=Visibility.CLEAR,
    en="The works are now to be done from {start} to {end}",
    ru="Работы перенесены: с {start} по {end}",
)
class WorksRescheduled:
    """Put off, brought forward, or made longer."""

    at: Public[Instant]
    start: Public[Instant]
    end: Public[Instant]
    by: Id | None = None


@event(
    "maintenance.updated",
    visibility=Visibility.CLEAR,
    en="Planned works: {status}",
    ru="Плановые работы: {status}",
)
class WorksUpdated:
    """What everybody is told; without a text, that time alone began or ended them."""

    at: Public[Instant]
    update: Public[Id]
    status: Public[WorksStatus]
    text: Sealed | None = None
    by: Id | None = None


@event(
    "maintenance.reworded",
    visibility=Visibility.CLEAR,
    en="A text of the works has other words",
    ru="Текст о плановых работах изменён",
)
class WorksReworded:
    """Corrected or translated; what stood there before stays in the history."""

    at: Public[Instant]
    text: Sealed
    update: Public[Id | None] = None
    """None: it is the title."""
    by: Id | None = None


@event(
    "maintenance.imported",
    visibility=Visibility.CLEAR,
    en="The works come from {source}: {external}",
    ru="Плановые работы перенесены из {source}: {external}",
)
class WorksImported:
    """Where they were announced at first."""

    at: Public[Instant]
    source: Public[str]
    external: Public[str]
    """Their id there."""
    url: Public[str]


Event: TypeAlias = WorksAnnounced | WorksRescheduled | WorksUpdated | WorksReworded | WorksImported


@dataclass(frozen=True)
class Works:
    """What decisions read of planned works; without a status they were never announced."""

    status: WorksStatus | None = None
    start: Instant = 0
    end: Instant = 0
    components: tuple[str, ...] = ()
    updates: tuple[Id, ...] = ()
    updated_at: Instant = 0
    external: str | None = None


@dataclass(frozen=True)
class Update:
    """What somebody wants to tell; time alone has no text."""

    id: Id
    status: WorksStatus
    text: Mapping[str, str] | None
    """By language."""


def evolve(works: Works, event: Event) -> Works:
    """The works after an event."""
    match event:
        case WorksAnnounced():
            return replace(works, start=event.start, end=event.end, components=event.components)
        case WorksRescheduled():
            return replace(works, start=event.start, end=event.end)
        case WorksUpdated():
            updates = (*works.updates, event.update)
            return replace(works, status=event.status, updates=updates, updated_at=event.at)
        case WorksReworded():
            return works
        case WorksImported():
            return replace(works, external=event.external)
        case _:
            assert_never(event)


def announce(
    works: Works,
    *,
    stream: Id,
    title: Mapping[str, str],
    first: Update,
    components: frozenset[str],
    known: frozenset[str],
    start: Instant,
    end: Instant,
    at: Instant,
    by: Id | None = None,
) -> list[Event]:
    """Announce works before they begin; `stream` is their own. Announced once, nothing more comes of it.

    Refused: `works_not_scheduled` if the first update says more than that they are; `components_missing`;
    `component_unknown`; `works_too_short` if they end before they begin; `works_too_late` if they should have begun;
    and as `announced`.
    """
    if works.status is not None:
        return []
    if first.status is not WorksStatus.SCHEDULED:
        raise Refused("works_not_scheduled", wanted=first.status)
    if not components:
        raise Refused("components_missing")
    for key in sorted(components):
        demand_defined(key, known)
    _demand_ahead(start, end, at)
    told = WorksAnnounced(
        at=at,
        start=start,
        end=end,
        components=tuple(sorted(components)),
        title=announced(stream, "title", title),
        by=by,
    )
    return [told, _updated(stream, first, at, by)]


def post(works: Works, *, stream: Id, update: Update, at: Instant, by: Id | None = None) -> list[Event]:
    """Tell more of them, begin them, end them, call them off.

    Refused: `works_unknown`; `works_over`; `works_not_so_far` if that cannot follow; `update_too_early` if it tells of
    a time before the last update; and as `announced`.
    """
    if update.id in works.updates:
        return []
    status = _demand_live(works)
    if update.status not in NEXT[status]:
        raise Refused("works_not_so_far", status=status, wanted=update.status)
    if at < works.updated_at:
        raise Refused("update_too_early", last=works.updated_at)
    return [_updated(stream, update, at, by)]


def reschedule(works: Works, *, start: Instant, end: Instant, at: Instant, by: Id | None = None) -> list[Event]:
    """Do them at another time; of works under way only the end is still to be decided.

    Works that were begun early may be over before their announced time begins, but not be announced to be.

    Refused: `works_unknown`; `works_over`; `works_under_way` if their beginning would move; as `announce` otherwise.
    """
    _demand_live(works)
    if (start, end) == (works.start, works.end):
        return []
    if works.status is WorksStatus.SCHEDULED:
        _demand_ahead(start, end, at)
    elif start != works.start:
        raise Refused("works_under_way", start=works.start)
    if end <= max(start, at):
        raise Refused("works_too_short", start=start, end=end)
    return [WorksRescheduled(at=at, start=start, end=end, by=by)]


def tick(works: Works, *, stream: Id, update: Id, at: Instant) -> list[Event]:
    """What time alone brings: works begin and end when that was announced, however late it is noticed."""
    if works.status is WorksStatus.SCHEDULED and works.start <= at:
        begun = max(works.start, works.updated_at)
        return [_updated(stream, Update(update, WorksStatus.IN_PROGRESS, None), begun, None)]
    if works.status in UNDER_WAY and works.end <= at:
        ended = max(works.end, works.updated_at)
        return [_updated(stream, Update(update, WorksStatus.COMPLETED, None), ended, None)]
    return []


def reword(
    works: Works, *, stream: Id, text: Mapping[str, str], update: Id | None, at: Instant, by: Id | None = None
) -> list[Event]:
    """Correct or translate an update, or the title: `text` is all of it, in every language that it is to have.

    Refused: `works_unknown`; `update_unknown`; and as `announced`.
    """
    if works.status is None:
        raise Refused("works_unknown")
    if update is not None and update not in works.updates:
        raise Refused("update_unknown", update=update)
    field = "title" if update is None else "text"
    return [WorksReworded(at=at, text=announced(stream, field, text), update=update, by=by)]


def bring_in(works: Works, *, source: str, external: str, url: str, at: Instant) -> list[Event]:
    """Say where they were announced at first."""
    known = works.external == external
    return [] if known else [WorksImported(at=at, source=source, external=external, url=url)]


def _updated(stream: Id, update: Update, at: Instant, by: Id | None) -> WorksUpdated:
    text = None if update.text is None else announced(stream, "text", update.text)
    return WorksUpdated(at=at, update=update.id, status=update.status, text=text, by=by)


def _demand_live(works: Works) -> WorksStatus:
    if works.status is None:
        raise Refused("works_unknown")
    if works.status in OVER:
        raise Refused("works_over", status=works.status)
    return works.status


def _demand_ahead(start: Instant, end: Instant, at: Instant) -> None:
    if end <= start:
        raise Refused("works_too_short", start=start, end=end)
    if start < at:
        raise Refused("works_too_late", start=start)
