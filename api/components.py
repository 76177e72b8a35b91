"""Components of the status page: how each one stands, and the setting of its status by a person."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path
from pydantic import Field

from api.deps import TheAsker, TheDesk
from api.problems import problems
from api.reading import Reader, reading_of
from api.receipts import TheRequest, once
from api.types import In, InstantOut, Out, Text
from domain.component import ComponentStatus, Through, set_status
from domain.configuration.component import ComponentDefined
from domain.token import TokenScope
from projections import status

router = APIRouter(prefix="/v1/components", tags=["components"], responses=problems(400, 401, 403, 422, 429, 503))


class GroupOut(Out):
    """A group of components, by its order on the page."""

    key: str
    ru: str
    en: str


class ComponentOut(Out):
    """A component, by its order on the page."""

    key: str
    group: str
    ru: str
    en: str
    uptime_target: int = Field(description="Thousandths of a percent; 0 promises nothing")
    status: ComponentStatus | None = Field(description="None before the first one was set")
    since: InstantOut | None
    through: Through | None


class Components(Out):
    """All components in their groups."""

    groups: list[GroupOut]
    components: list[ComponentOut]


class Status(In):
    """How it stands from now on."""

    status: ComponentStatus
    why: Text | None = Field(default=None, description="For the desk's own history")


class StatusSetOut(Out):
    """What came of it."""

    component: str
    status: ComponentStatus
    position: int = Field(description="For X-After-Position of a later query; 0 if it was already so")


OUTAGE = {"value": {"status": "major_outage", "why": "The carrier reports a cut cable."}}


@router.get("", summary="All components", operation_id="listComponents")
def list_components(_: TheAsker, reader: Annotated[Reader, Depends(reading_of(status.NAME))]) -> Components:
    """As they stand, or stood."""
    with reader.open() as reading:
        groups = status.groups(reading.connection, reading.position)
        components = status.components(reading.connection, reading.position)
    return Components(
        groups=[GroupOut.model_validate(each) for each in groups],
        components=[ComponentOut.model_validate(each) for each in components],
    )


@router.put(
    "/{key}/status", summary="Set a status", operation_id="setComponentStatus", responses=problems(404, 409, 413)
)
def put_status(
    desk: TheDesk,
    asker: TheAsker,
    asked: TheRequest,
    key: Annotated[str, Path(max_length=64)],
    body: Annotated[Status, Body(openapi_examples={"outage": OUTAGE})],
) -> StatusSetOut:
    """Set by a person it holds until it is changed."""
    asker.demand(TokenScope.COMPONENTS_WRITE)
    known = frozenset(desk.configured.state().of(ComponentDefined))
    stream, by = desk.name("component", key), asker.caller.person
    acted = once(desk, asked, desk.components, stream, lambda to: desk.components.act(
        to, stream, set_status, key=key, known=known, status=body.status, through=Through.PERSON, at=asker.at, by=by,
        why=body.why or "",
    ))  # fmt: skip
    return StatusSetOut(component=key, status=acted.state.status or body.status, position=acted.position)
