from hypothesis import given
from hypothesis import strategies as st

from domain.code import ALPHABET, LENGTH, code_of


def test_a_code_is_for_ever() -> None:
    assert code_of("component", "web") == "cmbbwar6f39u"


def test_things_of_two_kinds_have_two_codes() -> None:
    assert code_of("component", "web") != code_of("component_group", "web")


@given(st.text(), st.text())
def test_a_code_is_twelve_small_letters_and_digits(noun: str, key: str) -> None:
    code = code_of(noun, key)
    assert len(code) == LENGTH == 12
    assert set(code) <= set(ALPHABET) <= set("0123456789abcdefghijklmnopqrstuvwxyz")
