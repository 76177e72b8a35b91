"""Who could see a ticket, asked of the API."""

from typing import Any

from domain.instant import HOUR
from domain.person.identity import Deactivated
from store.streams import Command
from tests.api.office import Office


def seers(office: Office, ticket: str, query: str = "", **headers: str) -> Any:
    answer = office.ask("ada", "GET", f"{ticket}/access{query}", **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(office: Office, told: Any) -> dict[str, list[str]]:
    known = {member.id: who for who, member in office.people.items()}
    return {known[each["person"]]: each["grounds"] for each in told["seers"]}


def test_an_auditor_is_told_who_could_see_a_ticket_and_why(office: Office) -> None:
    told = seers(office, office.open())
    assert names(office, told) == {
        "ann": ["team", "line"], "lea": ["team", "line"], "ada": ["auditor"], "cy": ["requester"],
    }  # fmt: skip
    assert told["people"] == len(office.people)
    assert told["position"] == office.desk.log.head()


def test_everybody_listed_sees_it_and_nobody_else_does(office: Office) -> None:
    ticket = office.open()
    listed = names(office, seers(office, ticket))
    assert {who for who in office.people if office.ask(who, "GET", ticket).status_code == 200} == {*listed}


def test_an_instant_asks_who_could_then(office: Office) -> None:
    ticket = office.open()
    office.clock.now += HOUR
    at = office.clock.now
    office.desk.people.act(Command(office.desk.new_id()), office.people["lea"].id, lambda _: [Deactivated(at=at)])
    office.clock.now += HOUR
    assert "lea" not in names(office, seers(office, ticket))
    then = seers(office, ticket, "?at=2026-11-02T10:30:00Z")
    assert "lea" in names(office, then)
    assert then["known_at"] == "2026-11-02T10:30:00.000Z"
    assert then["position"] < office.desk.log.head()


def test_before_it_was_there_nobody_could(office: Office) -> None:
    office.clock.now += HOUR
    ticket = office.open()
    assert office.ask("ada", "GET", f"{ticket}/access?at=2026-11-02T10:30:00Z").status_code == 404


def test_it_is_for_auditors_alone(office: Office) -> None:
    ticket = office.open()
    statuses = {who: office.ask(who, "GET", f"{ticket}/access").status_code for who in ("ann", "lea", "cy", "eve")}
    assert statuses == {"ann": 403, "lea": 403, "cy": 403, "eve": 404}


def test_erased_names_are_told_in_the_callers_language(office: Office) -> None:
    ticket = office.open()
    cy = office.people["cy"].id
    office.desk.keys.destroy(cy, at=office.clock.now)
    told = seers(office, ticket, Accept_Language="ru")
    assert f"имя удалено {cy[:8]}" in {each["name"] for each in told["seers"]}
