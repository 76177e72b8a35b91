"""How a ticket ends: resolution, reasoned refusal, closure, reopening; and what the client thought of it."""

from enum import StrEnum
from typing import Annotated, Final

from fastapi import Body
from pydantic import Field

from api.acting import TheActing
from api.tickets.routing import ticket_routes
from api.tickets.shape import Done
from api.types import In, Key, Text
from domain.access import Act
from domain.configuration.reason import Occasion, ReasonDefined
from domain.refusal import Refused
from domain.ticket import Stage
from domain.ticket.feedback import rate
from domain.ticket.outcome import Closing, Objection, close, object_to, refuse, reopen, resolve

router = ticket_routes("outcome")


class Resolution(In):
    """How it was solved, in words for the client."""

    body: Text


class Refusal(In):
    """Why it is refused, and what the client can do instead."""

    cause: Key = Field(description="One of the configured reasons for a refusal")
    explanation: Text
    alternatives: Text


class ClosedBy(StrEnum):
    """How a person ends it: the client, or the lead of the line what nobody asked for."""

    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    SPAM = "spam"


RIGHTS: Final = {
    ClosedBy.CONFIRMED: Act.CLOSE_CONFIRM,
    ClosedBy.WITHDRAWN: Act.CLOSE_WITHDRAW,
    ClosedBy.SPAM: Act.EXCLUDE,
}


class NotOver(In):
    """What is not over: the client's words, which are owed an answer. Staff write a message or a note of its own."""

    body: Text
    channel: Key = "api"


class Closure(In):
    """It is over."""

    how: ClosedBy


class Rating(In):
    """What the client thought of it, on either scale or both."""

    csat: int | None = Field(default=None, ge=1, le=5, strict=True, description="Satisfaction")
    nps: int | None = Field(default=None, ge=0, le=10, strict=True, description="Would recommend")
    comment: Text | None = None


SOLVED = {"value": {"body": "The print server had run out of space; it now deletes old jobs by itself."}}
SCOPE = {
    "value": {
        "cause": "out_of_scope",
        "explanation": "Private telephones are not part of the contract.",
        "alternatives": "The shop where it was bought repairs it.",
    }
}
AGAIN = {"value": {"channel": "portal", "body": "It happened again this morning."}}
CONFIRMED = {"value": {"how": "confirmed"}}
GOOD = {"value": {"csat": 5, "nps": 9, "comment": "Quick!"}}


@router.put("/resolution", summary="Resolve it", operation_id="resolveTicket")
def resolve_ticket(act: TheActing, body: Annotated[Resolution, Body(openapi_examples={"solved": SOLVED})]) -> Done:
    """Final when the client confirms it, or does not object in time."""
    return act(Act.RESOLVE, resolve, message=act.message, by=act.by, body=body.body, at=act.at)


@router.put("/refusal", summary="Refuse it with reasons", operation_id="refuseTicket")
def refuse_ticket(act: TheActing, body: Annotated[Refusal, Body(openapi_examples={"scope": SCOPE})]) -> Done:
    """Shown apart: neither met nor breached."""
    causes = {key for key, each in act.configuration.of(ReasonDefined).items() if each.occasion is Occasion.REFUSAL}
    return act(Act.REFUSE, refuse, message=act.message, by=act.by, causes=frozenset(causes), at=act.at, **dict(body))


@router.put("/reopening", summary="It is not over", operation_id="reopenTicket")
def reopen_ticket(
    act: TheActing, body: Annotated[NotOver | None, Body(openapi_examples={"again": AGAIN})] = None
) -> Done:
    """Before closing its clock goes on; afterwards a new one starts. The client may say why in the same step."""
    if act.ticket.state.stage is Stage.CLOSED and act.desk.keys.is_erased(act.ticket.state.subject):
        raise Refused("requester_erased")
    if act.may(Act.RESOLVE):
        if body is not None:
            raise Refused("reopening_words_are_the_clients")
        return act(Act.REOPEN, reopen, by=act.by, at=act.at, why=Objection.CORRECTED)
    if body is None:
        return act(Act.REOPEN, reopen, by=act.by, at=act.at)
    return act(Act.REOPEN, object_to, message=act.message, by=act.by, at=act.at, **dict(body))


@router.put("/closure", summary="Close it", operation_id="closeTicket")
def close_ticket(act: TheActing, body: Annotated[Closure, Body(openapi_examples={"confirmed": CONFIRMED})]) -> Done:
    """The client confirms that it is solved or does not need it any more; spam is the lead's to close."""
    return act(RIGHTS[body.how], close, how=Closing(body.how), book=act.book, by=act.by, at=act.at)


@router.put("/rating", summary="Rate it", operation_id="rateTicket")
def rate_ticket(act: TheActing, body: Annotated[Rating, Body(openapi_examples={"good": GOOD})]) -> Done:
    """The last rating counts."""
    return act(Act.RATE, rate, by=act.by, at=act.at, csat=body.csat, nps=body.nps, comment=body.comment or "")
