"""A component of the status page: what state it is in, who or what says so, and since when."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from domain.event import Content, Id, Public, Sealed, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused


class ComponentStatus(StrEnum):
    """How well a component works, in the words of the Statuspage API."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"
    UNDER_MAINTENANCE = "under_maintenance"


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


Event: TypeAlias = StatusSet


@dataclass(frozen=True)
class Component:
    """What decisions read of a component; its status is not known before the first one is set."""

    status: ComponentStatus | None = None
    through: Through | None = None


def evolve(_: Component, event: Event) -> Component:
    """The component after an event."""
    return Component(event.status, event.through)


def set_status(
    component: Component,
    *,
    key: str,
    known: frozenset[str],
    status: ComponentStatus,
    through: Through,
    at: Instant,
    by: Id | None = None,
    why: str = "",
) -> list[Event]:
    """Set the status of a defined component; a person's confirmation of what a probe said is news, a probe's is not.

    Refused: `component_unknown` if it is not among the `known` keys; `person_required` if a person sets it, but who is
    not said, or gives reasons without being one.
    """
    if key not in known:
        raise Refused("component_unknown", component=key)
    if (through is Through.PERSON or bool(why)) and by is None:
        raise Refused("person_required", component=key)
    confirmed = through is not Through.PERSON or component.through is Through.PERSON
    if component.status is status and confirmed:
        return []
    text = Content(by, {"why": why}) if by is not None and why else None
    return [StatusSet(at=at, component=key, status=status, through=through, by=by, why=text)]
