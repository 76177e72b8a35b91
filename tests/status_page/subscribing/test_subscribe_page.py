import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from domain.instant import MINUTE
from domain.subscription import Step, SubscriptionChannel
from service.settings import Settings
from status_page.pages import component, front
from store import reception
from store.subscriptions import address_of, signing_secret
from store.webhook_secrets import secret_text
from tests.status_page.stage import Stage, open_stage
from tests.status_page.subscribing.requests import newest, requested

MAIL = {"channel": "email", "address": "duty@example.org", "language": "en"}
WEBHOOK = {"channel": "webhook", "address": "https://example.org/status", "language": "en"}


@pytest.fixture(autouse=True)
def _components(stage: Stage) -> None:
    stage.define("web", "mail")
    stage.get()


def post(stage: Stage, said: Mapping[str, str | list[str]], path: str = "/en/subscribe", **headers: str) -> Response:
    return stage.client.post(path, data=said, headers=headers)


def ticked(page: str) -> list[str]:
    return re.findall(r'name="component" value="(\w+)" checked', page)


def faults(page: str) -> list[str]:
    return re.findall(r'class="fault"[^>]*>([^<]+)<', page)


def test_the_form_offers_every_component_and_ticks_none(stage: Stage) -> None:
    answer = stage.ask("/en/subscribe")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert re.findall(r'name="component" value="(\w+)"', answer.text) == ["mail", "web"]
    assert ticked(answer.text) == []
    assert "Everything, unless you tick some of them." in answer.text
    assert ">Servers</legend>" in answer.text


def test_the_address_may_name_a_component(stage: Stage) -> None:
    assert ticked(stage.ask("/ru/subscribe?component=mail").text) == ["mail"]


def test_each_language_has_its_own_form_and_the_asker_s_is_chosen(stage: Stage) -> None:
    assert stage.ask("/subscribe", Accept_Language="ru").headers["cache-control"] == "no-store"
    assert "О чём сообщать" in stage.ask("/subscribe", Accept_Language="ru").text
    assert "What to tell of" in stage.ask("/subscribe", Accept_Language="de").text


def test_the_form_keeps_what_is_typed_while_the_page_of_before_changes(stage: Stage) -> None:
    assert " data-past" in stage.ask("/en/subscribe").text, "it does not renew itself"


def test_head_tells_what_get_would_send(stage: Stage) -> None:
    sent, told = stage.ask("/en/subscribe"), stage.ask("/en/subscribe", method="HEAD")
    assert (told.status_code, told.content) == (200, b"")
    assert told.headers["content-length"] == sent.headers["content-length"]
    answer = stage.ask("/en/subscribe", method="PUT")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


def test_a_request_is_stored_as_it_was_made(stage: Stage) -> None:
    answer = post(stage, {**MAIL, "component": ["mail"], "language": "ru"})
    assert answer.status_code == 200
    assert "Check your mail" in answer.text
    state = newest(stage)
    assert (state.step, state.components, state.language) == (Step.REQUESTED, ("mail",), "ru")
    assert address_of(stage.story.desk, state) == "duty@example.org"


def test_the_answer_does_not_tell_whether_the_address_is_subscribed(stage: Stage) -> None:
    first, again = (post(stage, MAIL) for _ in range(2))
    assert first.text == again.text
    assert len(set(requested(stage))) == 2


def test_a_webhook_is_told_its_secret_and_what_to_answer(stage: Stage) -> None:
    answer = post(stage, WEBHOOK)
    secret = secret_text(signing_secret(stage.story.desk, requested(stage)[-1]))
    assert f"<code>{secret}</code>" in answer.text.replace("&#43;", "+")
    assert "challenge" in answer.text
    assert newest(stage).channel is SubscriptionChannel.WEBHOOK


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"address": "duty@"}, "That is no e-mail address. Write it like duty@example.org."),
        ({"channel": "webhook", "address": "ftp://x"}, "That is no address of a webhook"),
        ({"component": ["nowhere"]}, "There is no component nowhere."),
        ({"component": [f"c{number}" for number in range(101)]}, "At most 100 components"),
    ],
)
def test_a_mistake_is_told_beside_its_field_and_nothing_that_was_typed_is_lost(
    stage: Stage, said: Mapping[str, str | list[str]], fault: str
) -> None:
    answer = post(stage, {**MAIL, "component": ["web"], "language": "ru", **said})
    assert answer.status_code == 422
    (told,) = faults(answer.text)
    assert told.startswith(fault)
    assert f'value="{said.get("address", "duty@example.org")}"' in answer.text
    assert 'value="ru" checked' in answer.text
    assert ticked(answer.text) == ([] if "component" in said else ["web"])
    assert requested(stage) == []


def test_what_is_typed_is_text(stage: Stage) -> None:
    answer = post(stage, {**MAIL, "address": '"><script>'})
    assert '"><script>' not in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text


def test_mistakes_are_told_in_the_language_of_the_page(stage: Stage) -> None:
    (told,) = faults(post(stage, {**WEBHOOK, "address": "x"}, "/ru/subscribe").text)
    assert told.startswith("Это не адрес вебхука")


def test_whoever_asks_too_often_is_told_when_to_come_again(stage: Stage) -> None:
    for number in range(5):
        assert post(stage, {**MAIL, "address": f"{number}@example.org"}).status_code == 200
    refused = post(stage, MAIL)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert faults(refused.text) == ["Try again in 60 seconds."]
    stage.story.after(MINUTE)
    assert post(stage, MAIL).status_code == 200


@pytest.mark.parametrize(
    ("askers", "last"),
    [
        ("2001:db8:0:1::{}", 429),
        ("2001:db8:0:{}::1", 200),
        ("::ffff:192.0.2.{}", 200),
        ("192.0.2.{}", 200),
    ],
)
def test_a_line_of_ipv6_has_one_allowance_however_many_addresses_it_has(stage: Stage, askers: str, last: int) -> None:
    clients = [TestClient(stage.client.app, client=(askers.format(number), 1)) for number in range(1, 7)]
    asked = [each.post("/en/subscribe", data={**MAIL, "address": f"{n}@a.org"}) for n, each in enumerate(clients)]
    assert [each.status_code for each in asked] == [200] * 5 + [last]


def test_one_address_is_asked_three_times_in_an_hour(stage: Stage) -> None:
    asked = [
        post(stage, {**MAIL, "address": each}).status_code for each in ["Duty@example.org"] + 3 * [MAIL["address"]]
    ]
    assert asked == [200, 200, 200, 429]


def test_when_too_many_wait_nobody_else_may_ask(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "MOST_WAITING", 1)
    post(stage, MAIL)
    stage.story.projector.catch_up()
    refused = post(stage, {**MAIL, "address": "other@example.org"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "3600")
    assert "wait for their confirmation" in faults(refused.text)[0]


def test_a_body_that_is_too_long_is_not_read(stage: Stage) -> None:
    answer = post(stage, {**MAIL, "address": "x" * 9_000})
    assert (answer.status_code, answer.headers["cache-control"]) == (413, "no-store")


@pytest.mark.parametrize("body", [b"\xff=\xff&address=%ff", b"&" * 300, b"a=1&" * 300, b""])
def test_whatever_is_sent_is_answered_in_words(stage: Stage, body: bytes) -> None:
    answer = stage.client.post("/en/subscribe", content=body)
    assert answer.status_code == 422
    assert faults(answer.text)


@pytest.fixture
def without_mail(sqlite_settings: Settings) -> Iterator[Stage]:
    with open_stage(
        sqlite_settings.model_copy(update={"data_dir": sqlite_settings.data_dir / "other"}), offers_mail=False
    ) as opened:
        opened.get()
        yield opened


def test_where_no_mail_is_sent_nothing_is_said_of_it(without_mail: Stage) -> None:
    page = without_mail.ask("/en/subscribe").text
    assert "mail" not in page[page.index("<main") : page.index("</main")]
    assert faults(post(without_mail, MAIL).text) == ["Announcements are not sent by e-mail here, only to webhooks."]
    assert post(without_mail, WEBHOOK).status_code == 200


def test_pages_lead_there_and_copies_do_not(stage: Stage) -> None:
    assert 'href="/en/subscribe?component=web"' in stage.get("/en/components/web").text
    assert 'href="/ru/subscribe"' in stage.get("/ru/").text
    with stage.edition() as opened:
        copy = replace(opened, mark=replace(opened.mark, is_copy=True))
        pages = [front.html(copy, "en", {}), component.html(copy, "en", {"key": "web"})]
    assert [page for page in pages if page is None or b"/subscribe" in page] == []
