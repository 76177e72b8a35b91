import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.alertmanager.times import LAST, instant_of, text_of


@given(st.integers(0, LAST))
def test_what_was_written_is_read(instant: int) -> None:
    assert instant_of(text_of(instant)) == instant


@given(st.integers(0, LAST), st.integers(0, 999_999))
def test_what_is_finer_than_a_millisecond_is_cut_off(instant: int, nanoseconds: int) -> None:
    assert instant_of(f"{text_of(instant)[:-1]}{nanoseconds:06}Z") == instant


@given(st.text())
def test_any_text_is_an_instant_or_none(text: str) -> None:
    assert instant_of(text) is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T03:00:00+03:00", 0),
        ("1970-01-01T00:00:01.5-00:00", 1_500),
        ("2026-11-22T15:01:03.061999999Z", 1_795_359_663_061),
        ("9999-12-30T23:59:59.999Z", LAST),
    ],
)
def test_an_instant_is_read_in_any_zone(text: str, instant: int) -> None:
    assert instant_of(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "1969-12-31T23:59:59.999Z",
        "1970-01-01T00:59:00+01:00",
        "9999-12-31T23:59:59-23:59",
        "2026-11-22",
        "2026-11-22T15:01:03",
        "2026-11-22 15:01:03Z",
        "2026-11-22T15:01:60Z",
        "2026-02-30T15:01:03Z",
        "2026-11-22T15:01:03.0000000001Z",
        "2026-11-22T15:01:03+24:00",
        "2026-11-22T15:01:03+01:60",
        "٢٠٢٦-11-22T15:01:03Z",
    ],
)
def test_what_names_no_instant_from_1970_on_is_none(text: str) -> None:
    assert instant_of(text) is None
