"""Who could see a ticket at an instant, why, and what they could do with it."""

from typing import Annotated, TypeAlias

from fastapi import Depends, Header
from pydantic import Field

from api.deps import TheAsker, TheDesk, TheTicket
from api.language import preferred
from api.reading import Reader, reading_of
from api.tickets.routing import ticket_routes
from api.tickets.view import known_then
from api.types import InstantOut, Out
from audit.access import people_then, registered_by, seers
from audit.access_told import values
from audit.then import then
from domain.access import Act, Ground
from domain.event import Id
from domain.person.state import Right
from domain.token import TokenScope
from projections import trail

router = ticket_routes("trail")

TrailReader: TypeAlias = Annotated[Reader, Depends(reading_of(trail.NAME))]


class SeerOut(Out):
    """Somebody who could see it."""

    person: Id
    name: str = Field(description="As it was known then; of one whose name was erased, that and a part of the id")
    roles: list[Right] = Field(description="None of a contact")
    grounds: list[Ground] = Field(min_length=1)
    internal: bool = Field(description="Notes among the staff as well")
    may: list[Act] = Field(description="With a token of every scope")


class Access(Out):
    """Everybody who could see it. Who did see it nobody can tell: reading leaves no entry in the log."""

    known_at: InstantOut
    position: int
    people: int = Field(description="How many were known then")
    seers: list[SeerOut]


@router.get("/access", summary="Who could see it", operation_id="getTicketAccess")
def get_access(
    *,
    desk: TheDesk,
    asker: TheAsker,
    found: TheTicket,
    reader: TrailReader,
    accept_language: Annotated[str, Header()] = "",
) -> Access:
    """For auditors: whom the desk would have shown the ticket, now or `at` an instant, by what was known then."""
    asker.demand(TokenScope.AUDIT_READ)
    head = desk.log.head()
    with reader.open(including=head) as reading:
        position = head if reading.position is None else reading.position
        past, registered = known_then(found, reading.position, None), registered_by(reading.connection, position)
    people, told = people_then(desk, registered, position), then(desk, position, preferred(accept_language))
    could = seers(desk.tickets.fold(past), people, told.configuration, reading.at)
    shown = [SeerOut(**each) for each in values(could, told)]
    return Access(known_at=reading.at, position=position, people=len(people), seers=shown)
