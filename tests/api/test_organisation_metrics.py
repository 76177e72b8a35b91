from prometheus_client import parser

from domain.instant import HOUR, MINUTE
from tests.api.office import Office


def told(office: Office, who: str = "ann", organisation: str | None = None) -> dict[str, float]:
    """The samples that are not 0, by name and labels."""
    address = f"/v1/metrics/organisations/{organisation or office.acme}"
    answer = office.ask(who, "GET", address)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = [each for family in parser.text_string_to_metric_families(answer.text) for each in family.samples]
    assert {each.name.partition("_")[0] for each in samples} == {"glasno"}
    return {",".join([each.name, *each.labels.values()]): each.value for each in samples if each.value}


def test_an_organisation_has_its_own_tickets_clocks_and_verdicts(office: Office) -> None:
    office.ask("ann", "PUT", f"{office.open()}/acceptance")
    office.open("eve")
    found = told(office)
    assert found["glasno_tickets_open,critical,accepted"] == 1
    assert found["glasno_sla_clocks,resolution,incident,standard,critical,on_track"] == 1
    assert found["glasno_sla_attainment_ratio,reaction,standard"] == 1
    assert "glasno_sla_clocks,reaction,incident,standard,critical,on_track" not in found
    office.clock.now += 15 * MINUTE + 1
    other = told(office, organisation=office.desk.name("organisation", "evil"))
    assert other["glasno_tickets_open,critical,opened"] == 1
    assert other["glasno_sla_clocks,reaction,incident,standard,critical,overdue"] == 1


def test_they_are_for_those_who_may_read_its_figures(office: Office) -> None:
    own, of_acme = office.desk.name("organisation", "evil"), office.acme
    address = "/v1/metrics/organisations/"
    answers = [office.ask(who, "GET", address + of_acme).status_code for who in (None, "ann", "ada", "cy", "eve")]
    assert answers == [401, 200, 200, 403, 403]
    assert office.ask("eve", "GET", address + own).status_code == 200


def test_views_that_do_not_follow_tell_nothing(office: Office) -> None:
    address = f"/v1/metrics/organisations/{office.acme}"
    office.views.catch_up()
    office.open()
    office.clock.now += HOUR
    answer = office.client.get(address, headers=office.people["ann"].headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "views_behind")
