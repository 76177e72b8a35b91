"""What holds for every route there is: generated from the description of the API."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest
from fastapi import FastAPI
from httpx2 import Response

from tests.api.office import OPENING, SECRETS, Office

METHODS: Final = {"get", "post", "put", "patch", "delete"}
OPEN_TO_ALL: Final = {"/healthz", "/readyz", "/v1/heartbeats/{secret}"}
SHOWN: Final = {
    "/v1/components", "/v1/components/{key}/uptime", "/v1/incidents", "/v1/incidents/{incident}", "/v1/maintenances",
    "/v1/maintenances/{works}", "/v1/sla",
}  # fmt: skip
"""What the status page shows anybody."""
ASKED: Final = {
    ("post", "/v1/subscriptions"),
    *((each, "/v1/subscriptions/{text}") for each in ("get", "patch", "delete")),
}
"""What the readers of the status page ask for themselves."""
OF_OTHERS: Final = {"/v1/alerts/alertmanager"}
"""What comes in a form that others made, and may grow."""
VALUES: Final = {
    "clock": "reaction", "instance": "1", "how": "caused-by", "key": "uplink", "month": "2026-11",
    "incident": "0123456789ab", "works": "0123456789ab", "update": "0123456789ab", "alert": "0123456789ab",
    "organisation": "0" * 32, "link": "0" * 32, "person": "0" * 32, "text": "x" * 43, "secret": "0" * 32,
}  # fmt: skip
SCHEMA: Final = "application/json"


class Route(NamedTuple):
    """A route, as it describes itself."""

    method: str
    path: str
    described: dict[str, Any]

    @property
    def is_write(self) -> bool:
        return self.method != "get"

    @property
    def is_shown(self) -> bool:
        return self.path in SHOWN and not self.is_write

    @property
    def is_asked(self) -> bool:
        return (self.method, self.path) in ASKED

    @property
    def example(self) -> Any:
        """The first example of its body."""
        content = self.described.get("requestBody", {}).get("content", {}).get(SCHEMA, {})
        return next((each["value"] for each in content.get("examples", {}).values()), None)

    def address(self, reference: str) -> str:
        path = self.path.replace("{reference}", reference).replace("{other}", reference)
        path = re.sub(r"{(\w+)}", lambda found: VALUES[found[1]], path)
        needed = [
            each["name"] for each in self.described.get("parameters", []) if each["in"] == "query" and each["required"]
        ]
        return path + "".join(f"?{name}={VALUES[name]}" for name in needed)


def described(office: Office) -> dict[str, Any]:
    app = office.client.app
    assert isinstance(app, FastAPI)
    return app.openapi()


def routes(office: Office, *, ticket: bool = False) -> Iterator[Route]:
    """All routes, or those of one ticket; there are some."""
    found = [
        Route(method, path, each)
        for path, methods in described(office)["paths"].items()
        for method, each in methods.items()
        if method in METHODS and (not ticket or "{reference}" in path)
    ]
    assert len(found) > 20
    yield from found


def ask(office: Office, who: str | None, route: Route, ticket: str = "100000001", body: Any = None) -> Response:
    """Views that are up to date know at once that there is no such incident."""
    office.views.catch_up()
    return office.ask(who, route.method.upper(), route.address(ticket[-9:]), route.example if body is None else body)


def test_without_a_token_nobody_is_told_anything_but_what_is_shown(office: Office) -> None:
    for route in routes(office):
        answer = ask(office, None, route)
        if route.is_shown or route.is_asked:
            assert answer.status_code in {200, 202, 404}, route.path
            assert {} in route.described["security"], route.path
        elif route.path not in OPEN_TO_ALL:
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), route.path
            assert answer.headers["WWW-Authenticate"].startswith("Bearer"), route.path


def test_a_stranger_is_answered_as_if_there_were_no_ticket_byte_for_byte(office: Office) -> None:
    there, nowhere = office.open()[-9:], "100000001"
    for route in routes(office, ticket=True):
        answers = [ask(office, "eve", route, each) for each in (there, nowhere)]
        assert [each.status_code for each in answers] == [404, 404], route
        one, other = (re.sub(r"urn:glasno:request:\w+", "", each.text) for each in answers)
        assert one == other, route.path
        assert [set(each.headers) for each in answers] == [set(answers[0].headers)] * 2, route.path


def test_no_route_shows_a_stranger_a_word_of_a_ticket(office: Office) -> None:
    ticket = written_upon(office)
    for route in routes(office):
        for who in ("eve", "cleo"):
            answer = ask(office, who, route, ticket)
            assert not [word for word in (*SECRETS, ticket[-9:]) if word in answer.text], (route.path, who)


def test_no_route_shows_a_contact_an_internal_note(office: Office) -> None:
    ticket = written_upon(office)
    for route in routes(office):
        answer = ask(office, "cy", route, ticket)
        assert "a loose cable" not in answer.text, route.path


def test_an_auditor_changes_nothing(office: Office) -> None:
    ticket, before = written_upon(office), office.desk.log.head()
    for route in routes(office):
        if route.is_write and not route.is_asked:
            answer = ask(office, "ada", route, ticket)
            assert 400 <= answer.status_code < 500, route.path
    assert office.desk.log.head() == before


def written_upon(office: Office) -> str:
    ticket = office.open()
    office.ask("ann", "POST", f"{ticket}/notes", {"body": "a loose cable"})
    office.ask("ann", "POST", f"{ticket}/messages", {"body": "the toner is out"})
    office.ask("cy", "POST", f"{ticket}/messages", {"body": "please hurry"})
    return ticket


def test_unknown_fields_are_refused_and_the_fault_is_pointed_at(office: Office) -> None:
    ticket = office.open()
    for route in routes(office):
        if route.example is not None and route.path not in OF_OTHERS:
            body = route.example | {"non/sense": 1}
            answer = ask(office, "ann", route, ticket, body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), route.path
            assert "/body/non~1sense" in [each["pointer"] for each in answer.json()["errors"]], route.path


def test_a_name_that_nobody_can_write_is_refused(office: Office) -> None:
    assert office.ask("cy", "POST", "/v1/tickets", OPENING | {"half \ud800": 1}).json()["code"] == "invalid"


@pytest.mark.parametrize("word", ["nul \x00", "half \ud800", " ", "", 5, None, True, [], {}])
def test_a_text_is_a_text(office: Office, word: Any) -> None:
    answer = office.ask("cy", "POST", "/v1/tickets", OPENING | {"subject": word})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/body/subject")


def test_what_a_route_may_answer_with_is_described(office: Office) -> None:
    for route in routes(office):
        assert route.described["summary"], route.path
        assert route.described["tags"], route.path
        assert re.fullmatch("[a-z]+[A-Za-z]+", route.described["operationId"]), route.path
        if route.path not in OPEN_TO_ALL:
            assert route.described["security"], route.path
            assert "application/problem+json" in route.described["responses"]["401"]["content"], route.path
        if "requestBody" in route.described:
            assert route.example is not None, route.path


def test_the_names_of_operations_are_unique(office: Office) -> None:
    names = [route.described["operationId"] for route in routes(office)]
    assert sorted(names) == sorted(set(names))


def test_the_description_is_served_and_leads_nowhere_that_is_not(office: Office) -> None:
    told = office.client.get("/openapi.json").json()
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(told)))
    assert named <= set(told["components"]["schemas"])
    assert not {"HTTPValidationError", "ValidationError"} & set(told["components"]["schemas"])
