"""What the lists show is what `domain.access` says that may be seen."""

from collections.abc import Mapping
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.access import Scope
from domain.event import Id
from domain.instant import DAY
from domain.ticket import Ticket
from domain.ticket.assignment import accept, hand_over
from domain.ticket.conversation import note
from domain.ticket.joining import askers, join_duplicate, merge
from projections import deadlines, queue, ticket
from projections.scope import Filters
from tests.cast import ACME, ANN, AT, BORIS, CY, DORA, LINES, REASONS
from tests.projections.story import Story

BOLT: Final = "b0" * 16
ON_BOTH: Final = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
EVERYBODY: Final = [CY, DORA, ANN, BORIS]
PAIRS: Final = st.frozensets(st.tuples(st.sampled_from(EVERYBODY), st.sampled_from([ACME, BOLT])), max_size=2)
SCOPES: Final = st.builds(
    Scope,
    everything=st.sampled_from([False, False, True]),
    lines=st.frozensets(st.sampled_from(["1", "2"]), max_size=1),
    teams=st.frozensets(st.sampled_from(["front", "network"]), max_size=1),
    owners=st.frozensets(st.sampled_from(EVERYBODY), max_size=1),
    organisations=st.frozensets(st.sampled_from([ACME, BOLT]), max_size=1),
    requesters=PAIRS,
    participants=PAIRS,
)


@pytest.fixture
def tickets(any_story: Story) -> Mapping[Id, Ticket]:
    """Two of each requester at each firm; Cy's go on in Dora's, one of them by way of another ticket of hers."""
    story = any_story
    opened = {
        (who, firm): [story.open(requester=who, organisation=firm) for _ in range(2)]
        for who in (CY, DORA)
        for firm in (ACME, BOLT)
    }
    joined(story, opened[CY, ACME][0], into=opened[DORA, ACME][0])
    joined(story, opened[DORA, ACME][0], into=opened[DORA, ACME][1])
    joined(story, opened[CY, BOLT][0], into=opened[DORA, BOLT][0])
    story.do(opened[CY, BOLT][1], accept, by=ANN, teams=frozenset({"front"}))
    story.do(opened[DORA, BOLT][0], hand_over, by=ANN, team="network", reason="skill", reasons=REASONS, lines=LINES)
    return {stream: story.desk.tickets.load(stream)[0] for streams in opened.values() for stream in streams}


def joined(story: Story, duplicate: Id, *, into: Id) -> None:
    state = story.desk.tickets.load(duplicate)[0]
    story.do(into, join_duplicate, duplicate=duplicate, participants=askers(state), by=ANN)
    story.do(duplicate, merge, ticket_id=duplicate, into=into, organisation=state.organisation, by=ANN)


@ON_BOTH
@given(SCOPES)
def test_every_list_of_now_or_then_shows_what_the_scope_covers(
    any_story: Story, tickets: Mapping[Id, Ticket], scope: Scope
) -> None:
    covered = {stream for stream, each in tickets.items() if scope.covers(each)}
    working = {stream for stream in covered if tickets[stream].is_open}
    head, late = any_story.desk.log.head(), AT + DAY
    with any_story.seen() as connection:
        for position in (None, head):
            listed = ticket.page(connection, scope, Filters(), position=position).tickets
            queued = queue.page(connection, scope, Filters(), at=late, position=position).tickets
            assert ({each.stream for each in listed}, {each.stream for each in queued}) == (covered, working)
        assert {each.stream for each in deadlines.hanging(connection, scope, at=late)} == working
        counted = queue.counts(connection, scope, Filters(), at=late, position=head)
    assert sum(counted.values()) == len(working)


def test_a_participant_is_shown_the_ticket_as_it_stood_before_the_merge(any_story: Story) -> None:
    ticket_of_cy = any_story.open()
    then = any_story.desk.log.head()
    joined(any_story, any_story.open(requester=DORA), into=ticket_of_cy)
    scope = Scope(participants=frozenset({(DORA, ACME)}))
    with any_story.seen() as connection:
        (queued,) = queue.page(connection, scope, Filters(), at=AT, position=then).tickets
        (listed,) = ticket.page(connection, scope, Filters(), position=then).tickets
    assert (queued.stream, listed.stream, listed.duplicates) == (ticket_of_cy, ticket_of_cy, [])


def test_a_participant_joins_once_whatever_happens_later(any_story: Story) -> None:
    stream = any_story.open()
    joined(any_story, any_story.open(requester=DORA), into=stream)
    any_story.projector.catch_up()
    any_story.do(stream, note, message="later", by=ANN, body="Odd")
    scope = Scope(participants=frozenset({(DORA, ACME)}))
    with any_story.seen() as connection:
        assert [each.stream for each in ticket.page(connection, scope, Filters()).tickets] == [stream]


def test_the_tables_of_a_view_are_called_after_it() -> None:
    assert [table.name for table in ticket.METADATA.sorted_tables if not table.name.startswith(ticket.NAME)] == []
