"""What is done about alerts, by their labels, and whom to ask whether they are really over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from domain.alert import AlertAction
from domain.component import ComponentStatus
from domain.event import Public, Visibility, event
from domain.instant import MINUTE, Duration, Instant


@dataclass(frozen=True)
class AlertRule:
    """The first rule whose conditions all hold decides."""

    key: str
    when: Mapping[str, tuple[str, ...]]
    """Each label has one of the values; none: any alert."""
    action: AlertAction
    component: str = ""
    """Of an incident; none: the label `component` names it."""
    says: ComponentStatus = ComponentStatus.MAJOR_OUTAGE
    """What the incident says of it."""
    template: str = ""
    """What the incident says in words; none: the usual ones."""
    organisation: str = ""
    """Whom a ticket is opened for: the id of a client, or of the provider itself; empty in other rules."""

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether it is for an alert with these labels."""
        return all(labels.get(label) in values for label, values in self.when.items())


@event(
    "alert_rules.set",
    visibility=Visibility.OPAQUE,
    en="Rules about alerts were set",
    ru="Заданы правила обработки предупреждений",
)
class AlertRulesSet:
    at: Public[Instant]
    rules: tuple[AlertRule, ...] = ()
    heartbeat: str = ""
    """The probe that the Watchdog of the monitoring calls: required where alerts open incidents or tickets."""
    margin: Duration = 2 * MINUTE
    """How long after its end a beat confirms that an alert ended."""
    alertmanager: str = ""
    """Where Alertmanager is asked what stands, and told of planned works; none: it is not."""
    receivers: tuple[str, ...] = ()
    """The receivers there that the desk is; none: any."""
    key: ClassVar[str] = ""

    def rule_for(self, labels: Mapping[str, str]) -> AlertRule | None:
        """None: nobody said what to do about such an alert."""
        return next((rule for rule in self.rules if rule.holds(labels)), None)


NONE: Final = AlertRulesSet(at=0)
"""What is in force until rules are set."""
