"""Components of the status page, in groups: servers, carriers, integrations, keeping of the SLA."""

from enum import StrEnum
from typing import TypeAlias

from domain.configuration.label import Label
from domain.event import Public, Visibility, event
from domain.instant import Instant


class AlertIncidents(StrEnum):
    """What alerts do to the public page."""

    DRAFT = "draft"
    """They propose incidents; a person decides."""
    PUBLISH = "publish"
    """They open incidents at once."""


@event(
    "component_group.defined",
    visibility=Visibility.CLEAR,
    en="Component group {key} was defined",
    ru="Определена группа компонентов {key}",
)
class ComponentGroupDefined:
    at: Public[Instant]
    key: Public[str]
    label: Public[Label]
    place: Public[int]
    """Its order on the page, from one."""


@event(
    "component_group.withdrawn",
    visibility=Visibility.CLEAR,
    en="Component group {key} was withdrawn",
    ru="Группа компонентов {key} упразднена",
)
class ComponentGroupWithdrawn:
    at: Public[Instant]
    key: Public[str]


@event(
    "component.defined",
    visibility=Visibility.CLEAR,
    en="Component {key} was defined",
    ru="Определён компонент {key}",
)
class ComponentDefined:
    at: Public[Instant]
    key: Public[str]
    group: Public[str]
    label: Public[Label]
    place: Public[int]
    """Its order on the page, from one."""
    uptime_target: Public[int]
    """Thousandths of a percent: 99950 is 99.950 %; 0 promises nothing."""
    alerts: Public[AlertIncidents] = AlertIncidents.DRAFT


@event(
    "component.withdrawn",
    visibility=Visibility.CLEAR,
    en="Component {key} was withdrawn",
    ru="Компонент {key} упразднён",
)
class ComponentWithdrawn:
    at: Public[Instant]
    key: Public[str]


GroupEvent: TypeAlias = ComponentGroupDefined | ComponentGroupWithdrawn
Event: TypeAlias = ComponentDefined | ComponentWithdrawn
