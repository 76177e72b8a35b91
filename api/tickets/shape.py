"""A ticket as answers tell it, and what came of a request to change it."""

from typing import Any

from pydantic import Field

from api.types import InstantOut, Out
from audit.proving import Proving
from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.event import Id
from domain.ticket import Stage, Ticket
from domain.ticket.state import WaitFor
from store.streams import Acted


class TicketOut(Out):
    """Where a ticket stands."""

    reference: str = Field(examples=["100000001"])
    stage: Stage
    kind: Kind
    priority: Priority
    impact: Impact
    urgency: Urgency
    category: str | None
    complexity: Complexity
    level: str = Field(description="The service level", examples=["standard"])
    policy: int = Field(description="The level's version")
    organisation: Id
    requester: Id
    line: str
    team: str
    owner: Id | None = Field(description="Who is responsible; a team while nobody has taken it")
    awaits_acceptance: bool = Field(description="Nobody of the team it lies with now has taken it")
    waits_for: WaitFor | None
    waits_until: InstantOut | None
    acts_at: InstantOut | None = Field(description="When the stated next act is promised for")
    owes_answer: bool = Field(description="A message of the client is unanswered")
    texts_expired_at: InstantOut | None = Field(
        description="When its texts had been kept for long enough and were deleted: nothing is written on it any more"
    )


class Done(Out):
    """What came of a request: the ticket right after it, and the events that it brought."""

    ticket: TicketOut
    version: int = Field(description="The ticket's version, as in the ETag")
    position: int = Field(description="For X-After-Position of a later query; 0 if it was already so")
    events: list[str] = Field(description="What was stored; empty if it was already so", examples=[["ticket.accepted"]])
    message: Id | None = Field(description="The message that was written, if one was")
    receipt: str | None = Field(
        description="Signed by the log: that the first of these events will be in it. Keep it as it is; `…/proofs` "
        "redeems it. None if nothing was stored, or the log cannot be signed now: nothing is promised then"
    )


def ticket_out(state: Ticket) -> TicketOut:
    """The ticket as it stands."""
    return TicketOut.model_validate(state)


def done(acted: Acted[Ticket, Any], proving: Proving | None) -> Done:
    """What the request did."""
    said = [each.event.message for each in acted.events if hasattr(each.event, "message")]
    return Done(
        ticket=ticket_out(acted.state),
        version=acted.version,
        position=acted.position,
        events=[each.envelope.name for each in acted.events],
        message=said[0] if said else None,
        receipt=proving.receipt(acted.events[0]) if proving and acted.events else None,
    )
