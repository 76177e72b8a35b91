import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.component import ComponentStatus, State
from domain.incident import IncidentImpact
from status_page.files.rollup import rolled_up

WELL, SLOW, PARTIAL, MAJOR, WORKS = (
    ComponentStatus.OPERATIONAL,
    ComponentStatus.DEGRADED,
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.MAJOR_OUTAGE,
    ComponentStatus.UNDER_MAINTENANCE,
)
STATES = st.lists(st.sampled_from([*ComponentStatus, None]), max_size=5)
IMPACTS = st.lists(st.sampled_from(IncidentImpact), max_size=3)


@pytest.mark.parametrize(
    ("states", "indicator", "description"),
    [
        ([WELL, WELL], "none", "All Systems Operational"),
        ([MAJOR, MAJOR], "critical", "Major System Outage"),
        ([MAJOR, WELL], "major", "Partial System Outage"),
        ([PARTIAL, PARTIAL], "major", "Partial System Outage"),
        ([PARTIAL, SLOW], "minor", "Minor Service Outage"),
        ([SLOW, SLOW], "minor", "Degraded System Service"),
        ([SLOW, WORKS], "minor", "Partially Degraded Service"),
        ([WORKS, WELL], "maintenance", "Service Under Maintenance"),
        ([WORKS], "maintenance", "Service Under Maintenance"),
    ],
)
def test_the_components_decide(states: list[State], indicator: str, description: str) -> None:
    assert rolled_up(states, [], is_known=True) == (indicator, description)


@pytest.mark.parametrize(
    ("impact", "indicator"), [("none", "minor"), ("minor", "minor"), ("major", "major"), ("critical", "critical")]
)
def test_where_they_tell_of_no_trouble_an_open_incident_does(impact: str, indicator: str) -> None:
    for states in ([WELL], [WORKS], [None], []):
        assert rolled_up(states, ["none", impact], is_known=True).indicator == indicator


@pytest.mark.parametrize("states", [[], [None], [WELL, None], [WORKS, None]])
def test_what_is_not_known_is_said(states: list[State]) -> None:
    assert rolled_up(states, [], is_known=True) == ("minor", "State Not Fully Known")
    assert rolled_up([WELL], [], is_known=False).description == "State Not Fully Known"


@given(STATES, IMPACTS, st.booleans())
def test_all_is_well_only_if_everything_is_known_to_be(states: list[State], impacts: list[str], is_known: bool) -> None:
    is_well = is_known and not impacts and set(states) == {WELL}
    assert (rolled_up(states, impacts, is_known=is_known).indicator == "none") is is_well


@given(STATES, IMPACTS, st.booleans())
def test_only_words_that_clients_know_are_used(states: list[State], impacts: list[str], is_known: bool) -> None:
    said = rolled_up(states, impacts, is_known=is_known).indicator
    assert said in {"none", "maintenance", "minor", "major", "critical"}
