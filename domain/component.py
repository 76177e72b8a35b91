"""A component of the status page: what its own status is, what incidents say of it, and which works are done on it.

Everything that its uptime is computed from stands in its own stream, whoever said it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias, assert_never

from domain.event import Content, Id, Public, Sealed, Visibility, event
from domain.instant import Duration, Instant
from domain.refusal import Refused


class ComponentStatus(StrEnum):
    """How well a component works."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"
    UNDER_MAINTENANCE = "under_maintenance"


State: TypeAlias = ComponentStatus | None
"""None is unknown: neither up nor down."""

WORST_FIRST: Final[tuple[State, ...]] = (
    ComponentStatus.MAJOR_OUTAGE,
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.DEGRADED,
    ComponentStatus.UNDER_MAINTENANCE,
    None,
    ComponentStatus.OPERATIONAL,
)
SERVING: Final = frozenset({ComponentStatus.OPERATIONAL, ComponentStatus.DEGRADED})
"""It works, be it slowly."""


def worst(states: Collection[State]) -> State:
    """Operational only if every one is; of none nothing is known."""
    return min(states, key=WORST_FIRST.index, default=None)


class Through(StrEnum):
    """What the status was set by: one set by a person is known until it is changed."""

    PERSON = "person"
    PROBE = "probe"
    ALERT = "alert"
    IMPORT = "import"


@event(
    "component.status_set",
    visibility=Visibility.CLEAR,
    en="Component {component} is {status} (set by: {through})",
    ru="Компонент {component}: {status} (источник: {through})",
)
class StatusSet:
    """The status from `at` on."""

    at: Public[Instant]
    component: Public[str]
    status: Public[ComponentStatus]
    through: Public[Through]
    by: Id | None = None
    """The person, if it was one."""
    why: Sealed | None = None
    """The person's own words, under the person's key."""
    incident: Public[Id | None] = None
    """The incident that says so until it says otherwise; none: it is the component's own status."""


@event(
    "component.works_planned",
    visibility=Visibility.CLEAR,
    en="Works on component {component} were announced: {start} to {end}",
    ru="Объявлены работы на компоненте {component}: с {start} по {end}",
)
class WorksPlanned:
    """The time of planned works, announced at `at`; announced again it takes the place of the one before."""

    at: Public[Instant]
    component: Public[str]
    works: Public[Id]
    start: Public[Instant]
    end: Public[Instant]


@event(
    "component.works_begun",
    visibility=Visibility.CLEAR,
    en="Works on component {component} began",
    ru="Работы на компоненте {component} начались",
)
class WorksBegun:
    """From `at` on works are done; what of it lies from `excused_from` to `excused_until` was announced in time.

    Made shorter while they are under way, only what is left of it is, even if they are made longer again.
    """

    at: Public[Instant]
    component: Public[str]
    works: Public[Id]
    excused_from: Public[Instant | None] = None
    excused_until: Public[Instant | None] = None


@event(
    "component.works_ended",
    visibility=Visibility.CLEAR,
    en="Works on component {component} are over",
    ru="Работы на компоненте {component} закончены",
)
class WorksEnded:
    """Done, or called off before they began."""

    at: Public[Instant]
    component: Public[str]
    works: Public[Id]


Event: TypeAlias = StatusSet | WorksPlanned | WorksBegun | WorksEnded


class Window(NamedTuple):
    """When works are to be done."""

    start: Instant
    end: Instant


@dataclass(frozen=True)
class Component:
    """What decisions read of a component; its own status is not known before the first one is set."""

    status: State = None
    since: Instant = 0
    through: Through | None = None
    claims: Mapping[Id, ComponentStatus] = field(default_factory=dict)
    """What incidents say of it, as long as they say that it does not work."""
    plans: Mapping[Id, tuple[WorksPlanned, ...]] = field(default_factory=dict)
    """Works that are not over, each with all that was announced of it."""
    works: Mapping[Id, Window | None] = field(default_factory=dict)
    """Works under way, each with the time that was announced, if it was announced in time."""

    def shown(self, at: Instant) -> State:
        """What the page says: works that were announced in time, else the worst of what is said and done."""
        works = [ComponentStatus.UNDER_MAINTENANCE] if self.works else []
        if any(window and window.start <= at < window.end for window in self.works.values()):
            return ComponentStatus.UNDER_MAINTENANCE
        return worst([self.status, *self.claims.values(), *works])


def evolve(component: Component, event: Event) -> Component:
    """The component after an event; one that is told late of its past keeps its newest status."""
    match event:
        case StatusSet():
            return _told(component, event)
        case WorksPlanned():
            return _planned(component, event)
        case WorksBegun():
            return replace(component, works={**component.works, event.works: _excused(event)})
        case WorksEnded():
            plans = {each: plan for each, plan in component.plans.items() if each != event.works}
            works = {each: window for each, window in component.works.items() if each != event.works}
            return replace(component, plans=plans, works=works)
        case _:
            assert_never(event)


def _told(component: Component, event: StatusSet) -> Component:
    if event.incident is not None:
        return replace(component, claims=_claimed(component.claims, event.incident, event.status))
    if event.at < component.since:
        return component
    return replace(component, status=event.status, since=event.at, through=event.through)


def _claimed(claims: Mapping[Id, ComponentStatus], incident: Id, status: ComponentStatus) -> dict[Id, ComponentStatus]:
    others = {each: claim for each, claim in claims.items() if each != incident}
    return others if status is ComponentStatus.OPERATIONAL else {**others, incident: status}


def _planned(component: Component, event: WorksPlanned) -> Component:
    plans = {**component.plans, event.works: (*component.plans.get(event.works, ()), event)}
    excused = component.works.get(event.works)
    begun = {event.works: left(excused, event)} if excused else {}
    return replace(component, plans=plans, works={**component.works, **begun})


def _excused(event: WorksBegun) -> Window | None:
    if event.excused_from is None or event.excused_until is None:
        return None
    return Window(event.excused_from, event.excused_until)


def demand_defined(key: str, known: Collection[str]) -> None:
    """Refuse a component that is not on the page."""
    if key not in known:
        raise Refused("component_unknown", component=key)


def set_status(
    component: Component,
    *,
    key: str,
    known: Collection[str],
    status: ComponentStatus,
    through: Through,
    at: Instant,
    by: Id | None = None,
    why: str = "",
) -> list[Event]:
    """Set the status of a defined component; a person's confirmation of what a probe said is news, a probe's is not.

    What is told late of the time before the newest status is always news.

    Refused: `component_unknown` if it is not among the `known` keys; `person_required` if reasons are given, but not
    who gives them.
    """
    demand_defined(key, known)
    if why and by is None:
        raise Refused("person_required", component=key)
    confirmed = through is not Through.PERSON or component.through is Through.PERSON
    if component.status is status and confirmed and at >= component.since:
        return []
    text = Content(by, {"why": why}) if by is not None and why else None
    return [StatusSet(at=at, component=key, status=status, through=through, by=by, why=text)]


def claim(
    component: Component,
    *,
    key: str,
    incident: Id,
    status: ComponentStatus,
    through: Through,
    at: Instant,
    by: Id | None = None,
) -> list[Event]:
    """What an incident says of it from now on; operational takes back what it said.

    Of a component whose own status was never set, that is the first word that it works; an import says so itself.
    """
    if component.claims.get(incident, ComponentStatus.OPERATIONAL) is status:
        return []
    told = StatusSet(at=at, component=key, status=status, through=through, by=by, incident=incident)
    is_first = component.status is None and status is ComponentStatus.OPERATIONAL and through is not Through.IMPORT
    return [told, replace(told, incident=None)] if is_first else [told]


def plan_works(component: Component, *, key: str, works: Id, start: Instant, end: Instant, at: Instant) -> list[Event]:
    """Announce when works are to be done on it; `works_overlap` if others are then."""
    planned = {each: plan[-1] for each, plan in component.plans.items()}
    if works in planned and (planned[works].start, planned[works].end) == (start, end):
        return []
    for each, plan in planned.items():
        if each != works and start < plan.end and plan.start < end:
            raise Refused("works_overlap", component=key, start=plan.start, end=plan.end)
    return [WorksPlanned(at=at, component=key, works=works, start=start, end=end)]


def begin_works(component: Component, *, key: str, works: Id, notice: Duration, at: Instant) -> list[Event]:
    """Begin what was announced; what was announced `notice` before its start is excused."""
    if works in component.works or works not in component.plans:
        return []
    excused = promised(component.plans[works], notice)
    if excused is None:
        return [WorksBegun(at=at, component=key, works=works)]
    return [WorksBegun(at=at, component=key, works=works, excused_from=excused.start, excused_until=excused.end)]


def end_works(component: Component, *, key: str, works: Id, at: Instant) -> list[Event]:
    """They are over, or called off."""
    return [WorksEnded(at=at, component=key, works=works)] if works in component.plans else []


def promised(announced: Collection[WorksPlanned], notice: Duration) -> Window | None:
    """The time that was announced at least `notice` before its start, and whose start was not moved since.

    With less notice than that: moved, none of it is; made longer, what was added is not; made shorter, only what is
    left is, even if it is made longer again.
    """
    window: Window | None = None
    for plan in announced:
        if plan.at + notice <= plan.start:
            window = Window(plan.start, plan.end)
        elif window is not None and plan.start == window.start:
            window = left(window, plan)
        else:
            window = None
    return window


def left(window: Window, plan: WorksPlanned) -> Window:
    """What is left of the excused time after an announcement that comes too late to excuse more."""
    return Window(window.start, min(window.end, plan.end))
