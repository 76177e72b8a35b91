"""Who could see a ticket: those, and only those, whom the desk would have shown it at that instant."""

from functools import reduce
from itertools import chain
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from audit.access import people_then, registered_by, seers
from audit.access_words import ACTS, GROUNDS
from domain.access import Act, Ground, caller_of, grounds, rights
from domain.configuration import Configuration, evolve
from domain.configuration.label import Label
from domain.configuration.team import TeamDefined
from domain.event import Content
from domain.instant import HOUR
from domain.person import Absence, Grant, Person, Right
from domain.person.identity import Deactivated, MergedInto, Registered
from domain.person.membership import Granted, JoinedTeam, LeftTeam
from domain.person.state import OF_ORGANISATION
from domain.ticket import Ticket
from domain.token import TokenScope
from tests.cast import ANN, AT, BORIS, DORA
from tests.domain.test_access import ACME, BEN, BOLT, PEOPLE, TEAMS, TICKET, TICKETS
from tests.domain.test_access import ANN as ANNE
from tests.projections.story import Story

LINES: Final = {"network": "second", "databases": "first"}
FIRMS: Final = st.sampled_from([ACME, BOLT])
GRANTS: Final = st.one_of(
    st.builds(Grant, st.sampled_from([each for each in Right if each not in OF_ORGANISATION])),
    st.builds(Grant, st.sampled_from(sorted(OF_ORGANISATION)), FIRMS),
)
PERSONS: Final = st.builds(
    Person,
    id=PEOPLE,
    organisations=st.frozensets(FIRMS),
    teams=st.frozensets(TEAMS),
    grants=st.frozensets(GRANTS),
    duties=st.frozensets(st.builds(Absence, st.just("8" * 32), PEOPLE, st.just(AT), st.just(AT + HOUR), PEOPLE)),
    duplicates=st.frozensets(PEOPLE),
    merged_into=st.none() | PEOPLE,
    deactivated=st.booleans(),
)


CONFIGURATION: Final = reduce(
    evolve,
    [TeamDefined(at=AT, key=team, label=Label(team, team), line=line) for team, line in LINES.items()],
    Configuration(),
)


@given(st.lists(PERSONS, max_size=6), TICKETS, st.sampled_from([AT - 1, AT, AT + HOUR]))
def test_exactly_those_are_listed_who_would_have_been_shown_it(people: list[Person], ticket: Ticket, at: int) -> None:
    found = seers(ticket, people, CONFIGURATION, at)
    callers = [caller_of(each, frozenset(TokenScope), at, LINES) for each in people]
    shown = [person for person, caller in zip(people, callers, strict=True) if rights(caller, ticket).see]
    assert [each.person for each in found] == shown
    for each in found:
        caller = caller_of(each.person, frozenset(TokenScope), at, LINES)
        assert (frozenset(each.grounds), each.rights) == (grounds(caller, ticket), rights(caller, ticket))


def test_a_deputy_sees_it_while_the_owner_is_away() -> None:
    duty = Absence("8" * 32, BEN, AT, AT + HOUR, ANNE)
    deputy = Person(id=ANNE, grants=frozenset({Grant(Right.AGENT)}), duties=frozenset({duty}))
    there = [bool(seers(TICKET, [deputy], CONFIGURATION, at)) for at in (AT - 1, AT, AT + HOUR - 1, AT + HOUR)]
    assert there == [False, True, True, False]


def test_everybody_is_known_as_of_the_position(story: Story) -> None:
    hired = story.tell("people", DORA, Registered(at=AT, name=Content(DORA, {"name": "Dora"})))
    granted = story.tell("people", DORA, Granted(at=AT, right=Right.AGENT), JoinedTeam(at=AT, team="front"))
    left = story.tell("people", DORA, LeftTeam(at=AT, team="front"), Deactivated(at=AT))
    with story.seen() as connection:
        assert DORA not in registered_by(connection, hired - 1)
        assert [*registered_by(connection, left)].count(DORA) == 1
        known = [people_then(story.desk, [DORA], position)[0] for position in (hired, granted, left)]
    assert [each.teams for each in known] == [set(), {"front"}, set()]
    assert [each.is_active for each in known] == [True, True, False]


def test_whoever_turned_out_to_be_somebody_else_is_one_person_from_then_on(story: Story) -> None:
    merged = story.tell("people", ANN, MergedInto(at=AT, into=BORIS))
    before, after = (people_then(story.desk, [ANN], position)[0] for position in (merged - 1, merged))
    assert (before.is_active, after.is_active) == (True, False)


def test_reading_people_says_how_far_it_is(story: Story) -> None:
    heard: list[int] = []
    people_then(story.desk, [ANN, BORIS], story.desk.log.head(), heard.append)
    assert heard == [1, 2]


def test_every_ground_and_every_act_has_words_in_both_languages() -> None:
    assert ({*GROUNDS}, {*ACTS}) == ({*Ground}, {*Act})
    assert all(ru != en and ru and en for ru, en in chain(GROUNDS.values(), ACTS.values()))
