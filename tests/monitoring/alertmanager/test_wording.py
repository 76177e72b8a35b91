from dataclasses import replace
from typing import Final

import pytest

from domain.alert import AlertAction
from domain.component import ComponentStatus
from domain.configuration import Configuration
from domain.configuration.alert_rules import AlertRule, AlertRulesSet
from domain.configuration.component import ComponentDefined
from domain.configuration.definitions import Definition, name_of
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.configuration.label import Label
from domain.incident import IncidentStatus
from monitoring.alertmanager.wording import NOTICED, RECOVERED, TITLES, words_of
from service.desk_alerts import SAID

WEB: Final = ComponentDefined(
    at=0, key="web", group="servers", label=Label("Сайт", "The site"), place=1, uptime_target=0
)
SLOW: Final = IncidentTemplateDefined(
    at=0,
    key="slow",
    title=Label("Сайт тормозит", "The site drags"),
    text=Label("Знаем.", "We know."),
    status=IncidentStatus.IDENTIFIED,
    components={"mail": ComponentStatus.DEGRADED, "web": ComponentStatus.DEGRADED},
)
RULE: Final = AlertRule("down", {}, AlertAction.INCIDENT, says=ComponentStatus.PARTIAL_OUTAGE)


def configured(*definitions: Definition) -> Configuration:
    return Configuration(definitions={name_of(each): each for each in definitions})


def ruled(rule: AlertRule) -> Configuration:
    return configured(WEB, SLOW, AlertRulesSet(at=0, rules=(rule,)))


def test_the_usual_words_name_the_component_and_how_bad_it_is() -> None:
    words = words_of(ruled(RULE), "down", "web")
    assert words.title == {"ru": "Сайт: работает частично", "en": "The site works in part"}
    assert words.text == NOTICED
    assert (words.status, words.components) == (
        IncidentStatus.INVESTIGATING,
        {"web": ComponentStatus.PARTIAL_OUTAGE},
    )


def test_a_template_says_everything_but_how_bad_it_is_with_the_component() -> None:
    words = words_of(ruled(replace(RULE, template="slow")), "down", "web")
    assert words.title == {"ru": "Сайт тормозит", "en": "The site drags"}
    assert (words.text, words.status) == ({"ru": "Знаем.", "en": "We know."}, IncidentStatus.IDENTIFIED)
    assert words.components == {"mail": ComponentStatus.DEGRADED, "web": ComponentStatus.PARTIAL_OUTAGE}


@pytest.mark.parametrize("configuration", [configured(WEB), ruled(replace(RULE, key="other"))])
def test_a_rule_that_is_gone_leaves_the_usual_words(configuration: Configuration) -> None:
    words = words_of(configuration, "down", "web")
    assert words.title == {"ru": "Сайт: не работает", "en": "The site does not work"}


def test_a_component_that_is_gone_is_named_by_its_key() -> None:
    assert words_of(configured(), "down", "web").title["en"] == "web does not work"


def test_there_are_words_for_all_that_a_rule_may_say_and_in_both_languages() -> None:
    assert set(TITLES) == set(SAID)
    assert NOTICED.keys() == RECOVERED.keys() == {"ru", "en"}
