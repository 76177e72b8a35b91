"""Tickets that belong together: a duplicate becomes part of another one, others are linked."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Body, Path
from pydantic import Field

from api.acting import Acting, TheActing
from api.deps import Found, Reference, find
from api.tickets.routing import ticket_routes
from api.tickets.shape import Done
from api.types import In, Key
from domain.access import Act
from domain.refusal import Refused
from domain.ticket import Event, Ticket
from domain.ticket.joining import askers, join_duplicate, link, merge, unlink

router = ticket_routes("joining")

How = Annotated[Key, Path(description="What they have to do with each other", examples=["caused-by"])]


class Merge(In):
    """What it is a duplicate of."""

    into: str = Field(description="The reference of the other ticket", min_length=9, max_length=9)


SAME = {"value": {"into": "100000001"}}


@router.put("/merge", summary="Merge a duplicate", operation_id="mergeTicket")
def merge_ticket(act: TheActing, body: Annotated[Merge, Body(openapi_examples={"same": SAME})]) -> Done:
    """Its conversation goes on in the other ticket of the same organisation; it has no clocks of its own.

    Whoever asked in the duplicate, or in a duplicate of it, goes on in the other ticket as a participant: sees it as
    its requester does, with what was said before but without notes, and may write in it. Confirming, withdrawing,
    reopening and rating stay with its requester and with the contacts who see every ticket of the organisation.
    """
    other, this = _other(act, body.into, Act.MERGE), act.ticket.stream

    def join(into: Ticket) -> Sequence[Event]:
        duplicate, _ = act.desk.tickets.load(this)  # who joined it just now goes on as well
        return join_duplicate(into, duplicate=this, participants=askers(duplicate), by=act.by, at=act.at)

    return act.with_also(act.desk.tickets.intend(other.stream, join))(
        Act.MERGE, merge, ticket_id=this, into=other.stream, organisation=other.state.organisation, by=act.by, at=act.at
    )


@router.put("/links/{other}/{how}", summary="Link it to another ticket", operation_id="linkTicket")
def link_ticket(act: TheActing, other: Reference, how: How) -> Done:
    """From this ticket to the other."""
    to = _other(act, other, Act.LINK).stream
    return act(Act.LINK, link, ticket_id=act.ticket.stream, to=to, how=how, by=act.by, at=act.at)


@router.delete("/links/{other}/{how}", summary="Take a link back", operation_id="unlinkTicket")
def unlink_ticket(act: TheActing, other: Reference, how: How) -> Done:
    """The history keeps that it was there."""
    return act(Act.LINK, unlink, to=_other(act, other, Act.LINK).stream, how=how, by=act.by, at=act.at)


def _other(act: Acting, reference: str, right: Act) -> Found:
    """The other ticket, with which the caller may do the same."""
    other = find(act.desk, act.asker, reference)
    if right not in other.rights.act:
        raise Refused("not_allowed")
    return other
