from dataclasses import replace

from domain.component import ComponentStatus
from domain.configuration.component import ComponentGroupDefined
from domain.configuration.incident_template import IncidentTemplateDefined, IncidentTemplateWithdrawn
from tests.domain.configuration.wishes import LABEL, NOW, after, changes, component, template, wanted

SERVERS = ComponentGroupDefined(at=0, key="servers", label=LABEL, place=1)
OUTAGE = template("outage", web=ComponentStatus.MAJOR_OUTAGE)
PAGE = (SERVERS, component("web"), OUTAGE)


def test_a_template_is_kept_as_it_was_defined_last() -> None:
    milder = replace(OUTAGE, components={"web": ComponentStatus.DEGRADED})
    assert changes(after(wanted(*PAGE)), wanted(*PAGE)) == []
    state = after(wanted(*PAGE), wanted(SERVERS, component("web"), milder))
    assert state.of(IncidentTemplateDefined) == {"outage": replace(milder, at=NOW)}


def test_a_template_that_is_not_wanted_is_withdrawn() -> None:
    withdrawn = IncidentTemplateWithdrawn(at=NOW, key="outage")
    assert changes(after(wanted(*PAGE)), wanted(SERVERS, component("web"))) == [withdrawn]
    assert after(wanted(*PAGE), wanted()).of(IncidentTemplateDefined) == {}
