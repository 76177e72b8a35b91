"""What a desk file says of the status page: components, how their uptime counts, templates, the page itself."""

from collections.abc import Mapping
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, Field

from domain.classification import Priority
from domain.component import ComponentStatus
from domain.configuration.component import AlertIncidents
from domain.configuration.page import ChannelKind
from domain.incident import OVER, IncidentStatus
from domain.uptime import WHOLE, Rule
from service.desk_fields import Explained, Key, Labelled, Lasting, Section, Text, Worded

BEGINNINGS: Final = [status for status in IncidentStatus if status not in OVER]
USUAL: Final = Rule()


def _under_way(status: IncidentStatus) -> IncidentStatus:
    if status in OVER:
        raise ValueError(f"an incident is not {status} to begin with: write {', '.join(BEGINNINGS)}")
    return status


def _out_of_order(status: ComponentStatus) -> ComponentStatus:
    if status is ComponentStatus.OPERATIONAL:
        raise ValueError("what works is not named: leave it out")
    return status


class ComponentSection(Section):
    group: Key
    label: Labelled
    uptime_target: Annotated[int, Field(ge=0, le=100_000)] = 0
    alerts: AlertIncidents = AlertIncidents.DRAFT


Weight: TypeAlias = Annotated[int, Field(ge=0, le=WHOLE)]


class WeightsSection(Section):
    degraded: Weight = USUAL.weights[ComponentStatus.DEGRADED]
    partial_outage: Weight = USUAL.weights[ComponentStatus.PARTIAL_OUTAGE]
    major_outage: Weight = USUAL.weights[ComponentStatus.MAJOR_OUTAGE]
    under_maintenance: Weight = USUAL.weights[ComponentStatus.UNDER_MAINTENANCE]


class UptimeSection(Section):
    weights: WeightsSection = WeightsSection()
    notice: Lasting = USUAL.notice


class IncidentTemplateSection(Section):
    title: Labelled
    text: Worded
    status: Annotated[IncidentStatus, AfterValidator(_under_way)] = IncidentStatus.INVESTIGATING
    components: Mapping[Key, Annotated[ComponentStatus, AfterValidator(_out_of_order)]] = {}


class ChannelSection(Section):
    kind: ChannelKind
    label: Labelled
    address: Text
    calendar: Key


def _reached_once(channels: tuple[ChannelSection, ...]) -> tuple[ChannelSection, ...]:
    ways = [f"{each.kind} {each.address}" for each in channels]
    if twice := {way for way in ways if ways.count(way) > 1}:
        raise ValueError(f"{', '.join(sorted(twice))} is named twice: keep one")
    return channels


class PageSection(Section):
    name: Labelled | None = None
    channels: Annotated[tuple[ChannelSection, ...], AfterValidator(_reached_once)] = ()
    priorities: Mapping[Priority, Explained] = {}
    owed: Mapping[Key, Explained] = {}
