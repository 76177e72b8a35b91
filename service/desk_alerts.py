"""What a desk file says of alerts: what is done about them, by their labels, and what confirms that they are over."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, StringConstraints, model_validator

from domain.alert import AlertAction
from domain.component import ComponentStatus
from domain.configuration.alert_rules import NONE
from domain.instant import HOUR, SECOND, Duration
from domain.web_address import target_of
from service.desk_fields import Key, Section, Text, plain
from service.notation import duration, duration_text

WRITTEN: Final = tuple(each for each in AlertAction if each is not AlertAction.DRAFT)
SAID: Final = (ComponentStatus.DEGRADED, ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.MAJOR_OUTAGE)
CONFIRMED: Final = frozenset({AlertAction.INCIDENT, AlertAction.TICKET})
"""What is told to others, and so is not called over before the heartbeat says that the monitoring lives."""
BELONGS: Final = {
    "component": AlertAction.INCIDENT,
    "says": AlertAction.INCIDENT,
    "template": AlertAction.INCIDENT,
    "organisation": AlertAction.TICKET,
}
SHORTEST: Final[Duration] = SECOND
LONGEST: Final[Duration] = HOUR


def _action(value: Any) -> AlertAction:
    if plain(value) == AlertAction.DRAFT:
        raise ValueError("incidents are drafts unless the component says alerts: publish: write incident")
    if value not in WRITTEN:
        raise ValueError(f"{value!r}: write {', '.join(WRITTEN)}")
    return AlertAction(value)


def _bad(status: ComponentStatus) -> ComponentStatus:
    if status not in SAID:
        raise ValueError(f"an incident says {', '.join(SAID)}")
    return status


def _margin(value: Any) -> Duration:
    amount = duration(plain(value))
    if not SHORTEST <= amount <= LONGEST:
        raise ValueError(
            f"{value!r}: write {duration_text(SHORTEST)} at the least and {duration_text(LONGEST)} at most"
        )
    return amount


def _base(url: str) -> str:
    if url and (target_of(url) is None or "?" in url or "#" in url):
        raise ValueError(f"{url!r} is no address: write http:// or https://, host and path, without a user in it")
    return url.rstrip("/")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Label: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Values: TypeAlias = Annotated[tuple[Text, ...], Field(min_length=1), BeforeValidator(_listed)]


class AlertRuleSection(Section):
    key: Key
    when: Mapping[Label, Values] = {}
    then: Annotated[AlertAction, PlainValidator(_action)]
    component: Key | Literal[""] = ""
    says: Annotated[ComponentStatus, AfterValidator(_bad)] = ComponentStatus.MAJOR_OUTAGE
    template: Key | Literal[""] = ""
    organisation: Key | Literal[""] = ""

    @model_validator(mode="after")
    def _says_what_belongs(self) -> Self:
        for name, action in BELONGS.items():
            if name in self.model_fields_set and self.then is not action:
                raise ValueError(f"{name} belongs to then: {action}, leave it out")
        if self.then is AlertAction.TICKET and not self.organisation:
            raise ValueError("a ticket is opened for somebody: give the organisation")
        return self


class AlertsSection(Section):
    heartbeat: Key | Literal[""] = ""
    margin: Annotated[Duration, PlainValidator(_margin)] = NONE.margin
    alertmanager: Annotated[str, AfterValidator(_base)] = ""
    receivers: Annotated[tuple[Text, ...], BeforeValidator(_listed)] = ()
    rules: tuple[AlertRuleSection, ...] = ()

    @model_validator(mode="after")
    def _tells_rules_apart(self) -> Self:
        keys = [rule.key for rule in self.rules]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))}: a key belongs to one rule")
        return self

    @model_validator(mode="after")
    def _knows_when_they_are_over(self) -> Self:
        told = [rule.key for rule in self.rules if rule.then in CONFIRMED]
        if told and not self.heartbeat:
            raise ValueError(
                f"{', '.join(told)} would call something over because the monitoring is dead: give heartbeat, the key "
                "of the heartbeat probe that its Watchdog calls"
            )
        return self

    @model_validator(mode="after")
    def _asks_somebody(self) -> Self:
        if self.receivers and not self.alertmanager:
            raise ValueError("receivers are those of the Alertmanager that is asked: give its address as alertmanager")
        return self
