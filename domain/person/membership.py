"""Where a person belongs and what the person was granted."""

from dataclasses import replace
from typing import TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.person.state import OF_ORGANISATION, Grant, Person, Right, demand_active, demand_working
from domain.refusal import Refused


@event(
    "person.joined_organisation",
    visibility=Visibility.OPAQUE,
    en="Became a contact of {organisation}",
    ru="Контактное лицо организации {organisation}",
)
class JoinedOrganisation:
    """Asks for things on behalf of the organisation from now on."""

    at: Public[Instant]
    organisation: Id
    by: Id | None = None


@event(
    "person.left_organisation",
    visibility=Visibility.OPAQUE,
    en="Is no longer a contact of {organisation}",
    ru="Больше не контактное лицо организации {organisation}",
)
class LeftOrganisation:
    """Sees nothing of the organisation any more."""

    at: Public[Instant]
    organisation: Id
    by: Id | None = None


@event("person.joined_team", visibility=Visibility.OPAQUE, en="Joined team {team}", ru="Включён в группу {team}")
class JoinedTeam:
    """Works on the tickets of a team."""

    at: Public[Instant]
    team: str
    by: Id | None = None


@event("person.left_team", visibility=Visibility.OPAQUE, en="Left team {team}", ru="Исключён из группы {team}")
class LeftTeam:
    """Works on them no longer."""

    at: Public[Instant]
    team: str
    by: Id | None = None


@event(
    "person.granted",
    visibility=Visibility.OPAQUE,
    en="Was granted the right {right} {organisation}",
    ru="Предоставлено право {right} {organisation}",
)
class Granted:
    """A role, or a right about one organisation."""

    at: Public[Instant]
    right: Right
    organisation: Id | None = None
    by: Id | None = None


@event(
    "person.revoked",
    visibility=Visibility.OPAQUE,
    en="Lost the right {right} {organisation}",
    ru="Отозвано право {right} {organisation}",
)
class Revoked:
    """The right is gone."""

    at: Public[Instant]
    right: Right
    organisation: Id | None = None
    by: Id | None = None


Event: TypeAlias = JoinedOrganisation | LeftOrganisation | JoinedTeam | LeftTeam | Granted | Revoked


def evolve(person: Person, event: Event) -> Person:
    """The person with other rights."""
    match event:
        case JoinedOrganisation():
            return replace(person, organisations=person.organisations | {event.organisation})
        case LeftOrganisation():
            grants = person.grants - {Grant(Right.SEES_ORGANISATION, event.organisation)}
            return replace(person, organisations=person.organisations - {event.organisation}, grants=grants)
        case JoinedTeam():
            return replace(person, teams=person.teams | {event.team})
        case LeftTeam():
            return replace(person, teams=person.teams - {event.team})
        case Granted():
            return replace(person, grants=person.grants | {Grant(event.right, event.organisation)})
        case Revoked():
            return replace(person, grants=person.grants - {Grant(event.right, event.organisation)})
        case _:
            assert_never(event)


def join_organisation(person: Person, *, organisation: Id, at: Instant, by: Id | None = None) -> list[Event]:
    """Make the person a contact of the organisation; a contact may be one of several."""
    demand_active(person)
    if organisation in person.organisations:
        return []
    return [JoinedOrganisation(at=at, organisation=organisation, by=by)]


def leave_organisation(person: Person, *, organisation: Id, at: Instant, by: Id | None = None) -> list[Event]:
    """End it, and with it the right to see the firm's tickets."""
    if organisation not in person.organisations:
        return []
    return [LeftOrganisation(at=at, organisation=organisation, by=by)]


def join_team(person: Person, *, team: str, at: Instant, by: Id | None = None) -> list[Event]:
    """Put an agent, lead or contractor into a team."""
    demand_working(person)
    return [] if team in person.teams else [JoinedTeam(at=at, team=team, by=by)]


def leave_team(person: Person, *, team: str, at: Instant, by: Id | None = None) -> list[Event]:
    """Take the person out of a team."""
    return [LeftTeam(at=at, team=team, by=by)] if team in person.teams else []


def grant(person: Person, *, grant: Grant, at: Instant, by: Id | None = None) -> list[Event]:
    """Grant a role, or a right about an organisation. An auditor holds no other role, so as to change nothing."""
    demand_active(person)
    _demand_sound(person, grant)
    if grant in person.grants:
        return []
    return [Granted(at=at, right=grant.right, organisation=grant.organisation, by=by)]


def revoke(person: Person, *, grant: Grant, at: Instant, by: Id | None = None) -> list[Event]:
    """Take it back."""
    if grant not in person.grants:
        return []
    return [Revoked(at=at, right=grant.right, organisation=grant.organisation, by=by)]


def _demand_sound(person: Person, grant: Grant) -> None:
    if (grant.right in OF_ORGANISATION) != (grant.organisation is not None):
        raise Refused("right_and_organisation_do_not_match", right=grant.right)
    if grant.right is Right.SEES_ORGANISATION and grant.organisation not in person.organisations:
        raise Refused("person_is_no_contact_of_organisation", person=person.id)
    if grant.right is Right.SERVES_ORGANISATION:
        demand_working(person)
    roles = person.roles | ({grant.right} - OF_ORGANISATION)
    if Right.AUDITOR in roles and len(roles) > 1:
        raise Refused("auditor_holds_no_other_role", person=person.id)
