"""Who may see a ticket and what each may do to it: one function for API, pages, bundles and replay.

- An auditor sees every ticket and its trail, and changes nothing.
- Agents and leads see the tickets of their teams, of the lines of their teams, of the organisations they serve, those
  they own, and those of whoever they stand in for. Whoever owned a ticket that was handed over still owns it, and so
  sees it, until somebody takes it; from then on its new team and line see it.
- A contractor sees the tickets of the organisations it serves, wherever they lie, and no others.
- A contact sees what it asked for itself, or by grant everything of its firm: only as long as it is the firm's contact,
  and never an internal note.
- A participant, whose own ticket was merged into another one as a duplicate, sees that one as its requester does and
  writes in it. Whether it is over, and how good it was, is for its requester and for those who see the whole firm.
- An administrator sees no ticket by that role.

A token's scopes limit all of this. Whoever may not see a ticket is answered as if there were none. Rights are those
of now, of the caller and of the ticket, whatever date is looked at: whoever sees a ticket sees all of its past, and
whoever does not see it any more sees none of it. Who could see a ticket at an earlier instant is asked of the same
functions, with the people and the ticket as they were known then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Final, TypeAlias

from domain.event import Id
from domain.instant import Instant
from domain.person.absence import stands_in_for
from domain.person.state import WORKING, Person, Right
from domain.ticket.state import Stage, Ticket
from domain.token import TokenScope


class Ground(StrEnum):
    """Why somebody may see a ticket."""

    AUDITOR = "auditor"
    OWNER = "owner"
    DEPUTY = "deputy"
    """Stands in for the owner, who is absent."""
    TEAM = "team"
    LINE = "line"
    SERVES_ORGANISATION = "serves_organisation"
    """Works on the tickets of the organisation, by grant."""
    REQUESTER = "requester"
    PARTICIPANT = "participant"
    """Asked for a duplicate of it."""
    SEES_ORGANISATION = "sees_organisation"
    """A contact of the organisation who sees all of its tickets, by grant."""


OF_STAFF: Final = frozenset(
    {Ground.AUDITOR, Ground.OWNER, Ground.DEPUTY, Ground.TEAM, Ground.LINE, Ground.SERVES_ORGANISATION}
)
OF_CLIENT: Final = frozenset({Ground.REQUESTER, Ground.SEES_ORGANISATION})


class Act(StrEnum):
    """What can be done to a ticket. An agreement of the client is a message, and so `WRITE`."""

    WRITE = "write"
    """A message of the client, by the client or taken down by staff."""
    ANSWER = "answer"
    NOTE = "note"
    ACCEPT = "accept"
    ASSIGN = "assign"
    HAND_OVER = "hand_over"
    REPRIORITISE = "reprioritise"
    RECLASSIFY = "reclassify"
    CATEGORISE = "categorise"
    MOVE_TERMS = "move_terms"
    WAIT = "wait"
    GO_ON = "go_on"
    RESOLVE = "resolve"
    REFUSE = "refuse"
    REOPEN = "reopen"
    CLOSE_CONFIRM = "close_confirm"
    CLOSE_WITHDRAW = "close_withdraw"
    MERGE = "merge"
    LINK = "link"
    TIGHTEN = "tighten"
    EXCLUDE = "exclude"
    STATE_NEXT_ACT = "state_next_act"
    RATE = "rate"
    READ_TRAIL = "read_trail"


CLIENT_ALONE: Final = frozenset({Act.CLOSE_CONFIRM, Act.CLOSE_WITHDRAW, Act.RATE})
"""Whoever is judged by it does not do it: staff resolve, the client confirms."""
LEAD_ALONE: Final = frozenset({Act.MOVE_TERMS, Act.EXCLUDE})
"""What changes a promise or a published figure."""
CLIENT: Final = CLIENT_ALONE | {Act.WRITE, Act.REOPEN}
PARTICIPANT: Final = frozenset({Act.WRITE})
STAFF: Final = frozenset(Act) - CLIENT_ALONE - LEAD_ALONE
READING: Final = frozenset({Act.READ_TRAIL})
CHANGING: Final = frozenset(Act) - READING
NONE: Final[frozenset[Act]] = frozenset()

DESK_WIDE: Final[Mapping[TokenScope, frozenset[Right]]] = {
    TokenScope.CONFIGURATION_WRITE: frozenset({Right.ADMINISTRATOR}),
    TokenScope.PEOPLE_WRITE: frozenset({Right.ADMINISTRATOR}),
    TokenScope.COMPONENTS_WRITE: frozenset({Right.ADMINISTRATOR, Right.LEAD, Right.AGENT}),
    TokenScope.ALERTS_WRITE: frozenset({Right.ADMINISTRATOR, Right.LEAD, Right.AGENT}),
    TokenScope.AUDIT_READ: frozenset({Right.AUDITOR}),
}
"""The roles that may do what is about no single ticket."""


@dataclass(frozen=True)
class Caller:
    """Whoever asks, as of one instant; as constructed, somebody who may do nothing."""

    person: Id = ""
    duplicates: frozenset[Id] = frozenset()
    """Other ids of the same person."""
    roles: frozenset[Right] = frozenset()
    teams: frozenset[str] = frozenset()
    lines: frozenset[str] = frozenset()
    organisations: frozenset[Id] = frozenset()
    """Whose contact the caller is."""
    sees_organisations: frozenset[Id] = frozenset()
    """Those of them whose every ticket the caller may see."""
    granted_organisations: frozenset[Id] = frozenset()
    """Whose tickets the caller works on, on whatever line they lie."""
    stands_in_for: frozenset[Id] = frozenset()
    scopes: frozenset[TokenScope] = frozenset()

    @property
    def identities(self) -> frozenset[Id]:
        """All ids that mean the caller."""
        return self.duplicates | {self.person}

    @property
    def is_contractor(self) -> bool:
        """Sees the tickets of the granted organisations and no others, whatever other role the caller has."""
        return Right.CONTRACTOR in self.roles

    @property
    def is_auditor(self) -> bool:
        """Reads everything and changes nothing, whatever else the caller is."""
        return Right.AUDITOR in self.roles


@dataclass(frozen=True)
class Rights:
    """What a caller may do with a ticket."""

    see: bool = False
    see_internal: bool = False
    """Notes among the staff as well."""
    act: frozenset[Act] = frozenset()


@dataclass(frozen=True)
class Scope:
    """Which tickets: those that any of the fields names. A query makes a WHERE of it."""

    everything: bool = False
    lines: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    owners: frozenset[Id] = frozenset()
    organisations: frozenset[Id] = frozenset()
    requesters: frozenset[tuple[Id, Id]] = frozenset()
    """Requester and organisation, both of them the ticket's."""
    participants: frozenset[tuple[Id, Id]] = frozenset()
    """Participant and organisation, likewise."""

    def covers(self, ticket: Ticket) -> bool:
        """Whether the ticket is one of them."""
        return (
            self.everything
            or ticket.line in self.lines
            or ticket.team in self.teams
            or ticket.owner in self.owners
            or ticket.organisation in self.organisations
            or (ticket.requester, ticket.organisation) in self.requesters
            or any((each, ticket.organisation) in self.participants for each in ticket.participants)
        )

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(
            self.everything or other.everything,
            self.lines | other.lines,
            self.teams | other.teams,
            self.owners | other.owners,
            self.organisations | other.organisations,
            self.requesters | other.requesters,
            self.participants | other.participants,
        )


Scopes: TypeAlias = Mapping[Ground, Scope]
"""The tickets that are seen on each ground."""


def caller_of(person: Person, scopes: frozenset[TokenScope], at: Instant, lines_of_teams: Mapping[str, str]) -> Caller:
    """The caller as of an instant, for a person and a configuration as they were then; nobody if not active."""
    if not person.is_active:
        return Caller(person.id)
    return Caller(
        person=person.id,
        duplicates=person.duplicates,
        roles=person.roles,
        teams=person.teams,
        lines=frozenset(lines_of_teams[team] for team in person.teams if team in lines_of_teams),
        organisations=person.organisations,
        sees_organisations=person.organisations_by(Right.SEES_ORGANISATION),
        granted_organisations=person.organisations_by(Right.SERVES_ORGANISATION),
        stands_in_for=stands_in_for(person, at),
        scopes=scopes,
    )


def rights(caller: Caller, ticket: Ticket) -> Rights:
    """What the caller may do with the ticket; nothing with one that is not there."""
    if not (found := grounds(caller, ticket)):
        return Rights()
    return Rights(see=True, see_internal=bool(found & OF_STAFF), act=_acts(caller, ticket, found) & _in_scope(caller))


def grounds(caller: Caller, ticket: Ticket) -> frozenset[Ground]:
    """Why the caller may see the ticket; none if that may not be."""
    if ticket.stage is Stage.NONE:
        return frozenset()
    return frozenset(ground for ground, scope in _scopes_of(caller).items() if scope.covers(ticket))


def scope_of(caller: Caller) -> Scope:
    """The tickets that the caller may see, on whatever ground."""
    return reduce(or_, _scopes_of(caller).values(), Scope())


def may_open(caller: Caller, organisation: Id) -> bool:
    """Whether the caller may open a ticket for the organisation, as its contact or on its behalf."""
    if caller.is_auditor or TokenScope.TICKETS_WRITE not in caller.scopes:
        return False
    if caller.is_contractor:
        return organisation in caller.granted_organisations | caller.organisations
    return organisation in caller.organisations or bool(caller.roles & WORKING)


def may(caller: Caller, scope: TokenScope) -> bool:
    """Whether the caller may do what is about no single ticket: configure, keep people, set components, audit."""
    return scope in caller.scopes and bool(caller.roles & DESK_WIDE.get(scope, frozenset()))


def _scopes_of(caller: Caller) -> Scopes:
    if TokenScope.TICKETS_READ not in caller.scopes:
        return {}
    return {
        **_as_staff(caller),
        Ground.REQUESTER: Scope(requesters=_as_contact(caller)),
        Ground.PARTICIPANT: Scope(participants=_as_contact(caller)),
        Ground.SEES_ORGANISATION: Scope(organisations=caller.sees_organisations & caller.organisations),
    }


def _as_staff(caller: Caller) -> Scopes:
    if caller.is_auditor:
        return {Ground.AUDITOR: Scope(everything=True)}
    served = {Ground.SERVES_ORGANISATION: Scope(organisations=caller.granted_organisations)}
    if caller.is_contractor:
        return served
    if not caller.roles & WORKING:
        return {}
    return {
        Ground.OWNER: Scope(owners=caller.identities),
        Ground.DEPUTY: Scope(owners=caller.stands_in_for),
        Ground.TEAM: Scope(teams=caller.teams),
        Ground.LINE: Scope(lines=caller.lines),
        **served,
    }


def _as_contact(caller: Caller) -> frozenset[tuple[Id, Id]]:
    """Each id of the caller with each firm whose contact the caller is."""
    return frozenset((person, firm) for person in caller.identities for firm in caller.organisations)


def _acts(caller: Caller, ticket: Ticket, found: frozenset[Ground]) -> frozenset[Act]:
    if caller.is_auditor:
        return READING
    acts = STAFF if found & OF_STAFF else NONE
    if _leads(caller, ticket):
        acts |= LEAD_ALONE
    if found & OF_CLIENT:
        acts |= CLIENT
    return acts | PARTICIPANT if Ground.PARTICIPANT in found else acts


def _leads(caller: Caller, ticket: Ticket) -> bool:
    return Right.LEAD in caller.roles and not caller.is_contractor and ticket.line in caller.lines


def _in_scope(caller: Caller) -> frozenset[Act]:
    reading = READING if TokenScope.AUDIT_READ in caller.scopes else NONE
    return reading | (CHANGING if TokenScope.TICKETS_WRITE in caller.scopes else NONE)
