"""What routes are given: the desk, who asks, the ticket that is asked for, and the means to act on it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, ParamSpec, TypeAlias, TypeVar

from fastapi import Depends, Path, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param
from starlette.concurrency import run_in_threadpool

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
from store.shared import WouldWait, without_waiting

P = ParamSpec("P")
T = TypeVar("T")


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


class ByToken(SecurityBase):
    """A dependency on what follows from the token of a request; None if there is none.

    What nearly every route depends on is one step: each costs as much as a row of a page.
    """

    scheme_name = "HTTPBearer"
    model = HTTPBearer(description="A token of `glasno token issue`: `glasno_<id>_<secret>`")

    def __init__(self, tell: Callable[[Request, str | None], Awaitable[Asker]]) -> None:
        self._tell = tell

    async def __call__(self, request: Request) -> Asker:
        return await self._tell(request, token_in(request))


def token_in(request: Request) -> str | None:
    """What stands behind `Bearer`."""
    scheme, text = get_authorization_scheme_param(request.headers.get("authorization"))
    return text if text and scheme.lower() == "bearer" else None


async def who_asks(request: Request, text: str | None) -> Asker:
    """The caller as of now; `Refused` without a token that holds, or with one that asks too often."""
    desk: Desk = request.app.state.desk
    at, text = desk.now(), text or ""
    await foresee(desk, request, text)
    caller, read = await soonest(caller_with, desk, text, lines_of_teams, at), read_text(text)
    if caller is None or read is None:
        raise Refused("unauthenticated")
    allowance: Allowance = request.app.state.allowance
    allowance.take(read[0], at)
    return Asker(caller, read[0], at)


async def soonest(tell: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
    """What it tells: at once if everything that it reads was foreseen; else a thread waits for the rest."""
    try:
        return without_waiting(tell, *args, **named)
    except WouldWait:
        return await run_in_threadpool(tell, *args, **named)


def lines_of_teams(configuration: Configuration) -> Mapping[str, str]:
    """The line of each team."""
    return {key: team.line for key, team in configuration.of(TeamDefined).items()}


TheAsker: TypeAlias = Annotated[Asker, Depends(ByToken(who_asks))]


@dataclass(frozen=True)
class Found:
    """A ticket as it stands, who asks for it, and what they may do with it."""

    asker: Asker
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
    return Found(asker, stream, past, state, granted)


Reference: TypeAlias = Annotated[
    str,
    Path(description="The ticket's nine digits", examples=["100000001"], json_schema_extra={"pattern": "^[0-9]{9}$"}),
]


async def find_addressed(request: Request, asker: TheAsker, reference: Reference) -> Found:
    """The ticket of the address."""
    return await soonest(find, request.app.state.desk, asker, reference)


TheTicket: TypeAlias = Annotated[Found, Depends(find_addressed)]
