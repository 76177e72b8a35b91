"""Whether a route answers straight away or FastAPI takes the request through its signatures makes no difference."""

import json
from dataclasses import replace
from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx2 import Response

from api.app import ROUTES
from api.limits import Limits
from api.routing import Straight
from service.settings import Settings
from tests.api.office import OPENING, Office, open_office

ASKED: Final[tuple[tuple[str, str, Any], ...]] = (
    ("GET", "/v1/me", None),
    ("GET", "/v1/me?colour=red", None),
    ("GET", "/v1/queue", None),
    ("GET", "/v1/queue?limit=1&kind=incident&limit=2", None),
    ("GET", "/v1/queue?limit=many&owner=me&kind=fault", None),
    ("GET", "/v1/queue?line=", None),
    ("GET", "/v1/tickets?at=2026-10-05T09:30:00Z", None),
    ("GET", "/v1/tickets/100000001", None),
    ("GET", "/v1/tickets/nothing/history?limit=0", None),
    ("GET", "/v1/figures/sla?month=2026-10&by=clock&by=line", None),
    ("GET", "/v1/figures/sla?month=2026-10&by=colour", None),
    ("GET", "/v1/components", None),
    ("POST", "/v1/tickets", None),
    ("POST", "/v1/tickets", {"kind": "fault", "colour": "red"}),
    ("POST", "/v1/tickets", [1, 2]),
    ("PUT", "/v1/tickets/100000001/reopening", None),
)
"""Method, address and body."""
AGAIN: Final = {"idempotency_key": "once", "x_request_id": "the-same-one"}


def told(answer: Response) -> tuple[int, dict[str, str], bytes]:
    return answer.status_code, dict(answer.headers), answer.content


def routes_of(office: Office) -> list[Straight]:
    app = office.client.app
    assert isinstance(app, FastAPI)
    return [each for each in app.router.routes if isinstance(each, Straight)]


def take_the_usual_way(office: Office, patch: pytest.MonkeyPatch) -> None:
    for route in routes_of(office):
        patch.setattr(route, "app", route.usual)


def sent(office: Office, content: bytes, kind: str) -> Response:
    headers = office.people["cy"].headers | {"Content-Type": kind}
    return office.client.post("/v1/tickets", content=content, headers=headers)


def test_the_routes_of_every_noun_answer_straight_away(office: Office) -> None:
    assert {type(route) for noun in ROUTES for route in noun.router.routes} == {Straight}
    assert {route.path for noun in ROUTES for route in noun.router.routes} <= {each.path for each in routes_of(office)}


@pytest.mark.parametrize("who", ["ann", "cy", None])
def test_either_way_says_the_same(office: Office, who: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = office.open()
    office.ask("ann", "PUT", f"{ticket}/acceptance")
    asked = [*ASKED, ("GET", ticket, None), ("GET", f"{ticket}/history", None), ("GET", f"{ticket}/messages", None)]
    straight = [told(office.ask(who, *each, **AGAIN)) for each in asked]
    take_the_usual_way(office, monkeypatch)
    assert [told(office.ask(who, *each, **AGAIN)) for each in asked] == straight


def test_what_was_done_straight_away_is_told_again_the_usual_way(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = told(office.ask("cy", "POST", "/v1/tickets", OPENING, **AGAIN))
    take_the_usual_way(office, monkeypatch)
    assert told(office.ask("cy", "POST", "/v1/tickets", OPENING, **AGAIN)) == done


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "application/ticket+json"])
def test_a_body_may_call_itself_json_in_other_words(office: Office, kind: str) -> None:
    assert sent(office, json.dumps(OPENING).encode(), kind).status_code == 201


def test_a_mistake_is_one_request_of_those_that_are_allowed(settings: Settings) -> None:
    with pytest.MonkeyPatch.context() as patch, open_office(settings, patch, Limits(burst=2, rate=1)) as office:
        codes = [office.ask("cy", "POST", "/v1/tickets", {"kind": "fault"}).status_code for _ in range(3)]
    assert codes == [422, 422, 429]


@pytest.mark.parametrize("who", ["cy", None])
def test_what_somebody_sends_who_may_not_ask_is_not_looked_at(
    office: Office, who: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To say what is wrong with a long body takes a while."""
    [route] = [each for each in routes_of(office) if each.path == "/v1/tickets" and "POST" in (each.methods or ())]
    assert route._last.body
    body, looks = route._last.body, list[Any]()

    def check(told: Any, *context: Any, **more: Any) -> Any:
        looks.append(told)
        return body.check(told, *context, **more)

    monkeypatch.setattr(route, "_last", replace(route._last, body=replace(body, check=check)))
    assert office.ask(who, "POST", "/v1/tickets", {"colour": "red"}).status_code == (422 if who else 401)
    assert looks == ([{"colour": "red"}] if who else [])
