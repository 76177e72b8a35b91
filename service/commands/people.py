"""`glasno person` and `glasno token`: people, their rights and absences, and the tokens that act for them."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

import click
from pydantic import TypeAdapter, ValidationError

from api.mistakes import in_words as wrong_in_words
from api.types import LAST, Line
from domain.configuration.team import TeamDefined
from domain.event import Id
from domain.instant import SECOND, Instant
from domain.opening_hours import END_OF_DAY, instant_at
from domain.person import Absence, Decision, Grant, Right, in_turn
from domain.person.identity import attach_address, deactivate, register
from domain.person.membership import grant, join_organisation, join_team
from domain.refusal import Refused
from domain.token import TokenScope, revoke
from service.commands.output import AS_JSON, summary
from service.commands.the_desk import the_desk
from service.notation import duration
from store.desk import Desk
from store.people import address_of, cancel_absence, issue_token, person_of, plan_absence, reserving, token_of
from store.streams import Command

WORDS: Final = {
    "absence_is_over_already": "an absence ends after it starts, and not in the past",
    "absence_overlaps_another": "the person is away already for a part of that time",
    "absence_unknown": "the person has no such absence",
    "address_invalid": "this is no address for {channel}",
    "auditor_holds_no_other_role": "an auditor changes nothing: give no other role to the same person",
    "deputy_is_absent_too": "the deputy is away for a part of that time: name somebody who is there",
    "deputy_is_the_absent_person": "nobody stands in for themselves: name another deputy",
    "name_empty": "a person has a name: --name NAME",
    "name_taken": "the address is another person's",
    "person_deactivated": "the person was deactivated: register them again",
    "person_erased": "the person was erased: register them again",
    "person_is_no_contact_of_organisation": "who is to see all tickets of a firm is its contact: --organisation KEY",
    "person_merged": "the person is the same as {into}: use that id",
    "person_merged_into_itself": "a person is merged into another one",
    "person_unknown": "there is no person with this id",
    "person_works_on_no_tickets": "this takes a role that works on tickets: --agent, --lead or --contractor",
    "right_and_organisation_do_not_match": "a role is for no organisation, the right {right} for one",
    "token_expired_already": "a token expires in the future",
    "token_unknown": "there is no token with this id",
    "token_was_shown": "the token was issued before and is not shown again: revoke it and issue another one",
    "token_without_scope": "a token is for something: --scope SCOPE",
}
"""What a refusal means to whoever typed the command."""

IDENTIFIER: Final = re.compile("[0-9a-f]{32}")
NEVER: Final = "never"


def _identifier(_: click.Context, __: click.Parameter, value: str) -> Id:
    if not IDENTIFIER.fullmatch(value):
        raise click.BadParameter("an id has 32 hexadecimal digits")
    return value


def _line(_: click.Context, __: click.Parameter, value: str) -> str:
    """A name as the API would take it; what an empty one means is for the domain to say."""
    try:
        return value and TypeAdapter(Line).validate_python(value)
    except ValidationError as fault:
        raise click.BadParameter(wrong_in_words(fault.errors()[0], "en")) from None


def _lines(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_line(context, option, value) for value in values)


PERSON: Final = click.argument("person_id", metavar="PERSON", callback=_identifier)


@click.group()
def person() -> None:
    """People: contacts of the clients, and staff."""


@dataclass(frozen=True)
class Wanted:
    """What `person add` was asked for, in the desk's own ids."""

    name: str
    roles: tuple[Right, ...]
    teams: tuple[str, ...]
    organisations: tuple[Id, ...]
    sees: bool
    serves: tuple[Id, ...]
    mail: tuple[str, ...]


@person.command(name="add")
@click.option("--name", required=True, callback=_line)
@click.option("--agent", is_flag=True, help="Works on tickets.")
@click.option("--lead", is_flag=True, help="Leads the lines of the teams.")
@click.option("--contractor", is_flag=True, help="Works on the tickets of the organisations served, and no others.")
@click.option("--auditor", is_flag=True, help="Reads everything, changes nothing.")
@click.option("--administrator", is_flag=True, help="Changes configuration and people.")
@click.option("--team", "teams", metavar="KEY", multiple=True, help="Team of an agent; may be repeated.")
@click.option("--serves", metavar="KEY", multiple=True, help="Organisation whose tickets an agent works on.")
@click.option("--organisation", "firms", metavar="KEY", multiple=True, help="Whose contact it is; may be repeated.")
@click.option("--sees-organisation", "sees", is_flag=True, help="The contact sees all tickets of the organisation.")
@click.option("--mail", metavar="ADDRESS", multiple=True, callback=_lines, help="Mail address; may be repeated.")
@AS_JSON
def add(
    *,
    name: str,
    teams: tuple[str, ...],
    serves: tuple[str, ...],
    firms: tuple[str, ...],
    sees: bool,
    mail: tuple[str, ...],
    as_json: bool,
    **roles: bool,
) -> None:
    """Register a person. With everything given, or not at all; prints the id."""
    if sees and not firms:
        raise click.BadParameter("--sees-organisation is about an organisation: --organisation KEY")
    desk = the_desk()
    _demand_teams(desk, teams)
    organisations = tuple(_organisation(desk, key) for key in firms)
    held = tuple(Right(role) for role, held in roles.items() if held)
    served = tuple(_organisation(desk, key) for key in serves)
    with in_words():
        added = _add(desk, Wanted(name, held, teams, organisations, sees, served, mail))
    summary({"person": added}, added, as_json=as_json)


@person.command()
@PERSON
@click.option("--from", "start", metavar="TIME", required=True, help="ISO 8601, in the desk's zone unless it says.")
@click.option("--until", "end", metavar="TIME", required=True, help="Likewise; a date is away to the end of that day.")
@click.option("--deputy", metavar="PERSON", required=True, callback=_identifier)
@AS_JSON
def absent(person_id: Id, *, start: str, end: str, deputy: Id, as_json: bool) -> None:
    """Plan an absence with a deputy. Prints the id of the absence."""
    desk = the_desk()
    zone = desk.founding.load(desk.stream)[0].zone
    first, last = _instant(start, zone, minute=0), _instant(end, zone, minute=END_OF_DAY)
    planned = Absence(desk.new_id(), person_id, first, last, deputy)
    with in_words():
        plan_absence(desk, Command(desk.new_id()), planned, at=desk.now())
    values = {"absence": planned.absence, "person": person_id, "start": first, "end": last, "deputy": deputy}
    summary(values, planned.absence, as_json=as_json)


@person.command()
@PERSON
@click.argument("absence", callback=_identifier)
@AS_JSON
def back(person_id: Id, absence: Id, *, as_json: bool) -> None:
    """End or cancel an absence: the person is there."""
    desk = the_desk()
    with in_words():
        cancel_absence(desk, Command(desk.new_id()), person_id, planned=absence, at=desk.now())
    summary({"person": person_id, "absence": absence}, "the person is there", as_json=as_json)


@person.command(name="deactivate")
@PERSON
@AS_JSON
def deactivate_command(person_id: Id, *, as_json: bool) -> None:
    """End a person's access, and that of all their tokens."""
    desk = the_desk()
    with in_words():
        person_of(desk, person_id)
        desk.people.act(Command(desk.new_id()), person_id, deactivate, at=desk.now())
    summary({"person": person_id}, "the person has no access any more", as_json=as_json)


@click.group()
def token() -> None:
    """Tokens: programs act for a person with them."""


@token.command()
@PERSON
@click.option(
    "--scope", "scopes", type=click.Choice([scope.value for scope in TokenScope]), multiple=True, required=True
)
@click.option("--expires", metavar="DURATION", default="90d", show_default=True, help=f"30m, 12h, 90d or {NEVER}.")
@click.option("--label", default="", callback=_line, help="What it is for.")
@AS_JSON
def issue(person_id: Id, *, scopes: tuple[str, ...], expires: str, label: str, as_json: bool) -> None:
    """Issue a token; it is printed now and never again."""
    desk = the_desk()
    at, command = desk.now(), Command(desk.new_id())
    expires_at = None if expires == NEVER else _later(at, expires)
    with in_words():
        text = issue_token(
            desk, command, bearer=person_id, secret=secrets.token_urlsafe(32), label=label, expires_at=expires_at,
            scopes=frozenset(map(TokenScope, scopes)), at=at,
        )  # fmt: skip
    click.echo("Keep the token: it is not shown again.", err=True)
    summary({"id": command.id, "token": text, "expires_at": expires_at}, text, as_json=as_json)


@token.command(name="revoke")
@click.argument("token_id", metavar="TOKEN", callback=_identifier)
@AS_JSON
def revoke_command(token_id: Id, *, as_json: bool) -> None:
    """Revoke a token by its id, the digits after `glasno_`."""
    desk = the_desk()
    with in_words():
        token_of(desk, token_id)
        desk.tokens.act(Command(desk.new_id()), token_id, revoke, at=desk.now())
    summary({"id": token_id}, "the token opens nothing any more", as_json=as_json)


@contextmanager
def in_words() -> Iterator[None]:
    """A refusal as a sentence."""
    try:
        yield
    except Refused as refused:
        raise click.ClickException(WORDS.get(refused.code, refused.code).format(**refused.facts)) from None


def _add(desk: Desk, wanted: Wanted) -> Id:
    identity, at = desk.new_id(), desk.now()
    addresses = {address_of(desk, "mail", value): value for value in wanted.mail}
    along = tuple(reserving(desk, address, identity, at) for address in addresses)
    steps: list[Decision] = [partial(register, identity=identity, name=wanted.name, at=at), *_rights(wanted, at)]
    for address, value in addresses.items():
        steps.append(partial(attach_address, address=address, channel="mail", value=value, at=at))
    desk.people.act(Command(desk.new_id(), along=along), identity, in_turn, *steps)
    return identity


def _rights(wanted: Wanted, at: Instant) -> Iterator[Decision]:
    for role in wanted.roles:
        yield partial(grant, grant=Grant(role), at=at)
    for team in wanted.teams:
        yield partial(join_team, team=team, at=at)
    for firm in wanted.organisations:
        yield partial(join_organisation, organisation=firm, at=at)
    for firm in wanted.organisations if wanted.sees else ():
        yield partial(grant, grant=Grant(Right.SEES_ORGANISATION, firm), at=at)
    for firm in wanted.serves:
        yield partial(grant, grant=Grant(Right.SERVES_ORGANISATION, firm), at=at)


def _demand_teams(desk: Desk, teams: tuple[str, ...]) -> None:
    known = desk.configured.state().of(TeamDefined)
    for team in teams:
        if team not in known:
            raise click.BadParameter(f"there is no team {team}; there are: {', '.join(sorted(known))}")


def _organisation(desk: Desk, key: str) -> Id:
    stream = desk.name("organisation", key)
    if desk.organisations.load(stream)[0].name is None:
        raise click.BadParameter(f"there is no organisation {key}: apply a desk file with its contract first")
    return stream


def _instant(text: str, zone: str, *, minute: int) -> Instant:
    """A date is taken at that minute of it."""
    try:
        if len(text) == len("2026-12-24"):
            return _tellable(instant_at(zone, date.fromisoformat(text), minute))
        local = datetime.fromisoformat(text)
        return _tellable(int((local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).timestamp()) * SECOND)
    except (ValueError, OverflowError):
        raise click.BadParameter(f"{text!r} is no time: write 2026-12-24 or 2026-12-24T18:00+03:00") from None


def _later(at: Instant, lasting: str) -> Instant:
    try:
        return _tellable(at + _duration(lasting))
    except OverflowError:
        raise click.BadParameter(f"{lasting} ends in no year that can be written: say {NEVER}") from None


def _tellable(instant: Instant) -> Instant:
    """The instant; `OverflowError` if it has no date in every time zone, so that nobody could be told of it."""
    if not 0 <= instant <= LAST:
        raise OverflowError
    return instant


def _duration(text: str) -> int:
    try:
        return duration(text)
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from None
