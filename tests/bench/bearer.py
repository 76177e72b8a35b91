"""Somebody with a role, and what they present."""

from functools import partial

from domain.person import Decision, Grant, Right, in_turn
from domain.person.identity import register
from domain.person.membership import grant
from domain.token import TokenScope
from store.desk import Desk
from store.people import issue_token
from store.streams import Command


def bearer(desk: Desk, right: Right, *scopes: TokenScope) -> str:
    """The token of a new person with that role."""
    person, at, secret = desk.new_id(), desk.now(), (desk.new_id() * 2)[:43]
    steps: list[Decision] = [partial(register, identity=person, name="Measured", at=at)]
    steps.append(partial(grant, grant=Grant(right), at=at))
    desk.people.act(Command(desk.new_id()), person, in_turn, *steps)
    command, allowed = Command(desk.new_id()), frozenset(scopes)
    return issue_token(
        desk, command, bearer=person, scopes=allowed, label="bench", expires_at=None, at=at, secret=secret
    )
