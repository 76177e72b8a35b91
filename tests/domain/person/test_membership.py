import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.person import Decision, Grant, Person, Right
from domain.person.membership import (
    grant,
    join_organisation,
    join_team,
    leave_organisation,
    leave_team,
    revoke,
)
from domain.person.state import OF_ORGANISATION
from domain.refusal import Refused
from tests.domain.person.people import ACME, ANN, BOLT, after, registered

SEES_ACME = Grant(Right.SEES_ORGANISATION, ACME)


def refusal(person: Person, wanted: Grant) -> Refused:
    with pytest.raises(Refused) as refused:
        grant(person, grant=wanted, at=2)
    return refused.value


def test_a_contact_joins_an_organisation_once_and_leaves_it_once() -> None:
    person = registered(ANN)
    contact = after(person, join_organisation(person, organisation=ACME, at=2))
    assert contact.organisations == {ACME}
    assert join_organisation(contact, organisation=ACME, at=3) == []
    left = after(contact, leave_organisation(contact, organisation=ACME, at=4))
    assert left == person
    assert leave_organisation(left, organisation=ACME, at=5) == []


def test_whoever_leaves_an_organisation_no_longer_sees_it() -> None:
    contact = Person(id=ANN, organisations=frozenset({ACME, BOLT}), grants=frozenset({SEES_ACME}))
    left = after(contact, leave_organisation(contact, organisation=ACME, at=2))
    assert left == Person(id=ANN, organisations=frozenset({BOLT}))


def test_an_agent_joins_a_team_once_and_leaves_it_once() -> None:
    agent = registered(ANN, Right.AGENT)
    member = after(agent, join_team(agent, team="network", at=2))
    assert member.teams == {"network"}
    assert join_team(member, team="network", at=3) == []
    left = after(member, leave_team(member, team="network", at=4))
    assert left == agent
    assert leave_team(left, team="network", at=5) == []


def test_a_team_is_for_those_who_work_on_tickets() -> None:
    with pytest.raises(Refused) as refused:
        join_team(registered(ANN, Right.ADMINISTRATOR), team="network", at=2)
    assert refused.value == Refused("person_works_on_no_tickets", person=ANN)


def test_a_role_is_granted_once_and_revoked_once() -> None:
    person = registered(ANN)
    lead = after(person, grant(person, grant=Grant(Right.LEAD), at=2))
    assert lead.roles == {Right.LEAD}
    assert grant(lead, grant=Grant(Right.LEAD), at=3) == []
    revoked = after(lead, revoke(lead, grant=Grant(Right.LEAD), at=4))
    assert revoked == person
    assert revoke(revoked, grant=Grant(Right.LEAD), at=5) == []


def test_a_role_is_for_no_organisation_and_the_other_rights_for_one() -> None:
    mismatch = "right_and_organisation_do_not_match"
    assert refusal(registered(ANN), Grant(Right.AGENT, ACME)) == Refused(mismatch, right=Right.AGENT)
    assert refusal(registered(ANN), Grant(Right.SEES_ORGANISATION)) == Refused(mismatch, right=Right.SEES_ORGANISATION)


def test_only_a_contact_of_a_firm_sees_all_its_tickets() -> None:
    assert refusal(registered(ANN), SEES_ACME) == Refused("person_is_no_contact_of_organisation", person=ANN)
    contact = Person(id=ANN, organisations=frozenset({ACME}))
    assert after(contact, grant(contact, grant=SEES_ACME, at=2)).organisations_by(Right.SEES_ORGANISATION) == {ACME}


def test_only_those_who_work_on_tickets_serve_an_organisation() -> None:
    serves = Grant(Right.SERVES_ORGANISATION, ACME)
    assert refusal(registered(ANN), serves) == Refused("person_works_on_no_tickets", person=ANN)
    contractor = registered(ANN, Right.CONTRACTOR)
    served = after(contractor, grant(contractor, grant=serves, at=2))
    assert served.organisations_by(Right.SERVES_ORGANISATION) == {ACME}


@pytest.mark.parametrize(("first", "second"), [(Right.AUDITOR, Right.AGENT), (Right.ADMINISTRATOR, Right.AUDITOR)])
def test_an_auditor_holds_no_other_role(first: Right, second: Right) -> None:
    assert refusal(registered(ANN, first), Grant(second)) == Refused("auditor_holds_no_other_role", person=ANN)


GRANTS = st.builds(Grant, st.sampled_from(Right), st.sampled_from([None, ACME, BOLT]))
STEPS: st.SearchStrategy[Decision] = st.one_of(
    GRANTS.map(lambda each: lambda person: grant(person, grant=each, at=1)),
    GRANTS.map(lambda each: lambda person: revoke(person, grant=each, at=1)),
    st.sampled_from([ACME, BOLT]).map(lambda firm: lambda person: join_organisation(person, organisation=firm, at=1)),
    st.sampled_from([ACME, BOLT]).map(lambda firm: lambda person: leave_organisation(person, organisation=firm, at=1)),
)


@given(st.lists(STEPS, max_size=20))
def test_rights_are_sound_after_any_steps(steps: list[Decision]) -> None:
    person = registered(ANN)
    for step in steps:
        try:
            person = after(person, step(person))
        except Refused:
            continue
    assert Right.AUDITOR not in person.roles or len(person.roles) == 1
    assert person.organisations_by(Right.SEES_ORGANISATION) <= person.organisations
    assert not person.roles & OF_ORGANISATION
