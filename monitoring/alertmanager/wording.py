"""What everybody is told when alerts open an incident, and when they are over: the template's words, else the usual."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.component import ComponentStatus
from domain.configuration import Configuration
from domain.configuration.alert_rules import AlertRule, AlertRulesSet
from domain.configuration.component import ComponentDefined
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.configuration.label import Label
from domain.incident import IncidentStatus

TITLES: Final[Mapping[ComponentStatus, Label]] = {
    ComponentStatus.DEGRADED: Label("{ru}: работает медленнее обычного", "{en} is slower than usual"),
    ComponentStatus.PARTIAL_OUTAGE: Label("{ru}: работает частично", "{en} works in part"),
    ComponentStatus.MAJOR_OUTAGE: Label("{ru}: не работает", "{en} does not work"),
}
NOTICED: Final[Mapping[str, str]] = {
    "ru": "Неполадку обнаружило автоматическое наблюдение. Мы разбираемся.",
    "en": "Automatic monitoring noticed a problem. We are looking into it.",
}
WORSE: Final[Mapping[str, str]] = {
    "ru": "Автоматическое наблюдение видит, что стало хуже. Мы разбираемся.",
    "en": "Automatic monitoring sees that it has become worse. We are looking into it.",
}
RECOVERED: Final[Mapping[str, str]] = {
    "ru": "Автоматическое наблюдение неполадки больше не видит.",
    "en": "Automatic monitoring no longer sees the problem.",
}


@dataclass(frozen=True)
class Words:
    """What an incident says at first, as `domain.incident.open_incident` takes it."""

    title: Mapping[str, str]
    text: Mapping[str, str]
    status: IncidentStatus
    components: Mapping[str, ComponentStatus]


def words_of(configuration: Configuration, rule: str, component: str) -> Words:
    """By the rule of that key; without it, or without a template, in the usual words and of a major outage."""
    known = configuration.of(AlertRulesSet).values()
    ruled = next((each for rules in known for each in rules.rules if each.key == rule), None)
    says = ruled.says if ruled else ComponentStatus.MAJOR_OUTAGE
    template = _template(configuration, ruled)
    if template is None:
        return Words(_title(configuration, component, says), NOTICED, IncidentStatus.INVESTIGATING, {component: says})
    components = {**template.components, component: says}
    return Words(_spoken(template.title), _spoken(template.text), template.status, components)


def _template(configuration: Configuration, rule: AlertRule | None) -> IncidentTemplateDefined | None:
    return configuration.of(IncidentTemplateDefined).get(rule.template) if rule else None


def _title(configuration: Configuration, component: str, says: ComponentStatus) -> Mapping[str, str]:
    defined = configuration.of(ComponentDefined).get(component)
    name = _spoken(defined.label) if defined else {"ru": component, "en": component}
    return {language: words.format_map(name) for language, words in _spoken(TITLES[says]).items()}


def _spoken(label: Label) -> Mapping[str, str]:
    return {"ru": label.ru, "en": label.en}
