import pytest

from domain.announcement import announced
from domain.event import Content
from domain.refusal import Refused

OWNER = "1" * 32


def test_a_text_is_sealed_under_the_key_of_what_it_belongs_to() -> None:
    assert announced(OWNER, "title", {"en": "Down", "ru": "Сбой"}) == Content(OWNER, {"ru": "Сбой", "en": "Down"})


def test_one_language_is_enough() -> None:
    assert announced(OWNER, "title", {"ru": "Сбой", "en": " \n"}).text == {"ru": "Сбой"}


@pytest.mark.parametrize("text", [{}, {"ru": ""}, {"ru": " ", "en": "\t"}])
def test_an_announcement_has_words(text: dict[str, str]) -> None:
    with pytest.raises(Refused) as refusal:
        announced(OWNER, "title", text)
    assert refusal.value == Refused("text_missing", field="title")


def test_a_language_that_the_page_does_not_speak_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        announced(OWNER, "title", {"en": "Down", "fr": "Panne", "de": "Ausfall"})
    assert refusal.value == Refused("language_unknown", language="de", known="ru, en")
