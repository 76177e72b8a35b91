"""Works on a component: planned, begun, over."""

from domain.component.events import Event, WorksBegun, WorksEnded, WorksPlanned
from domain.component.state import Component
from domain.component.window import promised
from domain.event import Id
from domain.instant import Duration, Instant
from domain.refusal import Refused


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
