import base64
import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.keys import Key
from store.signed_ids import BYTES, read_signed_id, signed_id

DESK, OTHER = Key("1" * 32, b"d" * 32), Key("1" * 32, b"o" * 32)
IDS: Final = st.binary(min_size=BYTES, max_size=BYTES).map(bytes.hex)
STREAM: Final = "5a" * BYTES
TEXT: Final = signed_id(DESK, "subscription", STREAM)


@given(IDS)
def test_a_text_leads_to_the_id_that_was_signed(stream: str) -> None:
    text = signed_id(DESK, "subscription", stream)
    assert re.fullmatch("[A-Za-z0-9_-]{43}", text)
    assert read_signed_id(DESK, "subscription", text) == stream


def test_what_was_signed_for_one_purpose_opens_nothing_else() -> None:
    assert read_signed_id(DESK, "page_link", TEXT) is None


def test_what_another_desk_signed_is_not_signed_here() -> None:
    assert read_signed_id(OTHER, "subscription", TEXT) is None


@pytest.mark.parametrize("place", range(len(TEXT)))
def test_a_text_in_which_one_character_differs_leads_nowhere(place: int) -> None:
    for other in "AB":
        changed = TEXT[:place] + (other if TEXT[place] != other else "C") + TEXT[place + 1 :]
        assert read_signed_id(DESK, "subscription", changed) is None


def test_an_id_has_one_text() -> None:
    """Spare bits, padding and characters that a lenient decoder skips make no other one of it."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(TEXT[-1])
    same = TEXT[:-1] + alphabet[last ^ 1]
    assert base64.urlsafe_b64decode(same + "=") == base64.urlsafe_b64decode(TEXT + "=")
    for text in (same, TEXT + "=", TEXT + "\n", "!" + TEXT, TEXT[:5] + " " + TEXT[5:]):
        assert read_signed_id(DESK, "subscription", text) is None


@pytest.mark.parametrize("text", ["", "A", "AAAA", "я" * 43, "A" * 43, "A" * 5_000, STREAM])
def test_what_is_no_signed_id_leads_nowhere(text: str) -> None:
    assert read_signed_id(DESK, "subscription", text) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_leads_nowhere_and_breaks_nothing(text: str) -> None:
    assert read_signed_id(DESK, "subscription", text) is None
