"""What a desk file says of the status page: the rule of uptime, and templates of incidents."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from domain.component import ComponentStatus
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.configuration.label import Label
from domain.incident import IncidentStatus
from domain.instant import HOUR
from domain.uptime import Rule
from service.build import build_desk
from service.demo import FILE
from service.desk_yaml import BadDeskFile
from service.settings import Settings
from store.desk import Desk
from tests.service.desk_files import apply, default, mistakes

WEB = {"group": "servers", "label": {"ru": "Веб", "en": "Web"}}
WEIGHTS = "degraded, partial_outage, major_outage, under_maintenance"
DOWN = {
    "title": {"ru": "Сайт недоступен", "en": "The website is down"},
    "text": {"ru": "Выясняем причину.", "en": "We are looking for the cause."},
    "components": {"web": "major_outage"},
}


@pytest.fixture
def desk(sqlite_settings: Settings) -> Desk:
    return build_desk(sqlite_settings)


@pytest.fixture
def values() -> dict[str, Any]:
    return default() | {"components": {"web": WEB}, "incident_templates": {"web-down": deepcopy(DOWN)}}


def test_a_file_that_says_nothing_of_uptime_stores_nothing(desk: Desk) -> None:
    head = desk.log.head()
    assert apply(desk, default()) == []
    assert desk.log.head() == head
    assert desk.configured.state().uptime_rule == Rule()


@pytest.mark.parametrize("uptime", [{}, {"weights": {}}, {"weights": {"partial_outage": 300}, "notice": "24h"}])
def test_the_usual_rule_said_aloud_is_no_change(desk: Desk, uptime: dict[str, Any]) -> None:
    assert apply(desk, default() | {"uptime": uptime}) == []


def test_another_rule_is_told_part_by_part(desk: Desk) -> None:
    changed = default() | {"uptime": {"weights": {"degraded": 100}, "notice": "36h"}}
    assert apply(desk, changed) == ["uptime rule: weights degraded 0 -> 100", "uptime rule: notice 1d -> 1d12h"]
    assert apply(desk, changed) == []
    weights = {**Rule().weights, ComponentStatus.DEGRADED: 100}
    assert desk.configured.state().uptime_rule == Rule(weights, 36 * HOUR)


def test_a_rule_that_the_file_no_longer_names_gives_way_to_the_usual_one(desk: Desk) -> None:
    apply(desk, default() | {"uptime": {"weights": {"under_maintenance": 0}}})
    assert apply(desk, default()) == ["uptime rule: weights under maintenance 0 -> 1000"]
    assert desk.configured.state().uptime_rule == Rule()


@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ({"degraded": 1_001}, "uptime.weights.degraded: Input should be less than or equal to 1000"),
        ({"major_outage": -1}, "uptime.weights.major_outage: Input should be greater than or equal to 0"),
        (
            {"operational": 0},
            f"uptime.weights.operational: there is no such key: write one of {WEIGHTS}",
        ),
    ],
)
def test_a_weight_is_a_share_of_what_does_not_work(weights: dict[str, int], told: str) -> None:
    assert mistakes(default() | {"uptime": {"weights": weights}}) == [told]


def test_a_notice_is_a_duration() -> None:
    [mistake] = mistakes(default() | {"uptime": {"notice": "soon"}})
    assert mistake.startswith("uptime.notice: 'soon' is no duration")


def test_a_template_is_stored_as_it_is_written(desk: Desk, values: dict[str, Any]) -> None:
    assert apply(desk, values) == ["component web: new", "incident template web-down: new"]
    defined = desk.configured.state().of(IncidentTemplateDefined)["web-down"]
    assert defined.title == Label("Сайт недоступен", "The website is down")
    assert defined.text == Label("Выясняем причину.", "We are looking for the cause.")
    assert (defined.status, defined.components) == (
        IncidentStatus.INVESTIGATING,
        {"web": ComponentStatus.MAJOR_OUTAGE},
    )


def test_a_changed_template_is_told_part_by_part(desk: Desk, values: dict[str, Any]) -> None:
    apply(desk, values)
    values["incident_templates"]["web-down"] |= {"status": "identified", "components": {"web": "degraded"}}
    assert apply(desk, values) == [
        "incident template web-down: status investigating -> identified",
        "incident template web-down: components web major_outage -> degraded",
    ]
    del values["incident_templates"]
    assert apply(desk, values) == ["incident template web-down: withdrawn"]


@pytest.mark.parametrize("status", ["resolved", "postmortem"])
def test_an_incident_does_not_begin_with_its_end(values: dict[str, Any], status: str) -> None:
    values["incident_templates"]["web-down"]["status"] = status
    told = f"an incident is not {status} to begin with: write investigating, identified, monitoring"
    assert mistakes(values) == [f"incident_templates.web-down.status: {told}"]


def test_a_template_names_what_does_not_work(values: dict[str, Any]) -> None:
    values["incident_templates"]["web-down"]["components"] = {"web": "operational"}
    [mistake] = mistakes(values)
    assert mistake == "incident_templates.web-down.components.web: what works is not named: leave it out"


def test_a_template_names_a_component_of_the_file(desk: Desk, values: dict[str, Any]) -> None:
    values["components"] = {}
    with pytest.raises(BadDeskFile, match="incident template web-down: there is no component web"):
        apply(desk, values)


def test_a_template_has_words_in_both_languages(values: dict[str, Any]) -> None:
    del values["incident_templates"]["web-down"]["text"]["ru"]
    assert mistakes(values) == ["incident_templates.web-down.text.ru: it is required"]


def test_the_demonstration_has_templates_and_says_its_rule_aloud(desk: Desk) -> None:
    values = yaml.safe_load(FILE.read_bytes())
    assert (len(values["incident_templates"]), values["uptime"]["notice"]) == (3, "24h")
    told = apply(desk, values)
    assert [each for each in told if each.startswith("incident template")] == [
        f"incident template {key}: new" for key in values["incident_templates"]
    ]
    assert not any(each.startswith("uptime rule") for each in told)
