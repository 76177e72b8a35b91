"""Saying how well a component works: a person's word, or an incident's."""

from collections.abc import Collection
from dataclasses import replace

from domain.component.events import ComponentStatus, Event, StatusSet, Through
from domain.component.state import Component
from domain.event import Content, Id
from domain.instant import Instant
from domain.refusal import Refused


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
    is_first = component.through is None and status is ComponentStatus.OPERATIONAL and through is not Through.IMPORT
    return [told, replace(told, incident=None)] if is_first else [told]
