"""Whoever signs can sign anything: it is told what is wrong with it, and the verifier goes on."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.verifier.report import Fault
from domain.canonical import canonical, parse
from tests.audit.verifier.forging import Evidence, honest, republished

JUNK: Final = st.sampled_from([0, -1, 7, 2**53 - 1, "", "gold", "2026-13", "\u0436", [], [[]], {}, {"a": 1}, ["x", 3]])


def clear() -> list[int]:
    return [place for place, entry in enumerate(honest()) if b'"ty"' in entry]


@given(st.sampled_from(clear()), st.data(), JUNK)
def test_no_value_stops_the_verifier(place: int, data: st.DataObject, junk: Any) -> None:
    said = parse(honest()[place])
    name = data.draw(st.sampled_from(sorted(said)))
    with TemporaryDirectory() as folder:
        evidence = Evidence(honest(), Path(folder)).changed(place, lambda _: said | {name: junk}).publish()
        assert evidence.verified().size == len(honest())


@pytest.mark.parametrize("zone", ["gold", "", "../etc"])
def test_a_zone_that_nobody_knows_stops_nothing(evidence: Evidence, zone: str) -> None:
    moved = evidence.changed(evidence.index("desk.founded"), lambda said: said | {"zone": zone})
    assert Fault.UNKNOWN in republished(moved)


@given(st.integers(0, len(honest()) - 1), st.binary(max_size=40))
def test_no_bytes_stop_the_verifier(place: int, junk: bytes) -> None:
    with TemporaryDirectory() as folder:
        evidence = Evidence(honest(), Path(folder)).with_bytes(place, junk).publish()
        assert evidence.verified().findings


def test_values_are_still_canonical() -> None:
    assert all(canonical(parse(entry)) == entry for entry in honest())
