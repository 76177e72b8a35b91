"""Messages between client and staff, and notes among the staff."""

from typing import Annotated

from fastapi import Body
from pydantic import Field

from api.acting import Acting, TheActing
from api.tickets.routing import ticket_routes
from api.tickets.shape import Done
from api.types import IdIn, In, InstantIn, Key, Text
from domain.access import Act
from domain.refusal import Refused
from domain.ticket.conversation import answer, note, write
from domain.ticket.state import WaitFor
from domain.ticket.waiting import answer_and_wait

router = ticket_routes("conversation")


class Waiting(In):
    """What is waited for, and how long at the most."""

    what: WaitFor
    until: InstantIn
    agreed: IdIn | None = Field(default=None, description="The client's message that agreed to it")


class Message(In):
    """What is said: by staff it is an answer, by a contact a message of the client."""

    body: Text
    channel: Key = "api"
    from_client: bool = Field(default=False, strict=True, description="Staff take down what the client said")
    then_wait: Waiting | None = Field(default=None, description="Answer and wait in one step")


class Note(In):
    """What the staff tell each other."""

    body: Text


ANSWER = {"summary": "An answer", "value": {"body": "The print server is back; please try again."}}
ASK = {
    "summary": "A question, and a wait for the client",
    "value": {
        "body": "Which of the printers is it?",
        "then_wait": {"what": "client", "until": "2026-10-08T09:00:00.000Z"},
    },
}


@router.post("/messages", status_code=201, summary="Write or answer", operation_id="writeMessage")
def write_message(
    act: TheActing, body: Annotated[Message, Body(openapi_examples={"answer": ANSWER, "ask": ASK})]
) -> Done:
    """The first answer by a person fulfils the promise of one; a client's message is owed an answer."""
    if body.from_client or not act.may(Act.ANSWER):
        return _from_client(act, body)
    if body.then_wait is None:
        return act(Act.ANSWER, answer, message=act.message, by=act.by, channel=body.channel, body=body.body, at=act.at)
    return act(
        Act.ANSWER, answer_and_wait, message=act.message, by=act.by, channel=body.channel, body=body.body, at=act.at,
        **dict(body.then_wait),
    )  # fmt: skip


@router.post("/notes", status_code=201, summary="Leave an internal note", operation_id="leaveNote")
def leave_note(
    act: TheActing, body: Annotated[Note, Body(openapi_examples={"note": {"value": {"body": "Seen before: cable."}}})]
) -> Done:
    """No contact ever sees it."""
    return act(Act.NOTE, note, message=act.message, by=act.by, body=body.body, at=act.at)


def _from_client(act: Acting, body: Message) -> Done:
    """What staff take down is the requester's, and under the requester's key, but no agreement."""
    if body.then_wait:
        raise Refused("client_does_not_wait")
    writer, clerk = (act.ticket.state.requester, act.by) if act.may(Act.ANSWER) else (act.by, None)
    return act(
        Act.WRITE, write, message=act.message, by=writer, channel=body.channel, body=body.body, at=act.at,
        taken_down_by=clerk,
    )  # fmt: skip
