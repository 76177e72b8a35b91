"""Whoever asked in a ticket that turned out to be a duplicate goes on in the other one."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from api.tickets import joining
from domain.access import Act
from domain.instant import DAY, MINUTE
from domain.person.membership import leave_organisation
from store.people import merge
from store.streams import Command
from tests.api.office import Office, _person
from tests.api.test_contract import routes

LISTS = ("tickets", "queue", "hanging")


@pytest.fixture
def cleos(office: Office) -> str:
    """Cleo's ticket, answered and noted upon; a minute later Cy's is merged into it."""
    ticket, cys = office.open("cleo"), office.open("cy")
    office.ask("ann", "POST", f"{ticket}/messages", {"body": "the toner is out"})
    office.ask("ann", "POST", f"{ticket}/notes", {"body": "a loose cable"})
    office.clock.now += MINUTE
    merged(office, cys, into=ticket)
    return ticket


def merged(office: Office, ticket: str, *, into: str) -> None:
    answer = office.ask("ann", "PUT", f"{ticket}/merge", {"into": into[-9:]})
    assert answer.json()["events"][0] == "ticket.merged", answer.text


def with_one_more(office: Office) -> Office:
    """The office with one more contact of Acme."""
    return replace(office, people={**office.people, "new": _person(office.desk, firm=office.acme)})


def listed(office: Office, who: str, noun: str, query: str = "") -> list[str]:
    told = office.ask(who, "GET", f"/v1/{noun}{query}").json()
    return [each["reference"] for each in (told if noun == "hanging" else told["tickets"])]


def test_a_participant_reads_what_was_said_and_no_note(office: Office, cleos: str) -> None:
    said = office.ask("cy", "GET", f"{cleos}/messages").json()["messages"]
    assert [each["what"] for each in said] == ["ticket.opened", "ticket.answered"]
    for route in routes(office, ticket=True):
        answer = office.ask("cy", route.method.upper(), route.address(cleos[-9:]), route.example)
        assert "a loose cable" not in answer.text, route.path


def test_a_participant_writes_and_is_owed_an_answer(office: Office, cleos: str) -> None:
    answer = office.ask("cy", "POST", f"{cleos}/messages", {"body": "please hurry"})
    assert (answer.status_code, answer.json()["ticket"]["owes_answer"]) == (201, True)
    said = office.ask("cleo", "GET", f"{cleos}/messages").json()["messages"]
    assert (said[-1]["by"], said[-1]["text"]["parts"]) == (office.people["cy"].id, {"body": "please hurry"})


def test_a_participant_does_nothing_but_write(office: Office, cleos: str) -> None:
    office.ask("ann", "PUT", f"{cleos}/resolution", {"body": "Done"})
    before = office.desk.log.head()
    for route in routes(office, ticket=True):
        if route.is_write and not route.path.endswith("/messages"):
            answer = office.ask("cy", route.method.upper(), route.address(cleos[-9:]), route.example)
            assert 400 <= answer.status_code < 500, (route.path, answer.text)
    assert office.desk.log.head() == before


@pytest.mark.parametrize(
    ("noun", "body"),
    [
        ("reopening", None),
        ("reopening", {"body": "It still blinks"}),
        ("closure", {"how": "confirmed"}),
        ("closure", {"how": "withdrawn"}),
        ("rating", {"csat": 5}),
    ],
)
def test_whether_it_is_over_and_good_is_for_the_requester(office: Office, cleos: str, noun: str, body: Any) -> None:
    office.ask("ann", "PUT", f"{cleos}/resolution", {"body": "Done"})
    answers = [office.ask(who, "PUT", f"{cleos}/{noun}", body) for who in ("cy", "cleo")]
    assert (answers[0].status_code, answers[0].json()["code"]) == (403, "not_allowed")
    assert answers[1].status_code == 200


@pytest.mark.parametrize("noun", LISTS)
def test_the_lists_of_a_participant_have_the_ticket(office: Office, cleos: str, noun: str) -> None:
    office.clock.now += DAY
    assert cleos[-9:] in listed(office, "cy", noun)
    assert listed(office, "eve", noun) == []


@pytest.mark.parametrize("noun", ["tickets", "queue"])
def test_a_participant_is_shown_the_past_of_the_ticket(office: Office, cleos: str, noun: str) -> None:
    then = "?at=2026-11-02T10:00:30Z"
    assert cleos[-9:] in listed(office, "cy", noun, then)
    told = office.ask("cy", "GET", cleos + then)
    assert (told.status_code, told.json()["version"]) == (
        200,
        office.ask("cleo", "GET", cleos + then).json()["version"],
    )


def test_participants_go_along_when_that_ticket_is_merged_too(office: Office, cleos: str) -> None:
    office = with_one_more(office)
    third = office.open("new")
    merged(office, cleos, into=third)
    assert [office.ask(who, "GET", third).status_code for who in ("cy", "cleo", "eve")] == [200, 200, 404]


def test_whoever_joins_the_duplicate_in_the_meantime_goes_along(
    office: Office, cleos: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = with_one_more(office)
    last, news, found = office.open("cleo"), office.open("new"), joining._other

    def late(act: Any, reference: str, right: Act) -> Any:
        monkeypatch.undo()
        merged(office, news, into=cleos)
        return found(act, reference, right)

    monkeypatch.setattr(joining, "_other", late)
    office.ask("ann", "PUT", f"{cleos}/merge", {"into": last[-9:]})
    assert [office.ask(who, "GET", last).status_code for who in ("cy", "new")] == [200, 200]


def test_a_participant_who_left_the_firm_sees_the_ticket_no_more(office: Office, cleos: str) -> None:
    leave = partial(leave_organisation, organisation=office.acme, at=office.desk.now())
    office.desk.people.act(Command(office.desk.new_id()), office.people["cy"].id, leave)
    assert office.ask("cy", "GET", cleos).status_code == 404
    assert [listed(office, "cy", noun) for noun in LISTS] == [[], [], []]


def test_a_participant_who_turns_out_to_be_another_contact_goes_on_as_that_one(office: Office, cleos: str) -> None:
    office = with_one_more(office)
    desk, new = office.desk, office.people["new"].id
    assert office.ask("new", "GET", cleos).status_code == 404
    merge(desk, Command(desk.new_id()), office.people["cy"].id, into=new, at=desk.now())
    assert cleos[-9:] in listed(office, "new", "tickets")
    assert office.ask("new", "POST", f"{cleos}/messages", {"body": "please hurry"}).status_code == 201
