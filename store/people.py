"""People over several streams: what has to be stored on two of them, or not at all; and who it is that asks."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeAlias

from domain import address, person, reservation, token
from domain.access import Caller, caller_of
from domain.configuration import Configuration
from domain.event import Id
from domain.instant import Instant
from domain.person import Absence, Person, absence, identity
from domain.person.state import demand_active
from domain.refusal import Refused
from domain.token import Token, TokenIssued, TokenScope
from store.desk import Desk
from store.log import Recorded
from store.streams import Acted, Command, Intent

ActedPerson: TypeAlias = Acted[Person, person.Event]


def person_of(desk: Desk, stream: Id) -> Person:
    """The person of that id; `Refused` if there is none, whatever else the id may stand for."""
    return _person(desk, desk.recalled.read(stream)[0])


def person_at(desk: Desk, channel: str, value: str) -> Id | None:
    """Whose address it is, however it is written; whoever was merged leads to the person they turned out to be."""
    holder = desk.reservations.load(address_of(desk, channel, value))[0].holder
    while holder and (other := person_of(desk, holder).merged_into):
        holder = other
    return holder


def address_of(desk: Desk, channel: str, value: str) -> Id:
    """The stream that reserves an address; `Refused` if it is none."""
    return desk.name("address", channel, address.normalised(channel, value))


def reserving(desk: Desk, reserved: Id, holder: Id, at: Instant) -> Intent:
    """One address belongs to one person at a time."""
    return desk.reservations.intend(reserved, reservation.reserve, holder=holder, at=at)


def attach_address(
    desk: Desk, command: Command, holder: Id, *, channel: str, value: str, at: Instant, by: Id | None = None
) -> ActedPerson:
    """Attach an address that is nobody else's."""
    _demand_known(desk, holder)
    reserved = address_of(desk, channel, value)
    command = _along(command, reserving(desk, reserved, holder, at))
    attach = identity.attach_address
    return desk.people.act(command, holder, attach, address=reserved, channel=channel, value=value, at=at, by=by)


def detach_address(
    desk: Desk, command: Command, holder: Id, *, reserved: Id, at: Instant, by: Id | None = None
) -> ActedPerson:
    """Detach an address: somebody else may have it then."""
    _demand_known(desk, holder)
    command = _along(command, desk.reservations.intend(reserved, reservation.release, holder=holder, at=at))
    return desk.people.act(command, holder, identity.detach_address, address=reserved, at=at, by=by)


def merge(desk: Desk, command: Command, duplicate: Id, *, into: Id, at: Instant, by: Id | None = None) -> ActedPerson:
    """Two people are one: `into` is asked from now on, and erased together with the duplicate."""
    _demand_known(desk, into)
    same = person_of(desk, duplicate).identities
    command = _along(command, desk.people.intend(into, identity.join_duplicates, duplicates=same, at=at, by=by))
    return desk.people.act(command, duplicate, identity.merge, into=into, at=at, by=by)


def plan_absence(desk: Desk, command: Command, planned: Absence, *, at: Instant, by: Id | None = None) -> ActedPerson:
    """Be away; the deputy is somebody who is there."""
    _demand_known(desk, planned.person, planned.deputy)
    command = _along(command, desk.people.intend(planned.deputy, absence.name_deputy, absence=planned, at=at, by=by))
    return desk.people.act(command, planned.person, absence.plan_absence, absence=planned, at=at, by=by)


def cancel_absence(
    desk: Desk, command: Command, absent: Id, *, planned: Id, at: Instant, by: Id | None = None
) -> ActedPerson:
    """Be there after all; the deputy is free again."""
    deputies = [each.deputy for each in person_of(desk, absent).absences if each.absence == planned]
    release = absence.release_deputy
    releasing = [desk.people.intend(deputy, release, absence=planned, at=at, by=by) for deputy in deputies]
    return desk.people.act(_along(command, *releasing), absent, absence.cancel_absence, absence=planned, at=at, by=by)


def issue_token(
    desk: Desk,
    command: Command,
    *,
    bearer: Id,
    secret: str,
    scopes: frozenset[TokenScope],
    label: str,
    expires_at: Instant | None,
    at: Instant,
    by: Id | None = None,
) -> str:
    """Issue a token to a person who may act; its text, which cannot be had again.

    The token has the id of the command: the same request again makes no second token, and cannot show the first one.
    """
    demand_active(person_of(desk, bearer))
    issued = desk.tokens.act(
        command, command.id, token.issue, secret=secret, person=bearer, scopes=scopes, label=label,
        expires_at=expires_at, at=at, by=by,
    )  # fmt: skip
    if not token.authenticated(issued.state, secret, at):
        raise Refused("token_was_shown")
    return token.text_of(command.id, secret)


def token_of(desk: Desk, stream: Id) -> Token:
    """The token of that id; `Refused` if there is none, whatever else the id may stand for."""
    return _token(desk, desk.log.read(stream))


def caller_with(
    desk: Desk, text: str, lines_of_teams: Callable[[Configuration], Mapping[str, str]], at: Instant
) -> Caller | None:
    """Who presents the token; None if it is none, is revoked or expired, or its person has no access any more."""
    if not (read := token.read_text(text)):
        return None
    with suppress(Refused):
        found, bearer = _token_and_bearer(desk, read[0])
        if token.authenticated(found, read[1], at) and bearer.is_active:
            return caller_of(bearer, found.scopes, at, lines_of_teams(desk.configured.known))
    return None


def _token_and_bearer(desk: Desk, stream: Id) -> tuple[Token, Person]:
    """As the log has them now, and the configuration with them: in one statement for a token that was seen before."""
    holders = [each.event.person for each in desk.recalled.known(stream)[:1] if isinstance(each.event, TokenIssued)]
    issued, *past = desk.recalled.read(stream, *holders, follow=desk.configured)
    found = _token(desk, issued)
    return found, _person(desk, past[0] if past else desk.recalled.read(found.person)[0])


def _person(desk: Desk, past: Sequence[Recorded[Any]]) -> Person:
    if not (past and isinstance(past[0].event, identity.Registered)):
        raise Refused("person_unknown")
    return desk.people.fold(past)


def _token(desk: Desk, past: Sequence[Recorded[Any]]) -> Token:
    if not (past and isinstance(past[0].event, TokenIssued)):
        raise Refused("token_unknown")
    return desk.tokens.fold(past)


def _demand_known(desk: Desk, *people: Id) -> None:
    """An id from outside may be that of anything."""
    for each in people:
        person_of(desk, each)


def _along(command: Command, *intents: Intent) -> Command:
    return replace(command, along=(*command.along, *intents))
