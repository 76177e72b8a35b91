import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.imports.keys import keys_of, slug


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("API Requests", "api-requests"),
        ("— Catalog", "catalog"),
        ("Fastly Sāo Paulo (GRU)", "fastly-sao-paulo-gru"),
        ("Личный кабинет", ""),
        ("a" * 63 + " b", "a" * 63),
    ],
)
def test_a_name_becomes_a_key(name: str, key: str) -> None:
    assert slug(name) == key


def test_a_name_in_another_alphabet_has_a_key_of_its_own() -> None:
    keys = keys_of(["Сайт", "Почта"])
    assert len(set(keys.values())) == 2
    assert all(key.startswith("component-") for key in keys.values())


@given(st.lists(st.text(min_size=1), unique=True))
def test_names_have_keys_that_a_desk_file_takes_and_that_tell_them_apart(names: list[str]) -> None:
    keys = keys_of(names)
    assert len(set(keys.values())) == len(names)
    assert all(re.fullmatch("[a-z0-9][a-z0-9_-]{0,63}", key) for key in keys.values())
