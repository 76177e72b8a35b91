"""The quick way to read an entry comes to the same as the slow one, and refuses nothing and accepts nothing else."""

import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.verifier.decode import UNREADABLE, Decoder, public_of
from audit.verifier.entry import Courses, Entry
from audit.verifier.forms import Forms
from audit.verifier.report import Report
from domain.canonical import canonical, parse
from domain.event import Public, event
from domain.shapes import event_classes
from tests.audit.verifier.forging import honest
from tests.golden import file_of

CLASSES: Final = event_classes()
DECODER: Final = Decoder(CLASSES)
FORMS: Final = Forms(CLASSES)
GOLDEN: Final = [json.loads(file_of(each).read_text())["envelope"] for each in CLASSES]
CLEAR: Final = [said for said in GOLDEN if "at" in said]
TOLD: Final = next(said for said in CLEAR if said["ty"] == "ticket.clock_decided")
CLOSED: Final = next(said for said in CLEAR if said["ty"] == "ticket.closed")
NUMBERS: Final = [*map(str, (0, -1, 7, 10**14 - 1, 10**14, 10**15 - 1, 2**53)), "-0", "00", "01", "1.0", "1e3"]
STRINGS: Final = [r'"a\"b"', r'"\u0061"', r'"\\"', '""', '" "', '"live"', '"\u0436"', '"\x7f"', '"\x1f"', '"a']
OTHERS: Final = ("null", "true", "[]", '["x"]', "{}", '{"a":1}', "", " 1", "1 ")
JUNK: Final = st.sampled_from([0, 1, -7, 10**14, 2**53 - 1, "", "gold", "\u0436", 'a"b', "a\\b", "\x7f", [], ["x"], {}])
BITS: Final = [*b'{}[]",:0123456789-+.eE \\\xff\x00aty_sdlivenul']


def slowly(raw: bytes) -> Any:
    """What is read value by value: the entry, its event, and what is wrong with it."""
    return _read(Courses(Report()), raw)


def quickly(raw: bytes) -> Any:
    return _read(Courses(Report(), FORMS.entry), raw)


def _read(courses: Courses, raw: bytes) -> Any:
    entry = courses.read(3, raw)
    return (entry and _told(entry)), courses.report.as_json(), courses.opaque, courses.latest


def _told(entry: Entry) -> Any:
    told = entry.place, entry.name, entry.at, entry.rec, entry.source, entry.stream, entry.number, entry.begins
    try:
        known = entry.event or DECODER.event(entry.name, entry.values)
    except UNREADABLE as fault:
        return told, type(fault)
    return told, type(known), vars(known)


@pytest.mark.parametrize("said", CLEAR, ids=lambda said: said["ty"])
def test_what_was_ever_stored_in_clear_is_read_alike(said: dict[str, Any]) -> None:
    assert quickly(canonical(said)) == slowly(canonical(said))


def test_all_that_is_said_of_tickets_has_a_usual_form() -> None:
    stored = [*map(canonical, CLEAR), *honest()]
    assert all(FORMS.entry(0, raw) for raw in stored if b'"ty":"ticket.' in raw)


@pytest.mark.parametrize("said", [TOLD, CLOSED], ids=lambda said: said["ty"])
@pytest.mark.parametrize("text", [*NUMBERS, *STRINGS, *OTHERS])
def test_whatever_stands_in_the_place_of_a_value_it_is_read_alike(said: dict[str, Any], text: str) -> None:
    for name, value in said.items():
        member = f'"{name}":'.encode()
        raw = canonical(said).replace(member + canonical(value), member + text.encode())
        assert quickly(raw) == slowly(raw)


@given(st.sampled_from(CLEAR), st.data())
def test_whatever_values_it_has_it_is_read_alike(said: dict[str, Any], data: st.DataObject) -> None:
    names = st.sampled_from([*sorted(said), *public_of(DECODER.classes[said["ty"]]), "more"])
    changed = data.draw(st.dictionaries(names, JUNK, max_size=3))
    gone = data.draw(st.sets(names, max_size=2))
    raw = canonical({name: value for name, value in (said | changed).items() if name not in gone})
    assert quickly(raw) == slowly(raw)


@given(st.sampled_from(honest()), st.data())
def test_whatever_bytes_are_changed_it_is_read_alike(raw: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 2)))
        raw = raw[:start] + bytes(data.draw(st.lists(st.sampled_from(BITS), max_size=2))) + raw[end:]
    assert quickly(raw) == slowly(raw)


@given(st.sampled_from([raw for raw in honest() if b'"ty":' in raw]), st.data())
def test_members_in_another_order_or_twice_are_read_alike(raw: bytes, data: st.DataObject) -> None:
    members = [json.dumps({name: value}, separators=(",", ":"))[1:-1] for name, value in parse(raw).items()]
    drawn = data.draw(st.lists(st.sampled_from(members), min_size=len(members) - 1, max_size=len(members) + 1))
    moved = data.draw(st.permutations(members))
    for told in (drawn, moved, [*members, members[-1]], members):
        other = f"{{{','.join(told)}}}".encode()
        assert quickly(other) == slowly(other)


def test_a_digest_that_stands_there_twice_is_found() -> None:
    twice, other = (TOLD | {"_sd": ["x" * 43, last * 43]} for last in "xy")
    assert FORMS.entry(0, canonical(other))
    assert FORMS.entry(0, canonical(twice)) is None
    assert quickly(canonical(twice)) == slowly(canonical(twice))


def test_a_class_that_is_more_than_its_fields_has_no_usual_form() -> None:
    @event("thing.checked", ru="", en="")
    class Plain:
        at: Public[int]

    class Checked(Plain):
        def __post_init__(self) -> None:
            raise ValueError

    said = {name: CLOSED[name] for name in ("_sd", "at", "rec", "src", "sv", "tk", "v")}
    raw = canonical(said | {"ty": "thing.checked"})
    assert Forms([Plain]).entry(0, raw)
    assert Forms([Checked]).entry(0, raw) is None
