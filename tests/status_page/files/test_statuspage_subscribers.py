from typing import Any

import pytest
from httpx2 import Response

from domain.code import code_of
from domain.subscription import Step, SubscriptionChannel
from store.subscriptions import address_of
from tests.status_page.stage import Stage
from tests.status_page.subscribing.requests import link, newest, requested

PATH = "/api/v2/subscribers.json"
WEB, MAIL, SERVERS = code_of("component", "web"), code_of("component", "mail"), code_of("group", "servers")


@pytest.fixture(autouse=True)
def _components(stage: Stage) -> None:
    stage.define("web", "mail")
    stage.define("line", group="carriers")
    stage.get()


def subscribe(stage: Stage, **said: Any) -> Response:
    return stage.client.post(PATH, data={f"subscriber[{name}]": value for name, value in said.items()})


def test_an_address_is_asked_to_confirm(stage: Stage) -> None:
    answer = subscribe(stage, email="duty@example.org")
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert newest(stage).step is Step.REQUESTED
    told = answer.json()
    assert told["page"] == stage.ask("/api/v2/status.json").json()["page"]
    assert (told["mode"], told["email"], told["can_select_components"]) == ("email_sms", "duty@example.org", False)
    assert list(told["subscriber"]) == [
        "id", "mode", "email", "created_at", "skip_confirmation_notification", "quarantined_at", "purge_at",
    ]  # fmt: skip
    assert (told["subscriber"]["mode"], len(told["subscriber"]["id"])) == ("email", 12)


def test_an_endpoint_is_a_webhook_whose_mail_address_is_not_kept(stage: Stage) -> None:
    told = subscribe(stage, email="duty@example.org", endpoint="https://example.org/status").json()
    assert (told["mode"], told["webhook"]) == ("webhook", "https://example.org/status")
    assert told["subscriber"]["endpoint"] == "https://example.org/status"
    assert newest(stage).channel is SubscriptionChannel.WEBHOOK
    assert "duty" not in str(told)


@pytest.mark.parametrize(
    ("said", "components"),
    [
        ({}, ()),
        ({"component_ids": f"{WEB},{MAIL}"}, ("mail", "web")),
        ({"component_ids][": [WEB, MAIL]}, ("mail", "web")),
        ({"component_id": WEB}, ("web",)),
        ({"component_ids": SERVERS}, ("mail", "web")),
    ],
)
def test_components_are_chosen_by_their_ids(stage: Stage, said: dict[str, Any], components: tuple[str, ...]) -> None:
    assert subscribe(stage, email="duty@example.org", **said).status_code == 201
    assert newest(stage).components == components


def test_json_says_the_same(stage: Stage) -> None:
    body = {"subscriber": {"email": "duty@example.org", "component_ids": [WEB], "phone_number": None}}
    assert stage.client.post(PATH, json=body).status_code == 201
    assert newest(stage).components == ("web",)


@pytest.mark.parametrize(
    ("said", "status", "told"),
    [
        ({"email": "x"}, 422, "That is no address"),
        ({}, 422, "That is no address"),
        ({"endpoint": "x"}, 422, "That is no address of a webhook"),
        ({"email": "duty@example.org", "component_ids": "x" * 12}, 422, "There is no component xxxxxxxxxxxx."),
        ({"email": "duty@example.org", "incident": "x" * 12}, 422, "Nobody is told of one incident alone"),
    ],
)
def test_what_cannot_be_asked_for_is_told(stage: Stage, said: dict[str, Any], status: int, told: str) -> None:
    answer = subscribe(stage, **said)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert answer.json()["error"].startswith(told)
    assert requested(stage) == []


def test_the_limits_are_those_of_the_form(stage: Stage) -> None:
    answers = [subscribe(stage, email="duty@example.org") for _ in range(4)]
    assert [each.status_code for each in answers] == [201, 201, 201, 429]
    assert answers[-1].headers["retry-after"] == "1200"


def test_a_get_asks_too_because_clients_do_so(stage: Stage) -> None:
    answer = stage.ask(f"{PATH}?subscriber[email]=duty@example.org&subscriber[component_id]={WEB}")
    assert (answer.status_code, newest(stage).components) == (201, ("web",))


def test_what_became_of_it_is_told_to_whoever_knows_its_id(stage: Stage) -> None:
    made = subscribe(stage, email="duty@example.org").json()
    found = stage.ask(f"{PATH}?subscriber[id]={made['subscriber']['id']}")
    assert (found.status_code, found.json()) == (200, made)
    assert stage.ask(f"{PATH}?subscriber[id]={'x' * 12}").status_code == 404
    assert len(requested(stage)) == 1


def test_its_id_ends_it(stage: Stage) -> None:
    code = subscribe(stage, endpoint="https://example.org/status").json()["subscriber"]["id"]
    for _ in range(2):
        answer = stage.client.delete(f"/api/v2/subscribers/{code}.json")
        assert (answer.status_code, answer.json()["subscriber"]["id"]) == (200, code)
        assert newest(stage).step is Step.ENDED
    assert address_of(stage.story.desk, newest(stage)) is not None, "the jobs destroy it"


def test_a_request_for_mail_is_taken_back_by_its_id(stage: Stage) -> None:
    code = subscribe(stage, email="duty@example.org").json()["subscriber"]["id"]
    assert stage.client.delete(f"/api/v2/subscribers/{code}.json").status_code == 200
    assert newest(stage).step is Step.ENDED


def test_whoever_asked_for_a_stranger_learns_nothing_of_what_the_stranger_did_nor_ends_it(stage: Stage) -> None:
    code = subscribe(stage, email="duty@example.org").json()["subscriber"]["id"]
    stage.client.post(link(stage), data={"action": "confirm"})
    assert stage.ask(f"{PATH}?subscriber[id]={code}").status_code == 404
    assert stage.client.delete(f"/api/v2/subscribers/{code}.json").status_code == 404
    assert newest(stage).step is Step.CONFIRMED
    stage.client.post(link(stage), data={"action": "end"})
    assert stage.ask(f"{PATH}?subscriber[id]={code}").status_code == 404


def test_an_id_that_was_made_up_ends_nothing(stage: Stage) -> None:
    subscribe(stage, email="duty@example.org")
    answer = stage.client.delete(f"/api/v2/subscribers/{'x' * 12}.json")
    assert (answer.status_code, answer.json()) == (404, {"error": "There is no such subscription."})
    assert newest(stage).step is Step.REQUESTED
    assert stage.ask(f"/api/v2/subscribers/{'x' * 12}.json").status_code == 405
