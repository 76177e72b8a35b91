"""Instants and texts at the door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.language import preferred
from api.limits import KNOWN, Allowance
from api.types import LAST, instant_of, text_of
from domain.instant import SECOND


@given(st.integers(0, LAST))
def test_an_instant_is_read_as_it_is_written(instant: int) -> None:
    assert instant_of(text_of(instant)) == instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00.5z", 500),
        ("1970-01-01T03:00:00.0019+03:00", 1),
        ("9999-12-30T23:59:59.999Z", LAST),
        ("9999-12-31T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("1969-12-31T23:59:59Z", None),
        ("9999-12-31T23:59:59-01:00", None),
        ("2026-02-30T00:00:00Z", None),
        ("2026-06-30T23:59:60Z", None),
        ("2026-06-30 23:59:00Z", None),
        ("2026-06-30T23:59:00", None),
        ("٢٠٢٦-06-30T23:59:00Z", None),
        (5, None),
    ],
)
def test_only_an_rfc_3339_date_time_is_an_instant(text: object, instant: int | None) -> None:
    if instant is None:
        with pytest.raises(ValueError, match=r".+"):
            instant_of(text)
    else:
        assert instant_of(text) == instant


@given(st.text(max_size=60))
def test_any_header_prefers_a_language_that_is_spoken(header: str) -> None:
    assert preferred(header) in {"en", "ru"}


def test_whoever_was_quiet_for_the_longest_is_forgotten() -> None:
    allowance = Allowance(1, SECOND)
    for token in range(KNOWN + 1):
        allowance.take(str(token), 0)
    allowance.take("0", 0)
