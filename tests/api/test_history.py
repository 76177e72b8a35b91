"""The full view of a ticket: everything in one answer, for each caller what that caller may see."""

import pytest

from api.tickets import history
from tests.api.office import Office


def told(office: Office, who: str, path: str) -> list[str]:
    return [each["what"] for each in office.ask(who, "GET", path).json()["events"]]


def busy(office: Office) -> str:
    path = office.open()
    office.ask("ann", "PUT", f"{path}/acceptance")
    office.ask("ann", "POST", f"{path}/notes", {"body": "a loose cable"})
    office.ask("ann", "POST", f"{path}/messages", {"body": "please hurry"})
    return path


def test_the_staff_see_everything_and_a_client_what_was_said(office: Office) -> None:
    path = busy(office)
    everything = [each["name"] for each in office.ask("ann", "GET", f"{path}/trail").json()["events"]][::-1]
    assert told(office, "ann", f"{path}/history") == everything
    assert told(office, "cy", f"{path}/history") == ["ticket.opened", "ticket.answered"]
    assert "a loose cable" not in office.ask("cy", "GET", f"{path}/history").text
    assert office.ask("eve", "GET", f"{path}/history").status_code == 404


def test_it_says_where_the_ticket_stands_as_the_ticket_itself_does(office: Office) -> None:
    path = busy(office)
    plain, full = office.ask("ann", "GET", path), office.ask("ann", "GET", f"{path}/history")
    assert full.json()["whole"] == plain.json()
    assert full.headers["ETag"] == plain.headers["ETag"]
    said = {each["what"]: each["text"] for each in full.json()["events"] if each["text"]}
    assert said["ticket.noted"] == {"state": "readable", "parts": {"body": "a loose cable"}}
    assert [each["internal"] for each in full.json()["events"] if each["what"] == "ticket.noted"] == [True]


def test_it_comes_page_by_page_and_as_it_was_known(office: Office) -> None:
    path = busy(office)
    whole, first = told(office, "ann", f"{path}/history"), office.ask("ann", "GET", f"{path}/history?limit=2").json()
    assert told(office, "ann", f"{path}/history?after={first['next_after']}") == whole[2:]
    office.clock.now += 60_000
    office.ask("ann", "POST", f"{path}/messages", {"body": "toner is out"})
    assert told(office, "ann", f"{path}/history?at=2026-11-02T10:00:30Z") == whole


def test_what_was_erased_says_so(office: Office) -> None:
    path = busy(office)
    office.desk.keys.destroy(office.people["cy"].id, office.desk.now())
    events = office.ask("ann", "GET", f"{path}/history").json()["events"]
    assert events[0]["text"] == {"state": "erased", "parts": {}}
    assert office.ask("ann", "GET", "/v1/queue").json()["tickets"][0]["text"] == {"state": "erased", "parts": {}}


def test_what_was_told_before_an_erasure_is_not_told_after_it(office: Office) -> None:
    path = busy(office)
    before = office.ask("ann", "GET", f"{path}/history").json()["events"]
    office.desk.keys.destroy(office.people["cy"].id, office.desk.now())
    after = office.ask("ann", "GET", f"{path}/history").json()["events"]
    assert before[0]["text"]["state"] == "readable"
    assert after[0] == before[0] | {"text": {"state": "erased", "parts": {}}}


def test_however_few_events_are_kept_the_same_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path = busy(office)
    kept = office.ask("ann", "GET", f"{path}/history").json()
    monkeypatch.setattr(history, "ROOM", 1)
    assert office.ask("ann", "GET", f"{path}/history").json() == kept
    history.PLAIN.clear()
    assert office.ask("ann", "GET", f"{path}/history").json() == kept
    assert len(history.PLAIN) == 1
