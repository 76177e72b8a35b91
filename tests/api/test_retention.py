"""A ticket whose texts expired: what is told of it, and that nothing is written on it any more."""

import pytest

from domain.event import Id
from service.erasing import carry_out
from store.expiring import request_expiry
from tests.api.office import Office


@pytest.fixture
def old(office: Office) -> str:
    ticket = office.open("cy")
    assert office.ask("cy", "PUT", f"{ticket}/closure", {"how": "withdrawn"}).status_code == 200
    expire(office, stream_of(office))
    return ticket


def stream_of(office: Office) -> Id:
    opened = [each for each in office.desk.log.read_all(limit=10_000) if each.envelope.name == "ticket.opened"]
    return opened[-1].stream


def expire(office: Office, ticket: Id) -> None:
    erasure = request_expiry(office.desk, [ticket], until=office.desk.now(), at=office.desk.now())
    assert erasure
    office.views.catch_up()
    carry_out(office.desk, office.views.engine, erasure)
    office.views.catch_up()


def test_the_ticket_says_when_its_texts_were_deleted(office: Office, old: str) -> None:
    whole = office.ask("cy", "GET", old).json()
    assert whole["text"] == {"state": "erased", "parts": {}}
    assert whole["ticket"]["texts_expired_at"] == "2026-11-02T10:00:00.000Z"
    other = office.open("cy")
    assert office.ask("cy", "GET", other).json()["ticket"]["texts_expired_at"] is None


def test_the_conversation_is_there_without_its_words(office: Office, old: str) -> None:
    said = office.ask("cy", "GET", f"{old}/messages").json()["messages"]
    assert [each["text"]["state"] for each in said] == ["erased"]


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("cy", "reopening", {"body": "Again.", "channel": "portal"}),
        ("ann", "notes", {"body": "Odd."}),
        ("cy", "rating", {"csat": 5}),
    ],
)
def test_nothing_is_written_on_it_any_more(office: Office, old: str, who: str, path: str, body: object) -> None:
    method = "POST" if path == "notes" else "PUT"
    refused = office.ask(who, method, f"{old}/{path}", body, **{"Accept-Language": "ru"})
    assert (refused.status_code, refused.json()["code"]) == (409, "texts_expired"), refused.text
    assert "откройте новую заявку" in refused.json()["detail"]
