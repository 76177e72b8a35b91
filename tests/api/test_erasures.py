"""Who may have somebody erased, how far it is, and what the ticket's other people can still do."""

from typing import Any

import pytest
from httpx2 import Response

from domain.erasure import Ground
from domain.event import Id
from domain.person import Grant, Right, identity
from domain.person.membership import grant
from service.erasing import carry_out
from store.erasing import Demand, request, whole_person
from store.streams import Command
from tests.api.office import Office, token_for

BODY = {"ground": "consent_withdrawn", "number": "17-2026"}


@pytest.fixture
def administrator(office: Office) -> Id:
    return appointed(office)


@pytest.fixture
def key(office: Office, administrator: Id) -> str:
    return f"Bearer {token_for(office.desk, administrator)}"


def appointed(office: Office) -> Id:
    stream, at = office.desk.new_id(), office.desk.now()
    act = office.desk.people.act
    act(Command(office.desk.new_id()), stream, identity.register, identity=stream, name="Adam", at=at)
    act(Command(office.desk.new_id()), stream, grant, grant=Grant(Right.ADMINISTRATOR), at=at)
    return stream


def ask(office: Office, key: str, method: str, who: Id, body: Any = None, **headers: str) -> Response:
    office.views.catch_up()
    return office.ask(None, method, f"/v1/people/{who}/erasure", body, Authorization=key, **headers)


def carried_out(office: Office, stream: Id) -> None:
    office.views.catch_up()
    carry_out(office.desk, office.views.engine, stream)


def test_an_erasure_is_asked_for_and_followed(office: Office, key: str) -> None:
    office.open("cy")
    cy = office.people["cy"].id
    answer = ask(office, key, "POST", cy, BODY)
    assert answer.status_code == 202, answer.text
    asked = answer.json()
    assert (asked["state"], asked["ground"], asked["sections"]) == ("requested", "consent_withdrawn", None)
    carried_out(office, asked["id"])
    done = ask(office, key, "GET", cy).json()
    assert (done["id"], done["state"], done["keys"], done["sections"]) == (asked["id"], "completed", 1, 2)
    assert (done["completed_at"], len(done["digest"])) == ("2026-11-02T10:00:00.000Z", 64)


def test_asked_for_again_it_is_the_same_one(office: Office, key: str) -> None:
    cy = office.people["cy"].id
    first = ask(office, key, "POST", cy, BODY, Idempotency_Key="order-17").json()
    assert ask(office, key, "POST", cy, BODY, Idempotency_Key="order-17").json() == first
    assert ask(office, key, "POST", cy, {"ground": "unlawful"}).json() == first


@pytest.mark.parametrize("who", ["ann", "lea", "ada", "cy"])
def test_only_administrators_may(office: Office, who: str) -> None:
    path = f"/v1/people/{office.people['cy'].id}/erasure"
    assert office.ask(who, "POST", path, BODY).status_code == 403
    assert office.ask(who, "GET", path).status_code == 403


def test_the_last_administrator_stays(office: Office, key: str, administrator: Id) -> None:
    answer = ask(office, key, "POST", administrator, BODY)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    appointed(office)
    assert ask(office, key, "POST", administrator, BODY).status_code == 202


def test_who_is_not_there_cannot_be_erased(office: Office, key: str) -> None:
    assert ask(office, key, "POST", "0" * 32, BODY).status_code == 404
    assert ask(office, key, "GET", "0" * 32).status_code == 404


def test_who_was_not_erased_has_no_erasure(office: Office, key: str) -> None:
    answer = ask(office, key, "GET", office.people["cy"].id)
    assert (answer.status_code, answer.json()["code"]) == (404, "erasure_unknown")


@pytest.mark.parametrize("body", [{}, {"ground": "because"}, {"ground": "unlawful", "number": "of Cy Young"}])
def test_a_ground_is_stated_and_a_name_is_not(office: Office, key: str, body: dict[str, str]) -> None:
    assert ask(office, key, "POST", office.people["cy"].id, body).status_code == 422


def erase(office: Office, who: str) -> None:
    command, whom = Command(office.desk.new_id()), whole_person(office.desk, office.people[who].id)
    request(office.desk, command, whom, Demand(Ground.RETENTION, office.clock.now))
    carried_out(office, command.id)


def test_whoever_was_erased_has_no_access_any_more(office: Office) -> None:
    path = office.open("cy")
    assert office.ask("cy", "GET", path).status_code == 200
    erase(office, "cy")
    assert office.ask("cy", "GET", path).status_code == 401


def test_the_staff_still_answers_and_reads_that_the_words_were_erased(office: Office) -> None:
    path = office.open("cy")
    erase(office, "cy")
    said = {"channel": "mail", "body": "Please try now."}
    assert office.ask("ann", "POST", f"{path}/messages", said).status_code == 201
    shown = office.ask("ann", "GET", f"{path}/messages").text
    assert "Please try now." in shown
    assert "label printers" not in shown


def test_a_closed_ticket_of_whoever_was_erased_is_not_opened_again(office: Office) -> None:
    path = office.open("cy")
    office.ask("ann", "PUT", f"{path}/resolution", {"body": "Done."})
    assert office.ask("cy", "PUT", f"{path}/closure", {"how": "confirmed"}).status_code == 200
    erase(office, "cy")
    answer = office.ask("ann", "PUT", f"{path}/reopening")
    assert (answer.status_code, answer.json()["code"]) == (409, "requester_erased")
