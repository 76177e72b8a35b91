"""Templates of incidents: what to say first, so that saying it takes a minute at night."""

from collections.abc import Mapping
from typing import TypeAlias

from domain.component import ComponentStatus
from domain.configuration.label import Label
from domain.event import Public, Visibility, event
from domain.incident import IncidentStatus
from domain.instant import Instant


@event(
    "incident_template.defined",
    visibility=Visibility.OPAQUE,
    en="Incident template {key} was defined",
    ru="Определён шаблон инцидента {key}",
)
class IncidentTemplateDefined:
    at: Public[Instant]
    key: str
    title: Label
    text: Label
    status: IncidentStatus
    components: Mapping[str, ComponentStatus]
    """What it says of components."""


@event(
    "incident_template.withdrawn",
    visibility=Visibility.OPAQUE,
    en="Incident template {key} was withdrawn",
    ru="Шаблон инцидента {key} отменён",
)
class IncidentTemplateWithdrawn:
    at: Public[Instant]
    key: str


Event: TypeAlias = IncidentTemplateDefined | IncidentTemplateWithdrawn
