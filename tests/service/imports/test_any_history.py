"""What holds of every history, however odd."""

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from domain.instant import DAY, MINUTE
from domain.ticket import Event, Stage, folded
from service.imports.history import WAITS
from service.imports.servicenow import State
from tests.service.imports.histories import told

STATES = st.sampled_from([state.value for state in State])
CHANGES = st.fixed_dictionaries(
    {
        "assignment_group": st.sampled_from(["Group 1", "Group 2", "?"]),
        "assigned_to": st.sampled_from(["Resolver 1", "Resolver 2", "?"]),
        "priority": st.sampled_from(["1 - Critical", "3 - Moderate"]),
    }
)
HISTORIES = st.lists(st.tuples(st.integers(0, 3 * DAY // MINUTE), STATES, CHANGES), min_size=1, max_size=8).map(
    lambda rows: sorted(rows, key=lambda each: each[0])
)


@given(HISTORIES)
def test_events_follow_one_another_in_time(rows: Sequence[tuple[int, str, Mapping[str, str]]]) -> None:
    found = told(*rows, until=600)
    instants = [each.at for each in (*found.events, *found.since)]
    assert instants == sorted(instants)


@given(HISTORIES, st.data())
def test_to_import_in_two_parts_is_to_import_at_once(
    rows: Sequence[tuple[int, str, Mapping[str, str]]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(rows)))
    rest = rows[cut][0] - rows[cut - 1][0] if cut < len(rows) else 0
    earlier, later = told(*rows[:cut], until=rest), told(*rows)
    known: tuple[Event, ...] = (*earlier.events, *earlier.since)
    assert (*later.events, *later.since)[: len(known)] == known


@given(HISTORIES)
def test_whoever_has_taken_a_ticket_answers_for_it(rows: Sequence[tuple[int, str, Mapping[str, str]]]) -> None:
    found = told(*rows)
    assert folded([*found.events, *found.since]) == found.ticket
    assert found.ticket.team
    assert found.ticket.owner or not found.ticket.taken


@given(HISTORIES)
def test_what_is_waiting_in_the_log_waits_here(rows: Sequence[tuple[int, str, Mapping[str, str]]]) -> None:
    found = told(*rows)
    differing = {each.state for each in found.differences}
    assert differing <= {State.NEW}
    if rows[-1][1] in set(WAITS):
        assert found.ticket.stage is Stage.WAITING
