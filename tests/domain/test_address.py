import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.address import normalised
from domain.refusal import Refused


@pytest.mark.parametrize(
    ("channel", "written", "found"),
    [
        ("mail", " Ann.Smith@Example.ORG ", "ann.smith@example.org"),
        ("mail", "анна@пример.рф", "анна@xn--e1afmkfd.xn--p1ai"),
        ("mail", "anna@xn--e1afmkfd.xn--p1ai", "anna@xn--e1afmkfd.xn--p1ai"),
        ("phone", "+7 (495) 123-45-67", "+74951234567"),
        ("telegram", "@Ann", "@ann"),
    ],
)
def test_an_address_has_one_form(channel: str, written: str, found: str) -> None:
    assert normalised(channel, written) == found


@pytest.mark.parametrize(
    ("channel", "written"),
    [
        ("mail", "ann"),
        ("mail", "@example.org"),
        ("mail", "ann@"),
        ("mail", "ann@example..org"),
        ("mail", "Ann <ann@example.org>"),
        ("mail", "ann@one@example.org"),
        ("phone", "8 495 123-45-67"),
        ("phone", "+7 495 call me"),
        ("phone", "+123456"),
        ("phone", "+1234567890123456"),
        ("telegram", "  "),
    ],
)
def test_what_is_no_address_is_refused(channel: str, written: str) -> None:
    with pytest.raises(Refused) as refused:
        normalised(channel, written)
    assert refused.value == Refused("address_invalid", channel=channel)


@given(st.sampled_from(["mail", "phone", "telegram"]), st.text() | st.emails() | st.from_regex(r"\+[0-9 ]+"))
def test_the_one_form_is_the_form_of_itself(channel: str, written: str) -> None:
    try:
        found = normalised(channel, written)
    except Refused:
        return
    assert normalised(channel, found) == found
