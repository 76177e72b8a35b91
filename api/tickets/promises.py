"""What becomes of the promises: a deadline by hand, and a verdict that does not count."""

from typing import Annotated

from fastapi import Body, Path
from pydantic import Field

from api.acting import TheActing
from api.tickets.routing import ticket_routes
from api.tickets.shape import Done
from api.types import IdIn, In, InstantIn
from domain.access import Act
from domain.clock import Exclusion
from domain.policy import Clock
from domain.ticket.promise import exclude, tighten

router = ticket_routes("promises")


class Deadline(In):
    """An earlier deadline than the one that stands."""

    due: InstantIn


class Excluding(In):
    """One of the published reasons."""

    reason: Exclusion
    agreed: IdIn | None = Field(default=None, description="The client's message, if the client agreed to it")


EARLIER = {"value": {"due": "2026-10-05T12:00:00.000Z"}}
ERROR = {"value": {"reason": "clock_error"}}


@router.put("/deadlines/{clock}", summary="Promise it earlier", operation_id="tightenDeadline")
def tighten_deadline(
    act: TheActing, clock: Clock, body: Annotated[Deadline, Body(openapi_examples={"earlier": EARLIER})]
) -> Done:
    """A deadline by hand may tighten, never loosen."""
    return act(Act.TIGHTEN, tighten, clock=clock, due=body.due, book=act.book, by=act.by, at=act.at)


@router.put("/verdicts/{clock}/{instance}/exclusion", summary="Exclude a verdict", operation_id="excludeVerdict")
def exclude_verdict(
    act: TheActing,
    clock: Clock,
    instance: Annotated[int, Path(ge=1, le=2**31, description="Counted from one for each clock")],
    body: Annotated[Excluding, Body(openapi_examples={"error": ERROR})],
) -> Done:
    """The only correction of a verdict; the reason is public."""
    return act(
        Act.EXCLUDE, exclude, clock=clock, instance=instance, reason=body.reason, by=act.by, at=act.at,
        agreed=body.agreed,
    )  # fmt: skip
