"""What holds at the door, whatever is asked: methods, bodies, queries and instants, and the words for what is wrong."""

import json
import logging
import re
from typing import Any

import pytest
from httpx2 import Response

from api import deps
from api.language import SPOKEN, Language
from api.mistakes import WORDS, in_words
from api.types import text_of
from domain.instant import DAY
from projections import ALL, queue
from projections.batch import CHECKPOINTS
from projections.database import for_writing
from tests.api.office import OPENING, Office

RUSSIAN = {"Accept_Language": "ru"}
MISTAKEN = {
    "kind": "fault", "impact": 5, "subject": "two\nlines", "body": " ", "category": "No Key", "organisation": "acme",
    "colour": "red",
}  # fmt: skip


def mistakes(answer: Response) -> dict[str, str]:
    return {each["pointer"].rpartition("/")[2]: each["detail"] for each in answer.json()["errors"]}


def sent(office: Office, content: bytes, kind: str = "application/json") -> Response:
    headers = office.people["cy"].headers | {"Content-Type": kind}
    return office.client.post("/v1/tickets", content=content, headers=headers)


@pytest.mark.parametrize("path", ["/healthz", "/v1/me", "/v1/tickets", "/openapi.json"])
def test_head_is_answered_as_get_without_the_body(office: Office, path: str) -> None:
    head, get = (office.client.request(method, path, headers=office.people["cy"].headers) for method in ("HEAD", "GET"))
    assert (head.status_code, head.content) == (get.status_code, b"") == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_a_method_that_is_not_there_is_told_those_that_are(office: Office) -> None:
    wait, all_tickets = f"{office.open()}/wait", "/v1/tickets"
    assert office.ask("cy", "OPTIONS", all_tickets).headers["Allow"] == "GET, HEAD, POST"
    assert office.ask("cy", "GET", wait).headers["Allow"] == "DELETE, PUT"


def test_an_address_with_a_slash_too_many_is_not_there(office: Office) -> None:
    answer = office.ask("cy", "GET", "/v1/tickets/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"no JSON", "application/json"),
        (b'{"kind": "\xff"}', "application/json"),
        (b"[" * 50_000, "application/json"),
        (json.dumps(OPENING).encode(), "application/x-www-form-urlencoded"),
        (json.dumps(OPENING).encode(), "text/plain"),
    ],
)
def test_a_body_that_is_no_json_or_does_not_say_so_is_told_what_to_send(
    office: Office, content: bytes, kind: str
) -> None:
    answer = sent(office, content, kind)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert "Content-Type: application/json" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/tickets?teem=x", "/v1/me?at", "/v1/configuration?x=1&x=2"])
def test_a_parameter_that_nobody_knows_is_not_passed_over(office: Office, path: str) -> None:
    answer = office.ask("ann", "GET", path)
    assert answer.status_code == 422
    assert answer.json()["code"] == ("told_as_of_now" if "at" in path.partition("?")[2] else "invalid")


def test_a_probe_may_ask_for_health_with_anything(office: Office) -> None:
    assert office.client.get("/healthz?now=1").status_code == 200


def test_a_desk_whose_views_show_nothing_yet_is_not_ready(office: Office) -> None:
    with for_writing(office.views.engine).begin() as connection:
        connection.execute(CHECKPOINTS.update().values(position=0))
    told = office.client.get("/readyz")
    assert (told.status_code, len(told.json()["reasons"])) == (503, len(ALL))
    assert told.json()["reasons"][0].endswith("is not built yet")


def test_a_desk_whose_view_is_of_a_newer_log_is_not_ready(office: Office) -> None:
    office.views.catch_up()
    with for_writing(office.views.engine).begin() as connection:
        ahead = office.desk.log.head() + 1
        connection.execute(CHECKPOINTS.update().where(CHECKPOINTS.c.name == queue.NAME).values(position=ahead))
    told = office.client.get("/readyz")
    assert (told.status_code, len(told.json()["reasons"])) == (503, 1)
    assert told.json()["reasons"][0].startswith("queue_v2 is of a newer log")


def test_what_is_yet_to_come_is_not_known(office: Office) -> None:
    now, tomorrow = (text_of(office.clock.now + later) for later in (0, DAY))
    assert office.ask("ann", "GET", f"/v1/queue?at={now}").status_code == 200
    refused = office.ask("ann", "GET", f"/v1/queue?at={tomorrow}")
    assert (refused.status_code, refused.json()["facts"]) == (422, {"at": tomorrow})


def test_nothing_is_stated_for_an_instant_that_nobody_lives_to_see(office: Office) -> None:
    ticket = office.open()
    codes = []
    for due in ("9999-12-31T23:59:59.999Z", "9999-12-30T23:59:59.999Z"):
        answer = office.ask("ann", "PUT", f"{ticket}/next-act", {"what": "Wait and see", "due": due})
        codes.append((answer.status_code, answer.json()["code"]))
    assert codes == [(422, "invalid"), (422, "next_act_too_far")]
    assert office.ask("ada", "GET", f"{ticket}/trail").status_code == 200


def test_mistakes_are_told_in_the_language_of_the_caller(office: Office) -> None:
    english, russian = (
        mistakes(office.ask("cy", "POST", "/v1/tickets", MISTAKEN, **language)) for language in ({}, RUSSIAN)
    )
    assert english.keys() == russian.keys() == MISTAKEN.keys()
    assert not re.search("[а-яё]", " ".join(english.values()))
    assert [name for name, words in russian.items() if not re.search("[а-яё]", words)] == []
    assert russian["kind"] == "допустимо: 'incident', 'request' или 'question'"


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("error", WORDS)
def test_every_mistake_has_its_words_in_both_languages(error: str, language: Language) -> None:
    facts: Any = dict.fromkeys(re.findall(r"{(\w+)}", "".join(WORDS[error])), "x")
    assert bool(re.search("[а-яё]", in_words({"type": error, "ctx": facts}, language))) is (language == "ru")


def test_a_mistake_without_words_is_told_all_the_same() -> None:
    assert in_words({"type": "is_instance_of", "msg": "Input should be a thing"}, "ru") == "Input should be a thing"


def test_whoever_opens_no_ticket_is_not_asked_for_more(office: Office) -> None:
    asked = [office.ask(who, "POST", "/v1/tickets", OPENING) for who in ("ann", "ada")]
    assert [each.json()["code"] for each in asked] == ["organisation_missing", "not_allowed"]


def test_a_clock_is_named_in_the_language_of_the_sentence(office: Office) -> None:
    ticket = office.open()
    office.ask("ann", "PUT", f"{ticket}/acceptance")
    due = {"due": text_of(office.clock.now + 1)}
    refused = office.ask("ann", "PUT", f"{ticket}/deadlines/reaction", due, **RUSSIAN).json()
    assert refused["detail"] == "У «реакция» сейчас нет срока."
    assert refused["facts"] == {"clock": "reaction"}


def test_a_fault_is_noted_under_the_name_of_its_request(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deps, "lines_of_teams", lambda _: 1 // 0)
    with caplog.at_level(logging.ERROR, "glasno.api"), pytest.raises(ZeroDivisionError):
        office.ask("cy", "GET", "/v1/me", X_Request_ID="that-request")
    assert caplog.messages == ["request that-request failed: GET /v1/me"]
