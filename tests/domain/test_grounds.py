"""Why somebody may see a ticket: each ground said again in the words of the rules, for anybody and any ticket."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.access import Caller, Ground, grounds, rights
from domain.person import Right
from domain.ticket import Stage, Ticket
from domain.token import TokenScope
from tests.domain.test_access import ACME, ANN, BEN, CALLERS, CAT, TICKET, TICKETS, agent, caller, contact, only


def works_at_the_desk(who: Caller) -> bool:
    """Not for another firm, and not to audit."""
    return bool(who.roles & {Right.AGENT, Right.LEAD}) and not who.is_contractor and not who.is_auditor


def serves(who: Caller) -> bool:
    return (works_at_the_desk(who) or who.is_contractor) and not who.is_auditor


def is_contact(who: Caller, ticket: Ticket) -> bool:
    return ticket.organisation in who.organisations


RULES: Final[Mapping[Ground, Callable[[Caller, Ticket], bool]]] = {
    Ground.AUDITOR: lambda who, _: Right.AUDITOR in who.roles,
    Ground.OWNER: lambda who, ticket: works_at_the_desk(who) and ticket.owner in {who.person, *who.duplicates},
    Ground.DEPUTY: lambda who, ticket: works_at_the_desk(who) and ticket.owner in who.stands_in_for,
    Ground.TEAM: lambda who, ticket: works_at_the_desk(who) and ticket.team in who.teams,
    Ground.LINE: lambda who, ticket: works_at_the_desk(who) and ticket.line in who.lines,
    Ground.SERVES_ORGANISATION: lambda who, ticket: serves(who) and ticket.organisation in who.granted_organisations,
    Ground.REQUESTER: lambda who, ticket: is_contact(who, ticket) and ticket.requester in {who.person, *who.duplicates},
    Ground.PARTICIPANT: lambda who, ticket: (
        is_contact(who, ticket) and bool(ticket.participants & {who.person, *who.duplicates})
    ),
    Ground.SEES_ORGANISATION: lambda who, ticket: (
        is_contact(who, ticket) and ticket.organisation in who.sees_organisations
    ),
}


@given(CALLERS, TICKETS)
def test_whoever_has_a_ground_sees_the_ticket_and_nobody_else(who: Caller, ticket: Ticket) -> None:
    assert bool(grounds(who, ticket)) == rights(who, ticket).see


@given(CALLERS, TICKETS)
def test_every_ground_is_what_the_rules_say(who: Caller, ticket: Ticket) -> None:
    expected = {ground for ground, holds in RULES.items() if holds(who, ticket)}
    assert grounds(who, ticket) == (expected if TokenScope.TICKETS_READ in who.scopes else set())


@given(CALLERS, st.sampled_from(Right))
def test_there_is_no_ground_to_see_a_ticket_that_is_not_there(who: Caller, role: Right) -> None:
    assert not grounds(replace(who, roles=who.roles | {role}, lines=only(""), teams=only("")), Ticket())


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (agent(person=BEN, teams=only("network"), lines=only("second")), {Ground.OWNER, Ground.TEAM, Ground.LINE}),
        (agent(stands_in_for=only(BEN)), {Ground.DEPUTY}),
        (caller(Right.CONTRACTOR, granted_organisations=only(ACME)), {Ground.SERVES_ORGANISATION}),
        (caller(Right.AUDITOR, person=BEN), {Ground.AUDITOR}),
        (contact(person=CAT, sees_organisations=only(ACME)), {Ground.REQUESTER, Ground.SEES_ORGANISATION}),
        (contact(), {Ground.PARTICIPANT}),
        (caller(Right.ADMINISTRATOR), set()),
    ],
)
def test_all_grounds_are_named(who: Caller, why: set[Ground]) -> None:
    assert grounds(who, replace(TICKET, participants=only(ANN), stage=Stage.ACCEPTED)) == why
