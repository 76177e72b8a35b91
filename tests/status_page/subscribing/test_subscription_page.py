import re

import pytest
from httpx2 import Response

from domain.instant import DAY, SECOND
from domain.subscription import Step, forget
from store.streams import Command
from store.subscriptions import address_of
from tests.status_page.stage import Stage
from tests.status_page.subscribing.requests import link, newest, requested

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def _asked(stage: Stage) -> None:
    """Somebody asked to be told of one component by mail."""
    stage.define("web", "mail")
    stage.get()
    stage.client.post("/en/subscribe", data={"channel": "email", "address": "duty@example.org", "component": "web"})


def press(stage: Stage, action: str, **said: str | list[str]) -> Response:
    return stage.client.post(link(stage), data={"action": action, **said})


def headline(answer: Response) -> str:
    return str(re.findall(r"<h1[^>]*>([^<]+)", answer.text)[0])


def test_the_link_shows_what_was_asked_for_and_confirms_nothing(stage: Stage) -> None:
    answer = stage.ask(link(stage))
    assert (headline(answer), answer.headers["cache-control"]) == ("Confirm your subscription", "no-store")
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "duty@example.org</b>: Node web." in answer.text
    assert newest(stage).step is Step.REQUESTED


def test_it_speaks_the_language_of_the_link(stage: Stage) -> None:
    assert headline(stage.ask(link(stage, "ru"))) == "Подтвердите подписку"


def test_from_the_form_to_the_last_of_it(stage: Stage) -> None:
    desk, stream = stage.story.desk, requested(stage)[-1]
    confirmed = press(stage, "confirm")
    assert "It is confirmed" in confirmed.text
    assert headline(stage.ask(link(stage))) == "Your subscription"
    changed = press(stage, "change", component=["mail"], language="ru")
    assert "Your changes are saved." in changed.text
    assert (newest(stage).components, newest(stage).language) == (("mail",), "ru")
    ended = stage.client.post(link(stage), data=ONE_CLICK)
    assert (ended.status_code, ended.content) == (200, b"")
    assert newest(stage).step is Step.ENDED
    desk.keys.destroy(stream, desk.now())
    desk.subscriptions.act(Command(desk.new_id()), stream, forget, at=desk.now())
    assert address_of(desk, newest(stage)) is None
    last = stage.ask(link(stage))
    assert (last.status_code, headline(last)) == (200, "You are not subscribed")
    assert "duty@example.org" not in last.text


def test_nothing_ticked_is_everything(stage: Stage) -> None:
    press(stage, "confirm")
    press(stage, "change", language="en")
    assert newest(stage).components == ()


def test_wishes_change_as_often_as_somebody_asks_but_not_as_a_program_could(stage: Stage) -> None:
    press(stage, "confirm")
    changed = [press(stage, "change", language=each) for each in 3 * ["ru", "en"]]
    assert [each.status_code for each in changed] == [200] * 5 + [429]
    assert newest(stage).language == "ru"
    assert press(stage, "end").status_code == 200, "nothing keeps anybody from leaving"


def test_the_button_unsubscribes(stage: Stage) -> None:
    press(stage, "confirm")
    assert headline(press(stage, "end")) == "You are not subscribed"
    assert headline(press(stage, "end")) == "You are not subscribed", "again it changes nothing"


def test_one_click_may_come_in_parts(stage: Stage) -> None:
    answer = stage.client.post(link(stage), files={"List-Unsubscribe": (None, "One-Click")})
    assert answer.request.headers["content-type"].startswith("multipart/form-data")
    assert (answer.status_code, newest(stage).step) == (200, Step.ENDED)


def test_a_request_is_confirmed_within_two_days(stage: Stage) -> None:
    stage.story.after(2 * DAY)
    late = press(stage, "confirm")
    assert late.status_code == 410
    assert "has ended" in late.text
    assert newest(stage).step is Step.REQUESTED


def test_one_that_ended_cannot_be_changed(stage: Stage) -> None:
    press(stage, "end")
    assert [press(stage, each).status_code for each in ("confirm", "change")] == [410, 410]


def test_a_webhook_is_not_confirmed_by_a_button(stage: Stage) -> None:
    stage.client.post("/en/subscribe", data={"channel": "webhook", "address": "https://example.org/status"})
    shown = stage.ask(link(stage))
    assert headline(shown) == "The address is being asked"
    assert 'value="confirm"' not in shown.text
    refused = press(stage, "confirm")
    assert (refused.status_code, newest(stage).step) == (422, Step.REQUESTED)
    assert "confirms by its answer" in refused.text


@pytest.mark.parametrize("said", [{}, {"action": "explode"}, {"List-Unsubscribe": "Two-Clicks"}])
def test_what_nobody_knows_changes_nothing(stage: Stage, said: dict[str, str]) -> None:
    answer = stage.client.post(link(stage), data=said)
    assert (answer.status_code, newest(stage).step) == (422, Step.REQUESTED)


@pytest.mark.parametrize("text", ["x", "x" * 43, "%00", "A" * 42 + "=", "ф"])
def test_a_link_that_was_made_up_shows_nothing(stage: Stage, text: str) -> None:
    for language, told in (("en", "There is no such subscription"), ("ru", "Такой подписки нет")):
        for answer in (
            stage.ask(f"/{language}/subscription/{text}"),
            stage.client.post(f"/{language}/subscription/{text}"),
        ):
            assert answer.status_code == 404
            assert told in answer.text


def test_a_mistake_in_a_change_is_told_and_changes_nothing(stage: Stage) -> None:
    press(stage, "confirm")
    answer = press(stage, "change", component=["web", "nowhere"])
    assert answer.status_code == 422
    assert "There is no component nowhere." in answer.text
    assert newest(stage).components == ("web",)


def test_confirming_another_request_takes_the_place_of_the_one_before(stage: Stage) -> None:
    press(stage, "confirm")
    before = link(stage)
    stage.story.after(SECOND)
    stage.client.post("/en/subscribe", data={"channel": "email", "address": "DUTY@example.org"})
    press(stage, "confirm")
    assert [headline(stage.ask(each)) for each in (before, link(stage))] == [
        "You are not subscribed",
        "Your subscription",
    ]
