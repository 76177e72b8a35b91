"""`POST /v1/tickets`: open a ticket, as a contact for the firm or as staff on a client's behalf."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Body

from api.acting import TheMeans
from api.deps import Asker
from api.routing import routes
from api.tickets.classification import demand_category
from api.tickets.shape import Done
from api.types import IdIn, In, Key, Line, Text
from domain.access import may_open
from domain.classification import Complexity, Impact, Kind, Urgency
from domain.event import Id
from domain.instant import Instant
from domain.person.state import WORKING
from domain.refusal import Refused
from domain.ticket import Event, Ticket
from domain.ticket.intake import Request
from store.desk import Desk
from store.intake import open_at
from store.people import person_of
from store.streams import Acted, Command

router = routes("/v1/tickets", "tickets", 400, 401, 403, 409, 413, 422, 429)

EXAMPLE = {
    "kind": "incident",
    "impact": "high",
    "urgency": "high",
    "subject": "The warehouse cannot print",
    "body": "Since 9:20 no label printer answers; six people are waiting.",
    "category": "hardware",
}


class Opening(In):
    """What is asked; staff also say by whom and for which organisation."""

    kind: Kind
    impact: Impact = Impact.MEDIUM
    urgency: Urgency = Urgency.MEDIUM
    subject: Line
    body: Text
    category: Key | None = None
    complexity: Complexity = Complexity.STANDARD
    channel: Key = "api"
    organisation: IdIn | None = None
    """A contact of one organisation may leave it out."""
    requester: IdIn | None = None
    """Whoever asks, unless staff open it for a contact."""


@router.post("", status_code=201, summary="Open a ticket", operation_id="openTicket")
def open_ticket(
    means: TheMeans, body: Annotated[Opening, Body(openapi_examples={"printers": {"value": EXAMPLE}})]
) -> Done:
    """Routed and given its priority by the configuration; its promises start at once."""
    asker = means.asker
    organisation, requester = _organisation(asker, body), body.requester or asker.caller.person
    if not may_open(asker.caller, organisation) or not _may_speak_for(asker, requester):
        raise Refused("not_allowed")
    said = body.model_dump(exclude={"organisation", "requester"})
    request = Request(**said, by=asker.caller.person, requester=requester, organisation=organisation)
    stream = means.desk.new_id()
    done = means.once(stream, lambda to: _open(means.desk, to, stream, request, asker.at))
    means.response.headers["Location"] = f"/v1/tickets/{done.ticket.reference}"
    return done


def _organisation(asker: Asker, body: Opening) -> Id:
    """The one that is named, or the only one that it can be."""
    own = asker.caller.organisations
    if body.organisation is None and len(own) != 1:
        if own or may_open(asker.caller, ""):
            raise Refused("organisation_missing")
        raise Refused("not_allowed")
    return body.organisation or next(iter(own))


def _may_speak_for(asker: Asker, requester: Id) -> bool:
    return requester == asker.caller.person or bool(asker.caller.roles & WORKING)


def _open(desk: Desk, command: Command, stream: Id, request: Request, at: Instant) -> Acted[Ticket, Event]:
    """What people and the configuration must say to it is asked of a new request, not of one that was done."""
    if request.organisation not in person_of(desk, request.requester).organisations:
        raise Refused("person_is_no_contact_of_organisation", person=request.requester)
    demand_category(desk.configured.state(), request.category)
    return open_at(desk, command, stream, request, at=at, number=_draw(desk))


def _draw(desk: Desk) -> Callable[[int], int]:
    """A number below another one, from the desk's own randomness."""
    return lambda count: int(desk.new_id(), 16) % count
