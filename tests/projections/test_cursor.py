import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusal import Refused
from projections.cursor import read, written

LONGEST = 2**63 - 1


@given(st.integers(-LONGEST - 1, LONGEST), st.text())
def test_a_cursor_is_read_as_it_was_written(number: int, text: str) -> None:
    assert read(written(number, text), int, str) == [number, text]


@pytest.mark.parametrize(
    "cursor",
    [
        *("", "?", "ы", written("1"), written(1, 2), written(LONGEST + 1), written(-LONGEST - 2), written(10**4000)),
        *(base64.urlsafe_b64encode(each).decode() for each in (b"1", b"[true]", b"[1.0]", b"\xff", b"[" * 100_000)),
    ],
    ids=range(13),
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Refused, match="cursor_invalid"):
        read(cursor, int)
