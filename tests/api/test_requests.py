"""What holds around a request: sent again, made conditional, in the caller's language, within limits."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from api.limits import Limits
from domain.configuration import Event as ConfigurationEvent
from domain.configuration.category import CategoryWithdrawn
from domain.configuration.level import LevelWithdrawn
from domain.instant import DAY
from domain.person.identity import deactivate
from domain.person.membership import leave_organisation
from domain.token import TokenScope, revoke
from service.settings import Settings
from store.streams import Command
from tests.api.office import OPENING, Member, Office, open_office, token_for
from tests.cast import AT


def test_a_request_that_is_sent_again_is_answered_as_it_was(office: Office) -> None:
    first = office.ask("cy", "POST", "/v1/tickets", OPENING, Idempotency_Key="one")
    office.ask("ann", "PUT", f"{first.headers['Location']}/acceptance")
    again = office.ask("cy", "POST", "/v1/tickets", OPENING, Idempotency_Key="one")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert [again.headers[name] for name in ("ETag", "Location")] == [
        first.headers[name] for name in ("ETag", "Location")
    ]


def test_a_request_that_did_nothing_does_nothing_when_it_is_sent_again(office: Office) -> None:
    accepted = f"{office.open()}/acceptance"
    office.ask("ann", "PUT", accepted)
    nothing = office.ask("ann", "PUT", accepted, Idempotency_Key="one")
    office.ask("ann", "PUT", accepted.replace("acceptance", "assignment"), {"owner": office.people["lea"].id})
    again = office.ask("ann", "PUT", accepted, Idempotency_Key="one")
    assert (again.status_code, again.json()) == (200, nothing.json())
    assert again.json()["events"] == []


def test_a_request_that_is_sent_again_is_answered_as_it_was_whatever_was_withdrawn_since(office: Office) -> None:
    cy, staffs = office.people["cy"].id, {"organisation": office.acme, "category": "hardware"}
    ticket = office.open()
    asked: list[tuple[str, str, str, dict[str, str]]] = [
        ("cleo", "POST", "/v1/tickets", OPENING | {"category": "hardware"}),
        ("ann", "POST", "/v1/tickets", OPENING | staffs | {"requester": cy}),
        ("ann", "PUT", f"{ticket}/category", {"category": "hardware"}),
        ("lea", "PUT", f"{ticket}/terms", {"level": "standard", "reason": "correction"}),
    ]
    first = [office.ask(*each, Idempotency_Key="one" + each[2]) for each in asked]
    withdrawn: list[ConfigurationEvent] = [
        CategoryWithdrawn(at=AT, key="hardware"),
        LevelWithdrawn(at=AT, level="standard"),
    ]
    act, command = office.desk.configuration.act, Command(office.desk.new_id())
    act(command, office.desk.name("configuration"), lambda _: withdrawn)
    leave = partial(leave_organisation, organisation=office.acme, at=AT)
    office.desk.people.act(Command(office.desk.new_id()), cy, leave)
    again = [office.ask(*each, Idempotency_Key="one" + each[2]) for each in asked]
    assert [(each.status_code, each.json()) for each in again] == [(each.status_code, each.json()) for each in first]
    refused = [office.ask(*each) for each in asked]
    assert [each.json()["code"] for each in refused] == [
        "category_unknown", "person_is_no_contact_of_organisation", "category_unknown", "level_withdrawn"
    ]  # fmt: skip


def test_what_may_not_be_done_is_refused_before_what_cannot(office: Office) -> None:
    ticket = office.open()
    asked = [("category", {"category": "moon"}), ("terms", {"level": "moon", "reason": "correction"})]
    assert [office.ask("cy", "PUT", f"{ticket}/{noun}", body).status_code for noun, body in asked] == [403, 403]


def test_a_key_is_for_one_request(office: Office) -> None:
    office.ask("cy", "POST", "/v1/tickets", OPENING, Idempotency_Key="one")
    other = office.ask("cy", "POST", "/v1/tickets", OPENING | {"subject": "Another"}, Idempotency_Key="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_is_one_tokens_own(office: Office) -> None:
    first = office.ask("cy", "POST", "/v1/tickets", OPENING, Idempotency_Key="one")
    other = office.ask("cleo", "POST", "/v1/tickets", OPENING, Idempotency_Key="one")
    assert first.json()["ticket"]["reference"] != other.json()["ticket"]["reference"]


def test_two_at_once_are_done_once(office: Office) -> None:
    def ask(_: int) -> str:
        return office.ask("cy", "POST", "/v1/tickets", OPENING, Idempotency_Key="one").headers["Location"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_a_request_for_one_version_is_not_done_to_another(office: Office) -> None:
    ticket = office.open()
    tag = office.ask("ann", "GET", ticket).headers["ETag"]
    assert office.ask("ann", "PUT", f"{ticket}/acceptance", If_Match=f'"77", {tag}').status_code == 200
    late = office.ask("ann", "PUT", f"{ticket}/kind", {"kind": "question"}, If_Match=tag)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert office.ask("ann", "PUT", f"{ticket}/kind", {"kind": "question"}, If_Match="*").status_code == 200


def test_what_was_done_for_one_version_is_answered_again_at_a_later_one(office: Office) -> None:
    ticket = office.open()
    asked = {"If_Match": office.ask("ann", "GET", ticket).headers["ETag"], "Idempotency_Key": "one"}
    first = office.ask("ann", "PUT", f"{ticket}/acceptance", **asked)
    assert office.ask("ann", "PUT", f"{ticket}/acceptance", **asked).json() == first.json()


@pytest.mark.parametrize(
    ("spoken", "language"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("en;q=0.3, ru;q=0.7", "ru"),
        ("de", "en"),
        ("ru;q=0", "en"),
        ("%", "en"),
    ],
)
def test_a_problem_is_told_in_the_callers_language(office: Office, spoken: str, language: str) -> None:
    answer = office.ask("cy", "GET", "/v1/tickets/100000001", Accept_Language=spoken)
    assert answer.headers["Content-Language"] == language
    assert answer.json()["detail"] == {"en": "There is nothing here.", "ru": "Здесь ничего нет."}[language]
    assert answer.json()["instance"] == f"urn:glasno:request:{answer.headers['X-Request-ID']}"


def test_a_caller_may_name_its_request(office: Office) -> None:
    assert office.client.get("/healthz", headers={"X-Request-ID": "order-4711"}).headers["X-Request-ID"] == "order-4711"
    assert office.client.get("/healthz", headers={"X-Request-ID": "a b"}).headers["X-Request-ID"] != "a b"


def test_a_body_has_a_limit(office: Office) -> None:
    answer = office.ask("cy", "POST", "/v1/tickets", OPENING | {"body": "x" * 70_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"{", b"[" * 30_000, b'"\xff"', b"1" * 10_000, b"\x00"])
def test_what_is_no_json_is_a_problem_and_no_fault(office: Office, body: bytes) -> None:
    headers = office.people["cy"].headers | {"Content-Type": "application/json"}
    answer = office.client.post("/v1/tickets", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_token_that_asks_too_often_is_told_when_to_come_back(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_office(sqlite_settings, monkeypatch, Limits(burst=2, rate=1)) as office:
        assert [office.ask("cy", "GET", "/v1/me").status_code for _ in range(3)] == [200, 200, 429]
        assert office.ask("cy", "GET", "/v1/me").headers["Retry-After"] == "1"
        assert office.ask("ann", "GET", "/v1/me").status_code == 200
        office.clock.now += 1000
        assert office.ask("cy", "GET", "/v1/me").status_code == 200


def test_a_clock_that_was_put_back_shuts_nobody_out(office: Office) -> None:
    office.clock.now += DAY
    assert office.ask("cy", "GET", "/v1/me").status_code == 200
    office.clock.now -= DAY
    assert office.ask("cy", "GET", "/v1/me").status_code == 200


def test_a_token_that_does_not_hold_opens_nothing(office: Office) -> None:
    ann, desk = office.people["ann"], office.desk
    expired = token_for(desk, ann.id, expires_at=desk.now() + 1)
    office.clock.now += 1
    desk.tokens.act(Command(desk.new_id()), office.people["cy"].token[7:39], revoke, at=desk.now())
    desk.people.act(Command(desk.new_id()), office.people["lea"].id, deactivate, at=desk.now())
    tokens = [expired, office.people["cy"].token, office.people["lea"].token, ann.token[:-1] + "!", "nonsense"]
    answers = [office.client.get("/v1/me", headers={"Authorization": f"Bearer {each}"}) for each in tokens]
    assert [each.status_code for each in answers] == [401] * 5


def test_a_token_does_no_more_than_its_scopes_say(office: Office) -> None:
    ann, ticket = office.people["ann"], office.open()
    reader = Member(ann.id, token_for(office.desk, ann.id, frozenset({TokenScope.TICKETS_READ})))
    narrow = replace(office, people={"ann": reader})
    assert narrow.ask("ann", "GET", ticket).status_code == 200
    assert narrow.ask("ann", "PUT", f"{ticket}/acceptance").status_code == 403
    assert narrow.ask("ann", "PUT", "/v1/components/uplink/status", {"status": "degraded"}).status_code == 403


def test_what_is_not_there_and_what_is_not_done_are_problems(office: Office) -> None:
    assert office.client.get("/v1/nonsense").json()["code"] == "not_found"
    answer = office.client.delete("/v1/me")
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (
        405,
        "method_not_allowed",
        "GET, HEAD",
    )
