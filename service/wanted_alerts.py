"""From the section of alerts in a desk file to the rules that are wanted: organisations are stored by their ids."""

from domain.configuration.alert_rules import AlertRule, AlertRulesSet
from domain.instant import Instant
from service.desk_alerts import AlertRuleSection, AlertsSection
from store.names import Naming


def alert_rules(section: AlertsSection, name: Naming, at: Instant) -> AlertRulesSet:
    """What is done about alerts from then on."""
    return AlertRulesSet(
        at=at,
        rules=tuple(_rule(each, name) for each in section.rules),
        heartbeat=section.heartbeat,
        margin=section.margin,
        alertmanager=section.alertmanager,
        receivers=section.receivers,
    )


def _rule(section: AlertRuleSection, name: Naming) -> AlertRule:
    organisation = name("organisation", section.organisation) if section.organisation else ""
    incident = section.component, section.says, section.template
    return AlertRule(section.key, section.when, section.then, *incident, organisation)
