import pytest
from sqlalchemy.exc import OperationalError

from status_page.subscribing import asked
from status_page.subscribing.asked import fields_of
from store.log import Conflict
from tests.status_page.stage import Stage


@pytest.mark.parametrize(
    ("body", "media_type", "fields"),
    [
        (b"a=1&a=2&b=", "application/x-www-form-urlencoded", {"a": ["1", "2"], "b": [""]}),
        (b"a%5Bb%5D%5B%5D=%D1%84", "", {"a[b][]": ["ф"]}),
        (b'{"a": {"b": ["c", 5], "d": "e", "f": 6}}', "application/json", {"a[b][]": ["c"], "a[d]": ["e"]}),
        (b'{"a": "\\ud800"}', "application/json; charset=utf-8", {}),
        (b"[" * 8_000, "application/json", {}),
        (b'{"a":' * 1_500, "application/json", {}),
        (b"5", "application/json", {"": []}),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x", {}),
        (b"", "multipart/form-data", {}),
    ],
)
def test_forms_parts_and_objects_say_the_same(body: bytes, media_type: str, fields: dict[str, list[str]]) -> None:
    assert {name: said for name, said in fields_of(body, media_type).items() if name} == {
        name: said for name, said in fields.items() if name
    }


@pytest.mark.parametrize("fault", [OperationalError("", {}, Exception()), Conflict()])
def test_what_cannot_be_done_now_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def away(*_: object, **__: object) -> None:
        raise fault

    stage.get()
    monkeypatch.setattr(type(stage.story.desk.subscriptions), "act", away)
    answer = stage.client.post("/en/subscribe", data={"channel": "email", "address": "duty@example.org"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_when_too_many_ask_at_once_some_are_asked_to_come_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.get()
    monkeypatch.setattr(asked, "WAITING", 0)
    answer = stage.ask("/ru/subscribe")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_before_the_views_are_built_there_is_no_form(stage: Stage) -> None:
    assert stage.ask("/en/subscribe").status_code == 503
