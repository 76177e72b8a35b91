"""A desk to lay a load on: the configuration of the demonstration, an agent and a contact of a client."""

from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from domain.event import Id
from domain.person import Decision, Grant, Right, in_turn
from domain.person.identity import register
from domain.person.membership import grant, join_organisation, join_team
from domain.token import TokenScope
from service.apply import carry_out, plan
from service.build import build_desk
from service.desk_yaml import read_desk_file
from service.settings import Settings
from store.desk import Desk
from store.people import issue_token
from store.streams import Command
from tests.faults.load import Asker

FILE: Final = Path(__file__).parents[2] / "service/demo/desk.yaml"
FIRM: Final = "buyan"
"""Whose service level is published: three firms have it."""


def furnish(settings: Settings) -> Asker:
    """Found the desk, if it is not there."""
    with closing(build_desk(settings)) as desk:
        carry_out(desk, plan(desk, read_desk_file(FILE.read_bytes()), at=desk.now()), at=desk.now())
        firm, at = desk.name("organisation", FIRM), desk.now()
        contact = _person(desk, partial(join_organisation, organisation=firm, at=at))
        agent = _person(
            desk, partial(grant, grant=Grant(Right.AGENT), at=at), partial(join_team, team="service-desk", at=at)
        )
        return Asker(_token(desk, agent), firm, contact)


def _person(desk: Desk, *steps: Decision) -> Id:
    identity = desk.new_id()
    known = partial(register, identity=identity, name="Somebody", at=desk.now())
    desk.people.act(Command(desk.new_id()), identity, in_turn, known, *steps)
    return identity


def _token(desk: Desk, bearer: Id) -> str:
    command, secret = Command(desk.new_id()), (desk.new_id() * 2)[:43]
    scopes = frozenset(TokenScope)
    return issue_token(
        desk, command, bearer=bearer, secret=secret, scopes=scopes, label="load", expires_at=None, at=desk.now()
    )
