"""What a caller is not shown: rights are today's, whatever date is looked at; other clients are not told of."""

from dataclasses import replace

import pytest

from domain.configuration import Configuration
from domain.configuration import Event as ConfigurationEvent
from domain.configuration.contract import Consent, ContractSigned
from domain.configuration.label import Label
from domain.event import Id
from domain.instant import MINUTE
from domain.person import Grant, Right
from domain.person.membership import grant
from store.streams import Command
from tests.api.office import Office, _organisation, _person
from tests.cast import AT

THEN = "at=2026-11-02T10:00:30Z"


@pytest.fixture
def handed_over(office: Office) -> str:
    """A ticket that lay with Ann's line until a minute after it was opened, and then went to Ben."""
    ticket = office.open()
    office.clock.now += MINUTE
    office.ask("ann", "PUT", f"{ticket}/line", {"team": "engineers", "reason": "knowledge"})
    office.ask("ben", "PUT", f"{ticket}/acceptance")
    return ticket


def hired(office: Office, *rights: Right, serves: Id = "") -> Office:
    """The office with Con, who has these rights, and serves that organisation."""
    con = _person(office.desk, rights[0])
    granted = [Grant(right) for right in rights] + [Grant(Right.SERVES_ORGANISATION, serves)] * bool(serves)
    for each in granted:
        office.desk.people.act(Command(office.desk.new_id()), con.id, grant, grant=each, at=office.desk.now())
    return replace(office, people={**office.people, "con": con})


@pytest.mark.parametrize("address", ["/v1/tickets", "/v1/queue"])
def test_a_list_of_the_past_is_of_those_tickets_that_the_caller_sees_today(
    office: Office, handed_over: str, address: str
) -> None:
    def listed(who: str) -> list[str]:
        return [each["reference"] for each in office.ask(who, "GET", f"{address}?{THEN}").json()["tickets"]]

    assert [listed(who) for who in ("ann", "ben", "cy", "eve")] == [[], [handed_over[-9:]], [handed_over[-9:]], []]
    assert [office.ask(who, "GET", f"{handed_over}?{THEN}").status_code for who in ("ann", "ben")] == [404, 200]


@pytest.mark.parametrize("address", ["/v1/tickets", "/v1/queue"])
def test_the_next_page_is_of_those_tickets_too(office: Office, address: str) -> None:
    tickets = office.open(), office.open()
    cursor = office.ask("ann", "GET", f"{address}?limit=1").json()["cursor"]
    for ticket in tickets:
        office.ask("ann", "PUT", f"{ticket}/line", {"team": "engineers", "reason": "knowledge"})
        office.ask("ben", "PUT", f"{ticket}/acceptance")
    assert office.ask("ann", "GET", f"{address}?cursor={cursor}").json()["tickets"] == []


def test_key_figures_have_no_past(office: Office) -> None:
    answer = office.ask("lea", "GET", f"/v1/kpi?month=2026-11&{THEN}")
    assert (answer.status_code, answer.json()["code"]) == (422, "told_as_of_now")


def test_a_contractor_is_shown_no_figures_whatever_else_it_is(office: Office) -> None:
    office = hired(office, Right.CONTRACTOR, Right.LEAD)
    asked = [office.ask("con", "GET", f"/v1/{noun}?month=2026-11").status_code for noun in ("kpi", "figures/sla")]
    assert asked == [403, 403]


def test_a_ticket_that_a_duplicate_is_part_of_is_told_to_those_who_see_it(office: Office) -> None:
    duplicate, other = office.open("cy"), office.open("cleo")
    office.ask("ann", "PUT", f"{duplicate}/merge", {"into": other[-9:]})
    assert {office.ask(who, "GET", duplicate).json()["merged_into"] for who in ("ann", "cy")} == {other[-9:]}
    office.ask("ann", "PUT", f"{other}/line", {"team": "engineers", "reason": "knowledge"})
    office.ask("ben", "PUT", f"{other}/acceptance")
    assert office.ask("ann", "GET", duplicate).json()["merged_into"] is None
    refused = office.ask("ann", "POST", f"{duplicate}/messages", {"body": "the toner is out"})
    assert (refused.json()["code"], refused.json()["facts"]) == ("ticket_merged", {"reference": duplicate[-9:]})


def test_a_link_is_told_to_those_who_see_both_ends(office: Office) -> None:
    one, other = office.open("cy"), office.open("eve")
    office.ask("ann", "PUT", f"{one}/links/{other[-9:]}/caused-by")
    office = hired(office, Right.CONTRACTOR, serves=office.acme)
    links = {who: office.ask(who, "GET", one).json()["links"] for who in ("ann", "con")}
    assert links == {"ann": [{"reference": other[-9:], "how": "caused-by"}], "con": []}


def test_a_level_is_told_to_those_who_have_it_and_once_it_is_published_to_all(office: Office) -> None:
    contracts(office, {"vip": [office.acme], "plain": [_organisation(office.desk, key) for key in "bcd"]})
    office = hired(office, Right.CONTRACTOR, serves=office.acme)
    told = {who: set(office.ask(who, "GET", "/v1/configuration").json()["levels"]) for who in office.people}
    assert (told["cy"], told["con"]) == ({"vip", "plain"}, {"vip", "plain"})
    assert told["eve"] == {"standard", "plain"}, "without a contract it has the standard one"
    assert told["ann"] == told["ada"] == {"vip", "plain", "standard"}


def contracts(office: Office, signed: dict[str, list[Id]]) -> None:
    """Levels that are named after nobody but for these organisations alone."""

    def decided(state: Configuration) -> list[ConfigurationEvent]:
        standard = state.levels.current("standard")
        assert standard is not None
        levels = [replace(standard, level=level, label=Label(level, level)) for level in signed]
        return [*levels, *(contract(office, level, each) for level, firms in signed.items() for each in firms)]

    office.desk.configuration.act(Command(office.desk.new_id()), office.desk.name("configuration"), decided)


def contract(office: Office, level: str, organisation: Id) -> ContractSigned:
    key, consent = office.desk.new_id(), Consent.NOT_GIVEN
    return ContractSigned(at=AT, key=key, organisation=organisation, level=level, since=0, consent=consent)


def test_how_the_desk_is_organised_is_told_to_those_who_work_there(office: Office) -> None:
    teams = {who: bool(office.ask(who, "GET", "/v1/configuration").json()["teams"]) for who in office.people}
    assert teams == {"ann": True, "ben": True, "lea": True, "ada": True, "cy": False, "cleo": False, "eve": False}
