from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import (
    CLIENT,
    LEAD_ALONE,
    PARTICIPANT,
    STAFF,
    Act,
    Caller,
    Rights,
    Scope,
    caller_of,
    may,
    may_open,
    rights,
    scope_of,
)
from domain.person import Absence, Grant, Person, Right
from domain.person.state import WORKING
from domain.ticket import Stage, Ticket
from domain.token import TokenScope

ANN, BEN, CAT = "a" * 32, "b" * 32, "c" * 32
ACME, BOLT = "1" * 32, "2" * 32
ALL = frozenset(TokenScope)
TICKET = Ticket(stage=Stage.ACCEPTED, requester=CAT, organisation=ACME, line="second", team="network", owner=BEN)
NOTHING = Rights()
"""What is answered as if there were no ticket."""


def caller(*roles: Right, person: str = ANN, **facts: frozenset[str]) -> Caller:
    return Caller(person=person, roles=frozenset(roles), scopes=ALL, **facts)


def only(*names: str) -> frozenset[str]:
    return frozenset(names)


agent = partial(caller, Right.AGENT)
contractor = partial(caller, Right.CONTRACTOR)
contact = partial(caller, organisations=only(ACME))
AS_STAFF = Rights(see=True, see_internal=True, act=STAFF)
AS_CLIENT = Rights(see=True, see_internal=False, act=CLIENT)
AS_PARTICIPANT = Rights(see=True, see_internal=False, act=frozenset({Act.WRITE}))


@pytest.mark.parametrize(
    "who",
    [
        agent(teams=only("network")),
        agent(lines=only("second")),
        agent(granted_organisations=only(ACME)),
        agent(person=BEN),
        agent(duplicates=only(BEN)),
        agent(stands_in_for=only(BEN)),
        contractor(granted_organisations=only(ACME)),
    ],
)
def test_staff_work_on_what_lies_with_them(who: Caller) -> None:
    assert rights(who, TICKET) == AS_STAFF


def test_other_teams_and_lines_see_nothing() -> None:
    assert (
        rights(agent(teams=only("databases"), lines=only("first"), granted_organisations=only(BOLT)), TICKET) == NOTHING
    )


def test_whoever_owned_a_ticket_sees_it_after_a_hand_over_until_somebody_takes_it() -> None:
    first_line = agent(person=BEN, lines=only("first"))
    assert rights(first_line, replace(TICKET, awaits_acceptance=True)).see
    assert not rights(first_line, replace(TICKET, owner=CAT)).see


def test_a_contractor_sees_no_other_organisation_even_as_owner() -> None:
    who = contractor(Right.LEAD, person=BEN, teams=only("network"), lines=only("second"), stands_in_for=only(CAT))
    assert rights(who, TICKET) == NOTHING


def test_only_the_lead_of_the_line_changes_promises_and_figures() -> None:
    assert rights(caller(Right.LEAD, lines=only("second")), TICKET).act == STAFF | LEAD_ALONE
    assert rights(caller(Right.LEAD, person=BEN, lines=only("first")), TICKET).act == STAFF
    hired = contractor(Right.LEAD, lines=only("second"), granted_organisations=only(ACME))
    assert rights(hired, TICKET).act == STAFF


def test_a_contact_sees_its_own_tickets() -> None:
    assert rights(contact(person=CAT), TICKET) == AS_CLIENT
    assert rights(contact(duplicates=only(CAT)), TICKET) == AS_CLIENT
    assert rights(contact(), TICKET) == NOTHING


def test_a_contact_sees_the_tickets_of_the_firm_by_grant() -> None:
    assert rights(contact(sees_organisations=only(ACME)), TICKET) == AS_CLIENT


def test_a_participant_sees_the_ticket_as_a_client_and_writes_in_it() -> None:
    joined = replace(TICKET, participants=only(ANN))
    assert rights(contact(), joined) == AS_PARTICIPANT
    assert rights(contact(person=BEN, duplicates=only(ANN)), joined) == AS_PARTICIPANT
    assert rights(contact(person=BEN), joined) == NOTHING


@pytest.mark.parametrize("more", [contact(person=CAT, duplicates=only(ANN)), contact(sees_organisations=only(ACME))])
def test_a_participant_who_is_more_than_that_does_what_a_client_does(more: Caller) -> None:
    assert rights(more, replace(TICKET, participants=only(ANN))) == AS_CLIENT


def test_staff_who_participate_write_as_staff() -> None:
    who = agent(lines=only("second"), organisations=only(ACME))
    assert rights(who, replace(TICKET, participants=only(ANN))) == AS_STAFF


def test_whoever_is_no_longer_a_contact_sees_nothing() -> None:
    assert rights(caller(person=CAT, sees_organisations=only(ACME)), TICKET) == NOTHING
    assert rights(caller(person=CAT, organisations=only(BOLT)), TICKET) == NOTHING
    assert rights(caller(person=ANN, organisations=only(BOLT)), replace(TICKET, participants=only(ANN))) == NOTHING


def test_staff_who_are_a_contact_too_may_do_both() -> None:
    assert rights(agent(person=CAT, lines=only("second"), organisations=only(ACME)), TICKET).act == STAFF | CLIENT


def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    assert rights(caller(Right.AUDITOR), TICKET) == Rights(see=True, see_internal=True, act=frozenset({Act.READ_TRAIL}))


def test_an_administrator_sees_no_ticket() -> None:
    assert rights(caller(Right.ADMINISTRATOR, lines=only("second"), teams=only("network")), TICKET) == NOTHING


@pytest.mark.parametrize("role", Right)
def test_a_ticket_that_is_not_there_is_seen_by_nobody(role: Right) -> None:
    assert rights(caller(role, lines=only(""), teams=only("")), Ticket()) == NOTHING


def test_scopes_limit_what_a_token_may_do() -> None:
    who = agent(lines=only("second"))
    reading = replace(who, scopes=frozenset({TokenScope.TICKETS_READ}))
    assert rights(reading, TICKET) == Rights(see=True, see_internal=True)
    auditing = replace(who, scopes=frozenset({TokenScope.TICKETS_READ, TokenScope.AUDIT_READ}))
    assert rights(auditing, TICKET).act == {Act.READ_TRAIL}
    writing = replace(who, scopes=frozenset({TokenScope.TICKETS_WRITE}))
    assert rights(writing, TICKET) == NOTHING


@pytest.mark.parametrize(
    ("who", "organisations"),
    [
        (contact(), {ACME}),
        (agent(), {ACME, BOLT}),
        (contractor(granted_organisations=only(BOLT)), {BOLT}),
        (contractor(organisations=only(ACME)), {ACME}),
        (caller(Right.ADMINISTRATOR), set()),
        (caller(Right.AUDITOR, organisations=only(ACME)), set()),
        (replace(contact(), scopes=ALL - {TokenScope.TICKETS_WRITE}), set()),
    ],
)
def test_a_ticket_is_opened_by_a_contact_or_by_staff_on_its_behalf(who: Caller, organisations: set[str]) -> None:
    assert {each for each in (ACME, BOLT) if may_open(who, each)} == organisations


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        (Right.ADMINISTRATOR, {"configuration:write", "people:write", "components:write", "alerts:write"}),
        (Right.LEAD, {"components:write", "alerts:write"}),
        (Right.AGENT, {"components:write", "alerts:write"}),
        (Right.CONTRACTOR, set()),
        (Right.AUDITOR, {"audit:read"}),
    ],
)
def test_each_role_may_do_its_own_for_the_whole_desk(role: Right, scopes: set[str]) -> None:
    assert {scope for scope in TokenScope if may(caller(role), scope)} == scopes
    assert not any(may(replace(caller(role), scopes=frozenset()), scope) for scope in TokenScope)


def test_a_caller_is_a_person_as_of_an_instant() -> None:
    person = Person(
        id=ANN,
        organisations=only(ACME),
        teams=only("network", "withdrawn"),
        grants=frozenset(
            {Grant(Right.LEAD), Grant(Right.SEES_ORGANISATION, ACME), Grant(Right.SERVES_ORGANISATION, BOLT)}
        ),
        duties=frozenset({Absence("8" * 32, BEN, 10, 20, ANN)}),
        duplicates=only(CAT),
    )
    assert caller_of(person, ALL, 10, {"network": "second", "databases": "third"}) == Caller(
        person=ANN,
        duplicates=only(CAT),
        roles=frozenset({Right.LEAD}),
        teams=only("network", "withdrawn"),
        lines=only("second"),
        organisations=only(ACME),
        sees_organisations=only(ACME),
        granted_organisations=only(BOLT),
        stands_in_for=only(BEN),
        scopes=ALL,
    )
    assert caller_of(person, ALL, 20, {}).stands_in_for == frozenset()


@pytest.mark.parametrize("person", [Person(), Person(id=ANN, deactivated=True), Person(id=ANN, merged_into=BEN)])
def test_whoever_is_not_active_may_do_nothing(person: Person) -> None:
    privileged = replace(person, grants=frozenset({Grant(Right.AUDITOR)}), organisations=only(ACME))
    assert caller_of(privileged, ALL, 1, {}) == Caller(person.id)
    assert scope_of(caller_of(privileged, ALL, 1, {})) == Scope()


PEOPLE = st.sampled_from([ANN, BEN, CAT])
FIRMS = st.sampled_from([ACME, BOLT])
LINES = st.sampled_from(["first", "second"])
TEAMS = st.sampled_from(["network", "databases"])
CALLERS = st.builds(
    Caller,
    person=PEOPLE,
    duplicates=st.frozensets(PEOPLE),
    roles=st.frozensets(
        st.sampled_from([Right.AGENT, Right.LEAD, Right.CONTRACTOR, Right.AUDITOR, Right.ADMINISTRATOR])
    ),
    teams=st.frozensets(TEAMS),
    lines=st.frozensets(LINES),
    organisations=st.frozensets(FIRMS),
    sees_organisations=st.frozensets(FIRMS),
    granted_organisations=st.frozensets(FIRMS),
    stands_in_for=st.frozensets(PEOPLE),
    scopes=st.frozensets(st.sampled_from(TokenScope)) | st.just(ALL),
)
TICKETS = st.builds(
    Ticket,
    stage=st.sampled_from([each for each in Stage if each is not Stage.NONE]),
    requester=PEOPLE,
    organisation=FIRMS,
    line=LINES,
    team=TEAMS,
    owner=st.none() | PEOPLE,
    participants=st.frozensets(PEOPLE),
)


@given(CALLERS, TICKETS)
def test_a_list_shows_exactly_the_tickets_that_may_be_seen(who: Caller, ticket: Ticket) -> None:
    assert scope_of(who).covers(ticket) == rights(who, ticket).see


@given(CALLERS, TICKETS)
def test_whoever_may_not_see_may_do_nothing(who: Caller, ticket: Ticket) -> None:
    found = rights(who, ticket)
    assert found.see or found == NOTHING


@given(CALLERS, TICKETS)
def test_no_contact_ever_sees_another_organisation_or_an_internal_note(who: Caller, ticket: Ticket) -> None:
    as_contact = replace(who, roles=who.roles - WORKING - {Right.AUDITOR})
    found = rights(as_contact, ticket)
    assert not found.see_internal
    assert found.act <= CLIENT
    assert not found.see or ticket.organisation in who.organisations


@given(CALLERS, TICKETS)
def test_to_participate_is_to_see_and_to_write_and_no_more(who: Caller, ticket: Ticket) -> None:
    without, found = rights(who, replace(ticket, participants=frozenset())), rights(who, ticket)
    assert without.act <= found.act <= without.act | PARTICIPANT
    assert (without.see <= found.see, found.see_internal) == (True, without.see_internal)


@given(CALLERS, TICKETS)
def test_no_contractor_ever_sees_an_organisation_that_was_not_granted(who: Caller, ticket: Ticket) -> None:
    hired = replace(who, roles=frozenset({Right.CONTRACTOR}) | who.roles - {Right.AUDITOR})
    assert not rights(hired, ticket).see_internal or ticket.organisation in who.granted_organisations


@given(CALLERS, TICKETS, FIRMS)
def test_no_auditor_ever_acts(who: Caller, ticket: Ticket, firm: str) -> None:
    auditor = replace(who, roles=who.roles | {Right.AUDITOR})
    assert rights(auditor, ticket).act <= {Act.READ_TRAIL}
    assert not may_open(auditor, firm)


@given(CALLERS, TICKETS)
def test_no_administrator_sees_more_by_that_role(who: Caller, ticket: Ticket) -> None:
    assert rights(replace(who, roles=who.roles | {Right.ADMINISTRATOR}), ticket) == rights(who, ticket)


@given(CALLERS, TICKETS, st.sampled_from(TokenScope))
def test_a_scope_less_is_never_a_right_more(who: Caller, ticket: Ticket, scope: TokenScope) -> None:
    less, more = rights(replace(who, scopes=who.scopes - {scope}), ticket), rights(who, ticket)
    assert less.see <= more.see
    assert less.see_internal <= more.see_internal
    assert less.act <= more.act
