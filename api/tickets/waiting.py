"""Waiting for the client, a vendor or a date; and the next act that somebody stated."""

from typing import Annotated

from fastapi import Body

from api.acting import TheActing
from api.tickets.messages import Waiting
from api.tickets.routing import ticket_routes
from api.tickets.shape import Done
from api.types import In, InstantIn, Text
from domain.access import Act
from domain.ticket.promise import finish_next_act, state_next_act
from domain.ticket.waiting import go_on, wait

router = ticket_routes("waiting")


class NextAct(In):
    """What will be done, and by when."""

    what: Text
    due: InstantIn


VENDOR = {"value": {"what": "vendor", "until": "2026-10-08T09:00:00.000Z"}}
CALL = {"value": {"what": "Call the carrier again", "due": "2026-10-06T12:00:00.000Z"}}


@router.put("/wait", summary="Wait", operation_id="startWaiting")
def start_waiting(act: TheActing, body: Annotated[Waiting, Body(openapi_examples={"vendor": VENDOR})]) -> Done:
    """For the client it pauses the resolution; for a vendor it pauses nothing."""
    return act(Act.WAIT, wait, what=body.what, until=body.until, by=act.by, at=act.at, agreed=body.agreed)


@router.delete("/wait", summary="Go on", operation_id="stopWaiting")
def stop_waiting(act: TheActing) -> Done:
    """Work goes on."""
    return act(Act.GO_ON, go_on, by=act.by, at=act.at)


@router.put("/next-act", summary="State what happens next", operation_id="stateNextAct")
def set_next_act(act: TheActing, body: Annotated[NextAct, Body(openapi_examples={"call": CALL})]) -> Done:
    """Past it the ticket is listed as hanging."""
    return act(Act.STATE_NEXT_ACT, state_next_act, what=body.what, due=body.due, by=act.by, at=act.at)


@router.delete("/next-act", summary="The stated act is done", operation_id="finishNextAct")
def delete_next_act(act: TheActing) -> Done:
    """The next act is the earliest running due again."""
    return act(Act.STATE_NEXT_ACT, finish_next_act, by=act.by, at=act.at)
