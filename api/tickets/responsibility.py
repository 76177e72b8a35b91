"""Who is responsible: acceptance, assignment, and the hand-over to another line."""

from typing import Annotated

from fastapi import Body
from pydantic import Field

from api.acting import TheActing
from api.tickets.routing import ticket_routes
from api.tickets.shape import Done
from api.types import IdIn, In, Key
from domain.access import Act
from domain.configuration.reason import Occasion, ReasonDefined
from domain.person.state import Person, Right, demand_working
from domain.refusal import Refused
from domain.ticket.assignment import accept, assign, hand_over
from store.people import person_of

router = ticket_routes("responsibility")


class Assignment(In):
    """Whom it is given to."""

    owner: IdIn
    team: Key | None = Field(default=None, description="Another team of the same line")


class Line(In):
    """Where it goes, and why."""

    team: Key
    reason: Key = Field(description="One of the configured reasons for a hand-over")


OWNER = {"value": {"owner": "5f0c9d2e7a414b6c8e3d1f2a6b7c8d9e"}}
ENGINEERS = {"value": {"team": "engineers", "reason": "knowledge"}}


@router.put("/acceptance", summary="Take it into work", operation_id="acceptTicket")
def accept_ticket(act: TheActing) -> Done:
    """The caller is responsible from now on."""
    return act(Act.ACCEPT, accept, by=act.by, teams=act.asker.caller.teams, at=act.at)


@router.put("/assignment", summary="Make somebody responsible", operation_id="assignTicket")
def assign_ticket(act: TheActing, body: Annotated[Assignment, Body(openapi_examples={"colleague": OWNER})]) -> Done:
    """To a person of the same line, or who serves the organisation; to another line it is handed over."""
    if not act.may(Act.ASSIGN):
        raise Refused("not_allowed")  # before it can be asked who is there
    owner = person_of(act.desk, body.owner)
    demand_working(owner)
    serves = act.ticket.state.organisation in owner.organisations_by(Right.SERVES_ORGANISATION)
    return act(
        Act.ASSIGN, assign, by=act.by, owner=body.owner, teams=_teams(owner), serves=serves, team=body.team,
        lines=act.lines, at=act.at,
    )  # fmt: skip


@router.put("/line", summary="Hand it over", operation_id="handOverTicket")
def hand_over_ticket(act: TheActing, body: Annotated[Line, Body(openapi_examples={"second": ENGINEERS})]) -> Done:
    """Counted; the owner stays responsible until somebody there takes it."""
    reasons = {key for key, each in act.configuration.of(ReasonDefined).items() if each.occasion is Occasion.HAND_OVER}
    return act(
        Act.HAND_OVER, hand_over, by=act.by, team=body.team, reason=body.reason, reasons=frozenset(reasons),
        lines=act.lines, at=act.at,
    )  # fmt: skip


def _teams(owner: Person) -> frozenset[str]:
    """Those in which the person works on tickets; a contractor works on those of the organisations it serves alone."""
    return frozenset() if Right.CONTRACTOR in owner.roles else owner.teams
