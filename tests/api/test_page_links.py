"""Links to a client's own view: issued, listed and revoked by administrators."""

from functools import partial
from typing import Any

import pytest
from httpx2 import Response

from domain.event import Id
from domain.instant import DAY
from domain.person import Grant, Right, in_turn
from domain.person.identity import register
from domain.person.membership import grant
from store.page_links import link_by
from store.streams import Command
from tests.api.office import Office, token_for
from tests.cast import AT

BODY = {"label": "For the board"}


@pytest.fixture
def key(office: Office) -> str:
    """What an administrator presents."""
    desk, person = office.desk, office.desk.new_id()
    registered = partial(register, identity=person, name="Adam", at=AT)
    granted = partial(grant, grant=Grant(Right.ADMINISTRATOR), at=AT)
    desk.people.act(Command(desk.new_id()), person, in_turn, registered, granted)
    return f"Bearer {token_for(desk, person)}"


def ask(office: Office, key: str, method: str, path: str, body: Any = None, **headers: str) -> Response:
    return office.ask(None, method, f"/v1/{path}", body, Authorization=key, **headers)


def issued(office: Office, key: str, body: Any = None, **headers: str) -> Response:
    return ask(
        office, key, "POST", f"organisations/{office.acme}/page-links", BODY if body is None else body, **headers
    )


def shown(office: Office, path: str) -> Id | None:
    """Whose figures the path shows now."""
    link = link_by(office.desk, path.removeprefix("/client/").removesuffix("/"), office.clock.now)
    return link.organisation if link else None


def test_a_link_is_issued_for_ninety_days(office: Office, key: str) -> None:
    answer = issued(office, key)
    assert (answer.status_code, answer.json()["expires_at"]) == (201, "2027-01-31T10:00:00.000Z")
    assert shown(office, answer.json()["path"]) == office.acme


def test_until_when_it_holds_can_be_said(office: Office, key: str) -> None:
    assert (
        issued(office, key, {"expires_at": "2026-11-03T00:00:00Z"}).json()["expires_at"] == "2026-11-03T00:00:00.000Z"
    )
    late = issued(office, key, {"expires_at": "2028-01-01T00:00:00Z"})
    assert (late.status_code, late.json()["code"]) == (422, "page_link_too_long")
    assert "2027-11-03T10:00:00.000Z" in late.json()["detail"]
    assert issued(office, key, {"expires_at": "2026-11-02T10:00:00Z"}).json()["code"] == "page_link_expired_already"


def test_a_request_that_is_sent_again_issues_one_link(office: Office, key: str) -> None:
    first = issued(office, key, Idempotency_Key="order-17").json()
    office.clock.now += DAY
    assert issued(office, key, Idempotency_Key="order-17").json() == first
    assert len(ask(office, key, "GET", f"organisations/{office.acme}/page-links").json()) == 1


def test_the_links_of_an_organisation_are_listed(office: Office, key: str) -> None:
    link = issued(office, key).json()
    ask(office, key, "DELETE", f"page-links/{link['id']}")
    (listed,) = ask(office, key, "GET", f"organisations/{office.acme}/page-links").json()
    assert (listed["id"], listed["path"], listed["label"]) == (link["id"], link["path"], "For the board")
    assert listed["revoked_at"] == listed["issued_at"] == "2026-11-02T10:00:00.000Z"


def test_a_revoked_link_stops_at_once(office: Office, key: str) -> None:
    link = issued(office, key).json()
    revoked = [ask(office, key, "DELETE", f"page-links/{link['id']}").json()["position"] for _ in range(2)]
    assert revoked[0] > link["position"]
    assert revoked[1] == 0
    assert shown(office, link["path"]) is None


def test_what_is_not_there_is_answered_so(office: Office, key: str) -> None:
    nobody = f"organisations/{'0' * 32}/page-links"
    assert ask(office, key, "POST", nobody, BODY).json()["code"] == "not_found"
    assert ask(office, key, "GET", nobody).status_code == 404
    assert ask(office, key, "DELETE", f"page-links/{office.acme}").json()["code"] == "page_link_unknown"


@pytest.mark.parametrize("who", ["ann", "lea", "ada", "cy"])
def test_only_administrators_may(office: Office, key: str, who: str) -> None:
    link, head = issued(office, key).json(), office.desk.log.head()
    path = f"/v1/organisations/{office.acme}/page-links"
    answers = [
        office.ask(who, "POST", path, BODY),
        office.ask(who, "GET", path),
        office.ask(who, "DELETE", f"/v1/page-links/{link['id']}"),
    ]
    assert [each.status_code for each in answers] == [403] * 3
    assert office.desk.log.head() == head


def test_it_is_known_who_issued_and_revoked_a_link(office: Office, key: str) -> None:
    link = issued(office, key).json()
    ask(office, key, "DELETE", f"page-links/{link['id']}")
    by = {each.event.by for each in office.desk.log.read(link["id"])}
    assert len(by) == 1
    assert None not in by
