"""What a desk file says of the public page itself."""

from typing import Any

import pytest
import yaml

from domain.classification import Priority
from domain.configuration.label import Label
from domain.configuration.page import PLAIN, Channel, ChannelKind
from service.build import build_desk
from service.demo import FILE
from service.desk_yaml import BadDeskFile
from service.settings import Settings
from store.desk import Desk
from tests.service.desk_files import apply, default, mistakes

PHONE = {"kind": "phone", "label": {"ru": "Телефон", "en": "Phone"}, "address": "+7 800", "calendar": "always"}
SAID = {"ru": "Слова", "en": "Words"}
PAGE: dict[str, Any] = {"name": SAID, "channels": [PHONE], "priorities": {"low": SAID}, "owed": {"standard": SAID}}


@pytest.fixture
def desk(sqlite_settings: Settings) -> Desk:
    return build_desk(sqlite_settings)


@pytest.mark.parametrize("values", [{}, {"page": {}}])
def test_a_file_that_says_nothing_of_the_page_stores_nothing(desk: Desk, values: dict[str, Any]) -> None:
    assert apply(desk, default() | values) == []
    assert desk.configured.state().page == PLAIN


def test_a_page_is_stored_as_it_is_written(desk: Desk) -> None:
    assert apply(desk, default() | {"page": PAGE})
    page, said = desk.configured.state().page, Label("Слова", "Words")
    assert page.name == said
    assert page.channels == (Channel(ChannelKind.PHONE, Label("Телефон", "Phone"), "+7 800", "always"),)
    assert (page.priorities, page.owed) == ({Priority.LOW: said}, {"standard": said})


def test_a_changed_page_is_told_part_by_part(desk: Desk) -> None:
    apply(desk, default() | {"page": PAGE})
    changed = PAGE | {"channels": [PHONE | {"label": {"ru": "Телефон", "en": "Hotline"}}]}
    assert apply(desk, default() | {"page": changed}) == ["page: channels phone +7 800 label en Phone -> Hotline"]
    assert apply(desk, default() | {"page": changed}) == []
    assert apply(desk, default() | {"page": {}})
    assert desk.configured.state().page.channels == ()


def test_a_channel_has_one_of_the_known_kinds() -> None:
    [mistake] = mistakes(default() | {"page": {"channels": [PHONE | {"kind": "pigeon"}]}})
    assert mistake.startswith("page.channels.0.kind: Input should be 'phone', 'mail', 'web', 'chat' or 'messenger'")


def test_a_channel_is_named_once() -> None:
    told = "page.channels: phone +7 800 is named twice: keep one"
    assert mistakes(default() | {"page": {"channels": [PHONE, PHONE]}}) == [told]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"channels": [PHONE | {"calendar": "night"}]}, "page: there is no calendar night"),
        ({"owed": {"gold": SAID}}, "page: there is no level gold"),
    ],
)
def test_a_page_names_what_is_in_the_file(desk: Desk, values: dict[str, Any], told: str) -> None:
    with pytest.raises(BadDeskFile, match=told):
        apply(desk, default() | {"page": values})


def test_the_demonstration_describes_its_page_and_no_level_that_is_not_published(desk: Desk) -> None:
    values = yaml.safe_load(FILE.read_bytes())
    apply(desk, values)
    state = desk.configured.state()
    assert state.page.name
    assert state.page.priorities.keys() == {*Priority}
    assert state.page.owed.keys() == {key for key in state.levels.in_force if state.is_published(key, desk.now())}
