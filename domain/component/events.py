"""What is said of a component: how well it works, by whom, which works are done on it, and what probes see."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final, TypeAlias

from domain.event import Id, Public, Sealed, Visibility, event
from domain.instant import Instant


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
    status: Public[State]
    """None: nothing is known from then on, because whoever looked fell silent."""
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


@event(
    "component.probe_turned",
    visibility=Visibility.CLEAR,
    en="Probe {probe} of component {component} says: {status} (result {number})",
    ru="Проба {probe} компонента {component}: {status} (результат {number})",
)
class ProbeTurned:
    """A probe changed its mind, confirmed; what the component is said to be because of it stands beside it."""

    at: Public[Instant]
    component: Public[str]
    probe: Public[str]
    status: Public[State]
    """None: it fell silent."""
    number: Public[int]
    """The result that settled it: a prober numbers its results of a probe densely, from one."""


@event(
    "component.probe_withdrawn",
    visibility=Visibility.CLEAR,
    en="Probe {probe} no longer looks at component {component}",
    ru="Проба {probe} больше не проверяет компонент {component}",
)
class ProbeWithdrawn:
    """What it said last no longer counts."""

    at: Public[Instant]
    component: Public[str]
    probe: Public[str]


Event: TypeAlias = StatusSet | WorksPlanned | WorksBegun | WorksEnded | ProbeTurned | ProbeWithdrawn
