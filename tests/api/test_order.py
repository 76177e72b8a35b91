"""What is told first if several things are wrong, and who is held up by what has to be read."""

from typing import Any

import pytest

from api import deps
from store import log, look
from tests.api.office import JSON, OPENING, Office

BAD_KEY = {"Idempotency_Key": "with spaces"}


def test_who_asks_matters_before_what_is_asked(office: Office) -> None:
    answer = office.ask(None, "POST", "/v1/tickets", {"strange": 1}, **BAD_KEY)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


def test_a_ticket_that_is_hidden_is_not_there_before_headers_and_body_are_looked_at(office: Office) -> None:
    answer = office.ask("eve", "POST", f"{office.open()}/messages", {"strange": 1}, **BAD_KEY)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_all_that_is_wrong_with_headers_and_body_is_told_at_once(office: Office) -> None:
    for who, path, body in (("cy", "/v1/tickets", OPENING), ("ann", f"{office.open()}/messages", {"body": "Soon"})):
        answer = office.ask(who, "POST", path, body | {"strange": 1}, **BAD_KEY)
        mistakes = {each["pointer"] for each in answer.json()["errors"]}
        assert (answer.status_code, mistakes) == (422, {"/header/idempotency-key", "/body/strange"})


def test_a_filter_that_nobody_knows_is_refused_before_anybody_is_asked_for_a_token(office: Office) -> None:
    answer = office.client.post("/v1/tickets?strange=1", json=OPENING)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/strange")


@pytest.mark.parametrize("scheme", ["Basic {}", "{}", "Bearer", "Bearer  "])
def test_a_token_that_is_not_borne_is_none(office: Office, scheme: str) -> None:
    headers = {"Authorization": scheme.format(office.people["cy"].token)}
    assert office.client.get("/v1/me", headers=headers).status_code == 401
    assert office.client.get("/v1/components", headers=headers).status_code == 200


def test_the_scheme_of_a_token_is_written_in_any_case(office: Office) -> None:
    headers = {"Authorization": f"bearer {office.people['cy'].token}"}
    assert office.client.get("/v1/me", headers=headers).status_code == 200


def test_who_asks_and_for_which_ticket_is_found_without_a_thread_the_second_time(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = office.open()
    office.ask("ann", "POST", f"{path}/notes", {"body": "One"})
    monkeypatch.setattr(deps, "run_in_threadpool", _refuse)
    assert office.ask("ann", "POST", f"{path}/notes", {"body": "Two"}).status_code == 201


def test_a_long_history_is_read_on_a_thread(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    path = office.open()
    for module in (look, log):
        monkeypatch.setattr(module, "FEW", 0)
    for number in range(3):
        assert office.ask("ann", "POST", f"{path}/notes", {"body": str(number)}).json()["version"] > number
    assert office.client.get(path, headers=office.people["cy"].headers | JSON).status_code == 200


async def _refuse(*_: Any) -> None:
    raise AssertionError
