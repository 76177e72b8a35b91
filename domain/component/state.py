"""A component as it stands after its events."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from domain.component.events import (
    ComponentStatus,
    Event,
    ProbeTurned,
    ProbeWithdrawn,
    State,
    StatusSet,
    Through,
    WorksBegun,
    WorksEnded,
    WorksPlanned,
    worst,
)
from domain.component.window import Window, left
from domain.event import Id
from domain.instant import Instant


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
    probes: Mapping[str, State] = field(default_factory=dict)
    """What each probe said last."""

    @property
    def is_held(self) -> bool:
        """Whether a person's word stands against what probes say, until it is released."""
        return self.through is Through.PERSON

    def shown(self, at: Instant) -> State:
        """What the page says: works that were announced in time, else the worst of what is said and done."""
        works = [ComponentStatus.UNDER_MAINTENANCE] if self.works else []
        if self.is_excused(at):
            return ComponentStatus.UNDER_MAINTENANCE
        return worst([self.status, *self.claims.values(), *works])

    def is_excused(self, at: Instant) -> bool:
        """Whether works are under way that were announced in time."""
        return any(window and window.start <= at < window.end for window in self.works.values())


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
        case ProbeTurned():
            return replace(component, probes={**component.probes, event.probe: event.status})
        case ProbeWithdrawn():
            return replace(component, probes=without(component.probes, event.probe))
        case _:
            assert_never(event)


def without(probes: Mapping[str, State], probe: str) -> dict[str, State]:
    """What the others say."""
    return {each: said for each, said in probes.items() if each != probe}


def _told(component: Component, event: StatusSet) -> Component:
    if event.incident is not None:
        return replace(component, claims=_claimed(component.claims, event.incident, event.status))
    if event.at < component.since:
        return component
    return replace(component, status=event.status, since=event.at, through=event.through)


def _claimed(claims: Mapping[Id, ComponentStatus], incident: Id, status: State) -> dict[Id, ComponentStatus]:
    others = {each: claim for each, claim in claims.items() if each != incident}
    return others if status in (None, ComponentStatus.OPERATIONAL) else {**others, incident: status}


def _planned(component: Component, event: WorksPlanned) -> Component:
    plans = {**component.plans, event.works: (*component.plans.get(event.works, ()), event)}
    excused = component.works.get(event.works)
    begun = {event.works: left(excused, event)} if excused else {}
    return replace(component, plans=plans, works={**component.works, **begun})


def _excused(event: WorksBegun) -> Window | None:
    if event.excused_from is None or event.excused_until is None:
        return None
    return Window(event.excused_from, event.excused_until)
