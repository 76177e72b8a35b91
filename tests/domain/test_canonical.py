import json
import string
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.canonical import LARGEST, NotCanonical, canonical, parse
from domain.event import Visibility

KEYS = st.text(string.printable, max_size=5)
PLAIN = st.text(max_size=8) | st.integers(1 - LARGEST, LARGEST - 1)
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=12
)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert parse(canonical(value)) == value


@given(st.dictionaries(KEYS, VALUES, max_size=5), st.randoms(use_true_random=False))
def test_equal_values_have_equal_bytes(value: dict[str, Any], random: Any) -> None:
    shuffled = list(value.items())
    random.shuffle(shuffled)
    assert canonical(dict(shuffled)) == canonical(value)


@given(VALUES, VALUES)
def test_other_values_have_other_bytes(one: Any, other: Any) -> None:
    assert (canonical(one) == canonical(other)) == (one == other)


@given(VALUES)
def test_any_json_reader_reads_it(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(st.binary(max_size=40) | st.text(max_size=20).map(str.encode))
def test_bytes_are_canonical_or_refused(raw: bytes) -> None:
    try:
        value = parse(raw)
    except NotCanonical:
        return
    assert canonical(value) == raw


@given(VALUES.filter(lambda value: not isinstance(value, str)), st.sampled_from([b" ", b"\n", b"\t"]), st.booleans())
def test_white_space_around_a_value_is_refused(value: Any, space: bytes, before: bool) -> None:
    raw = canonical(value)
    with pytest.raises(NotCanonical, match="differ from the canonical form"):
        parse(space + raw if before else raw + space)


def test_keys_are_sorted_and_nothing_is_escaped_that_need_not_be() -> None:
    assert canonical({"b": [1, -2], "a": 'щ"\\/\x7f\x1f\n', "A": {}}) == (
        '{"A":{},"a":"щ\\"\\\\/\x7f\\u001f\\n","b":[1,-2]}'.encode()
    )


def test_a_tuple_is_a_list_and_an_enum_is_its_value() -> None:
    assert canonical(("a", Visibility.CLEAR, HTTPStatus.OK)) == b'["a","clear",200]'


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (1.0, r"\$ is 1.0"),
        (True, r"\$ is True"),
        ({"a": [0, None]}, r"\$.a\[1\] is None"),
        ([LARGEST], r"\$\[0\] is 9007199254740992"),
        ({"a": -LARGEST}, r"\$.a is -9007199254740992"),
        ({"ключ": 1}, r"\$ has the key 'ключ'"),
        ({"a": {1: 1}}, r"\$.a has the key 1"),
        ([b"bytes"], r"\$\[0\] is a bytes"),
        ({"a": {1, 2}}, r"\$.a is a set"),
        ("\ud800", "half of a surrogate pair"),
        ({"a": ["\udfff"]}, "half of a surrogate pair"),
    ],
)
def test_what_can_be_written_in_more_than_one_way_is_refused_with_its_place(value: Any, where: str) -> None:
    with pytest.raises(NotCanonical, match=where):
        canonical(value)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b"[1, 2]",
        b"-0",
        b"1e3",
        b"1.0",
        b"NaN",
        b"null",
        b"true",
        b"01",
        b'"\\u0061"',
        b'"\\/"',
        b'"\\u001F"',
        b'"\\ud800"',
        b'\xef\xbb\xbf"a"',
        '"a"'.encode("utf-16"),
        b'"\xff"',
        b"9007199254740992",
        b"9" * 5_000,
        b"",
        b"{",
        b"1 2",
    ],
)
def test_bytes_outside_the_form_are_refused(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse(raw)


@pytest.mark.parametrize("deep", [600, 900, 100_000])
def test_bytes_nested_beyond_all_reason_are_refused(deep: int) -> None:
    """Whether their reader gives up or their writer."""
    with pytest.raises(NotCanonical):
        parse(b'{"a":' * deep + b"1" + b"}" * deep)
