"""Single entries: what is canonical, what may stand where."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.verifier.entry import Courses, parsed
from audit.verifier.report import Fault, Report
from domain.canonical import NotCanonical, canonical, parse
from domain.instant import HOUR, MINUTE

PLAIN = {"_sd": ["x"], "at": 5, "rec": 5, "sv": 1, "tk": "a", "ty": "page.described", "src": "live", "v": 1}
JSON = st.recursive(
    st.integers(-(2**60), 2**60) | st.text(max_size=4) | st.floats() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab_\u0436", max_size=3), inner, max_size=3),
)
EDITS = [(b",", b", "), (b"1", b"1.0"), (b"1", b"01"), (b'"a"', b'"b"'), (b"}", b"}}"), (b'"', b"'"), (b"1", b"true")]


def read(*entries: Any) -> Report:
    """What is found in these entries."""
    report = Report()
    courses = Courses(report)
    for index, entry in enumerate(entries):
        courses.read(index, entry if isinstance(entry, bytes) else canonical(PLAIN | entry))
    return report


def outcome(read: Any, raw: bytes) -> Any:
    try:
        return read(raw)
    except NotCanonical:
        return NotCanonical


@given(st.dictionaries(st.sampled_from(["a", "b", "at"]), JSON, max_size=3), st.sampled_from(EDITS))
def test_the_quick_way_to_read_is_as_strict_as_the_slow_one(value: dict[str, Any], edit: tuple[bytes, bytes]) -> None:
    try:
        raw = canonical(value)
    except NotCanonical:
        return
    assert parsed(raw) == value
    edited = raw.replace(*edit)
    assert outcome(parsed, edited) == outcome(parse, edited)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a":1.5}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":true}',
        b'{"a":null}',
        b'{"a":"\\u0041"}',
        b'{"a": 1}',
        b'{"a":"\xff"}',
        b'{"a":"\x01"}',
        b'{"a":[1,[]]} ',
    ],
)
def test_what_can_be_written_otherwise_is_not_canonical(raw: bytes) -> None:
    assert outcome(parsed, raw) is NotCanonical


def test_entries_in_their_order_are_as_they_should_be() -> None:
    report = read({}, {"sv": 2}, {"tk": "b"}, b'{"_sd":["%b"],"v":1}' % (b"x" * 43))
    assert (report.findings, report.events) == ([], {"page.described": 3})


@pytest.mark.parametrize("digests", [[1], "x", [["x"]], ["x", "x"]])
def test_digests_are_different_strings(digests: Any) -> None:
    assert [each.fault for each in read({"_sd": digests}).findings] == [Fault.FORM]


def test_an_opaque_entry_commits_to_each_digest_once() -> None:
    twice = b'{"_sd":["%b","%b"],"v":1}' % (b"x" * 43, b"x" * 43)
    assert [each.fault for each in read(twice).findings] == [Fault.FORM]


@pytest.mark.parametrize("value", ["5", [], -1, 10**14])
@pytest.mark.parametrize("name", ["at", "rec"])
def test_a_time_is_one(name: str, value: Any) -> None:
    assert [each.fault for each in read({name: value}).findings] == [Fault.FORM]


@pytest.mark.parametrize(("name", "value"), [("tk", []), ("tk", 5), ("sv", "1"), ("ty", 1), ("src", "rumour")])
def test_a_stream_a_number_and_a_source_are_such(name: str, value: Any) -> None:
    assert [each.fault for each in read({name: value}).findings] == [Fault.FORM]


def test_streams_are_counted_without_gaps() -> None:
    assert [each.fault for each in read({}, {"sv": 3}).findings] == [Fault.COUNTER]
    assert [each.fault for each in read({"sv": 2}).findings] == [Fault.COUNTER]


def test_a_stream_is_stored_in_its_order() -> None:
    later = {"rec": 9 * MINUTE, "at": 9 * MINUTE}
    earlier = {"rec": 8 * MINUTE, "at": 8 * MINUTE}
    assert [each.fault for each in read(later, earlier | {"sv": 2}).findings] == [Fault.TIME]
    assert read(later, earlier | {"tk": "b"}).findings == []


def test_streams_are_stored_about_at_the_same_time() -> None:
    report = read({"rec": HOUR, "at": HOUR}, {"rec": 40 * MINUTE, "at": 40 * MINUTE, "tk": "b"})
    assert [each.fault for each in report.findings] == [Fault.TIME]


def test_what_is_told_late_or_imported_is_asserted() -> None:
    report = read(
        {"rec": HOUR}, {"rec": HOUR, "tk": "b", "src": "import"}, {"rec": HOUR, "tk": "c", "src": "simulation"}
    )
    assert (report.findings, report.entries) == ([], {"late": 1, "import": 1, "simulation": 1})
