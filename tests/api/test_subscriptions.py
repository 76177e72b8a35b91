"""Subscriptions by the API: asked for by anybody, kept by whoever has the link, listed for administrators."""

from functools import partial
from typing import Any

import pytest
from httpx2 import Response

from domain.event import Id
from domain.instant import MINUTE
from domain.person import Grant, Right, in_turn
from domain.person.identity import register
from domain.person.membership import grant
from domain.subscription import Proof, confirm, forget, give_up
from store.streams import Command
from store.subscriptions import link_of, signing_secret
from store.webhook_secrets import secret_text
from tests.api.office import Office, token_for
from tests.cast import AT

PATH = "/v1/subscriptions"
MAIL = {"channel": "email", "address": "duty@example.org", "components": ["uplink"], "language": "ru"}
WEBHOOK = {"channel": "webhook", "address": "https://example.org/status"}


def ask(office: Office, body: object, **headers: str) -> Response:
    return office.ask(None, "POST", PATH, body, **headers)


def own(office: Office, stream: Id) -> str:
    return f"{PATH}/{link_of(office.desk, stream)}"


@pytest.fixture
def stream(office: Office) -> Id:
    """A confirmed subscription."""
    asked: Id = ask(office, MAIL).json()["id"]
    office.desk.subscriptions.act(Command(office.desk.new_id()), asked, confirm, proof=Proof.LINK, at=AT)
    return asked


def test_anybody_may_ask(office: Office) -> None:
    answer = ask(office, MAIL)
    assert answer.status_code == 202
    assert answer.json() == {
        "id": answer.json()["id"], "state": "requested", "ends_at": "2026-11-04T10:00:00.000Z", "secret": None,
    }  # fmt: skip


def test_the_answer_holds_nothing_that_confirms(office: Office) -> None:
    answer = ask(office, MAIL)
    assert link_of(office.desk, answer.json()["id"]) not in answer.text
    assert office.ask(None, "GET", f"{PATH}/{answer.json()['id']}").status_code == 404


def test_a_webhook_is_told_its_secret(office: Office) -> None:
    told = ask(office, WEBHOOK).json()
    assert told["secret"] == secret_text(signing_secret(office.desk, told["id"]))


def test_the_language_is_that_of_the_request_unless_it_says_another_one(office: Office) -> None:
    asked = ask(office, WEBHOOK, Accept_Language="ru").json()["id"]
    assert office.desk.subscriptions.load(asked)[0].language == "ru"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"address": "x"}, 422, "address_invalid"),
        ({"channel": "webhook", "address": "x"}, 422, "webhook_address_invalid"),
        ({"components": ["nowhere"]}, 404, "component_unknown"),
        ({"components": ["uplink"] * 101}, 422, "invalid"),
        ({"language": "de"}, 422, "invalid"),
        ({"address": "x" * 8_192}, 413, "body_too_large"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    office: Office, changes: dict[str, object], status: int, code: str
) -> None:
    answer = ask(office, MAIL | changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_five_requests_at_once_and_then_one_a_minute(office: Office) -> None:
    bodies = [WEBHOOK | {"address": f"https://example.org/{number}"} for number in range(7)]
    assert [ask(office, each).status_code for each in bodies[:6]] == [202] * 5 + [429]
    assert ask(office, bodies[5]).headers["retry-after"] == "60"
    office.clock.now += MINUTE
    assert [ask(office, each).status_code for each in bodies[5:]] == [202, 429]


def test_sent_again_it_is_answered_as_it_was_then(office: Office) -> None:
    first, again = (ask(office, WEBHOOK, Idempotency_Key="once") for _ in range(2))
    assert first.json() == again.json()
    reused = ask(office, MAIL, Idempotency_Key="once")
    assert (reused.status_code, reused.json()["code"]) == (422, "idempotency_key_reused")


def test_whoever_has_the_link_sees_and_changes_it(office: Office, stream: Id) -> None:
    seen = office.ask(None, "GET", own(office, stream)).json()
    assert (seen["state"], seen["address"], seen["components"]) == ("confirmed", "duty@example.org", ["uplink"])
    changed = office.ask(None, "PATCH", own(office, stream), {"components": []}).json()
    assert (changed["components"], changed["language"]) == ([], "ru")
    changed = office.ask(None, "PATCH", own(office, stream), {"language": "en"}).json()
    assert (changed["components"], changed["language"]) == ([], "en")


def test_whoever_has_the_link_ends_it(office: Office, stream: Id) -> None:
    assert [office.ask(None, "DELETE", own(office, stream)).json()["state"] for _ in range(2)] == ["ended", "ended"]
    late = office.ask(None, "PATCH", own(office, stream), {"language": "en"})
    assert (late.status_code, late.json()["code"]) == (410, "subscription_ended")
    office.desk.keys.destroy(stream, AT)
    office.desk.subscriptions.act(Command(office.desk.new_id()), stream, forget, at=AT)
    gone = office.ask(None, "GET", own(office, stream)).json()
    assert (gone["state"], gone["address"]) == ("forgotten", None)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_link_that_was_made_up_opens_nothing(office: Office, method: str) -> None:
    answer = office.ask(None, method, f"{PATH}/{'x' * 43}", {} if method == "PATCH" else None)
    assert (answer.status_code, answer.json()["code"]) == (404, "subscription_unknown")


@pytest.fixture
def key(office: Office) -> str:
    """What an administrator presents."""
    desk, person = office.desk, office.desk.new_id()
    registered = partial(register, identity=person, name="Adam", at=AT)
    granted = partial(grant, grant=Grant(Right.ADMINISTRATOR), at=AT)
    desk.people.act(Command(desk.new_id()), person, in_turn, registered, granted)
    return f"Bearer {token_for(desk, person)}"


def test_administrators_see_who_is_subscribed_and_what_did_not_arrive(office: Office, stream: Id, key: str) -> None:
    dead: dict[str, Any] = {"mailing": "a" * 32, "attempts": 9, "why": "status_550"}
    office.desk.subscriptions.act(Command(office.desk.new_id()), stream, give_up, **dead, at=AT)
    told = office.ask(None, "GET", PATH, Authorization=key).json()
    (seen,) = told["items"]
    assert (seen["id"], seen["address"], seen["state"], seen["failures"]) == (
        stream, "duty@example.org", "confirmed", 1,
    )  # fmt: skip
    assert told["dead_letters"] == [dead | {"subscription": stream, "at": "2026-11-02T10:00:00.000Z"}]


def test_the_list_goes_on_page_by_page(office: Office, key: str) -> None:
    asked = {ask(office, WEBHOOK | {"address": f"https://example.org/{number}"}).json()["id"] for number in range(3)}
    first = office.ask(None, "GET", f"{PATH}?limit=2", Authorization=key).json()
    second = office.ask(None, "GET", f"{PATH}?limit=2&cursor={first['cursor']}", Authorization=key).json()
    assert (len(first["items"]), len(second["items"]), second["cursor"]) == (2, 1, None)
    assert {each["id"] for each in (*first["items"], *second["items"])} == asked
    assert office.ask(None, "GET", f"{PATH}?cursor=x", Authorization=key).json()["code"] == "cursor_invalid"


def test_those_that_ended_are_listed_if_asked_for(office: Office, stream: Id, key: str) -> None:
    office.ask(None, "DELETE", own(office, stream))
    assert office.ask(None, "GET", PATH, Authorization=key).json()["items"] == []
    (seen,) = office.ask(None, "GET", f"{PATH}?state=ended", Authorization=key).json()["items"]
    assert (seen["id"], seen["why"]) == (stream, "unsubscribed")


@pytest.mark.parametrize("who", ["ann", "lea", "ada", "cy"])
def test_nobody_else_sees_them(office: Office, stream: Id, who: str) -> None:
    answer = office.ask(who, "GET", PATH)
    assert (answer.status_code, "duty" in answer.text) == (403, False), stream
