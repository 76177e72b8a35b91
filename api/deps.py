"""What routes are given: the desk, who asks, the ticket that is asked for, and the means to act on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.foreseen import foresee
from api.limits import Allowance
from audit.proving import Proving
from domain.access import Caller, Rights, may, rights
from domain.configuration import Configuration
from domain.configuration.team import TeamDefined
from domain.event import Id
from domain.instant import Instant
from domain.reference import is_reference
from domain.refusal import Refused
from domain.ticket import Event, Ticket
from domain.token import TokenScope, read_text
from projections.engine import Projector
from store.desk import Desk
from store.intake import ticket_of
from store.log import Recorded
from store.people import caller_with

SCHEME: Final = HTTPBearer(auto_error=False, description="A token of `glasno token issue`: `glasno_<id>_<secret>`")


async def the_desk(request: Request) -> Desk:
    """The write side. What waits for nothing is `async`: it needs no thread."""
    desk: Desk = request.app.state.desk
    return desk


async def the_views(request: Request) -> Projector:
    """The read side."""
    views: Projector = request.app.state.views
    return views


async def the_proving(request: Request) -> Proving | None:
    """What receipts and proofs are made with; None on a desk without evidence."""
    proving: Proving | None = request.app.state.proving
    return proving


TheDesk: TypeAlias = Annotated[Desk, Depends(the_desk)]
TheViews: TypeAlias = Annotated[Projector, Depends(the_views)]
TheProving: TypeAlias = Annotated[Proving | None, Depends(the_proving)]


@dataclass(frozen=True)
class Asker:
    """Who asks, with which token, and when."""

    caller: Caller
    token: Id
    at: Instant

    def demand(self, scope: TokenScope) -> None:
        """Refuse what is about no single ticket and not for this caller."""
        if not may(self.caller, scope):
            raise Refused("not_allowed")


def who_asks(request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(SCHEME)]) -> Asker:
    """The caller as of now; `Refused` without a token that holds, or with one that asks too often.

    What nearly every route depends on depends on little: each link costs as much as a row of a page.
    """
    desk: Desk = request.app.state.desk
    at, text = desk.now(), credentials.credentials if credentials else ""
    foresee(desk, request, text)
    caller, read = caller_with(desk, text, lines_of_teams, at), read_text(text)
    if caller is None or read is None:
        raise Refused("unauthenticated")
    allowance: Allowance = request.app.state.allowance
    allowance.take(read[0], at)
    return Asker(caller, read[0], at)


def lines_of_teams(configuration: Configuration) -> Mapping[str, str]:
    """The line of each team."""
    return {key: team.line for key, team in configuration.of(TeamDefined).items()}


TheAsker: TypeAlias = Annotated[Asker, Depends(who_asks)]


@dataclass(frozen=True)
class Found:
    """A ticket as it stands, and what the caller may do with it."""

    stream: Id
    past: tuple[Recorded[Event], ...]
    state: Ticket
    rights: Rights


def find(desk: Desk, asker: Asker, reference: str) -> Found:
    """The ticket; to whoever may not see it, it is not there."""
    stream = ticket_of(desk, reference) if is_reference(reference) else None
    past, state = desk.recalled.folded(desk.tickets, stream) if stream else ((), Ticket())
    granted = rights(asker.caller, state)
    if stream is None or not granted.see:
        raise Refused("not_found")
    return Found(stream, past, state, granted)


Reference: TypeAlias = Annotated[
    str,
    Path(description="The ticket's nine digits", examples=["100000001"], json_schema_extra={"pattern": "^[0-9]{9}$"}),
]


def find_addressed(desk: TheDesk, asker: TheAsker, reference: Reference) -> Found:
    """The ticket of the address."""
    return find(desk, asker, reference)


TheTicket: TypeAlias = Annotated[Found, Depends(find_addressed)]
