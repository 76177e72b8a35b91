"""A component of the status page: what its own status is, what incidents and probes say of it, which works are done.

Everything that its uptime is computed from stands in its own stream, whoever said it.
"""

from domain.component.events import (
    SERVING,
    WORST_FIRST,
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
from domain.component.probing import observe, release, withdraw_probe
from domain.component.state import Component, evolve
from domain.component.status import claim, demand_defined, set_status
from domain.component.window import Window, left, promised
from domain.component.works import begin_works, end_works, plan_works

__all__ = [
    "SERVING",
    "WORST_FIRST",
    "Component",
    "ComponentStatus",
    "Event",
    "ProbeTurned",
    "ProbeWithdrawn",
    "State",
    "StatusSet",
    "Through",
    "Window",
    "WorksBegun",
    "WorksEnded",
    "WorksPlanned",
    "begin_works",
    "claim",
    "demand_defined",
    "end_works",
    "evolve",
    "left",
    "observe",
    "plan_works",
    "promised",
    "release",
    "set_status",
    "withdraw_probe",
    "worst",
]
