"""Components of the status page: how each one stands, for anybody, and the setting of its status by a person."""

from typing import Annotated

from fastapi import Body, Depends, Header, Path, Response
from pydantic import Field

from api.deps import TheAsker, TheDesk
from api.language import Language, preferred
from api.percent import percent
from api.problems import problems
from api.public import FOR_ANYBODY, public_reading
from api.reading import Reader
from api.receipts import TheRequest, once
from api.routing import routes
from api.types import In, InstantOut, Out, Text
from domain.component import ComponentStatus, Through, demand_defined, release, set_status
from domain.configuration.component import ComponentDefined
from domain.token import TokenScope
from projections import status

router = routes("/v1/components", "components", 400, 401, 422, 429, 503)


class NamesOut(Out):
    """What it is called in each language."""

    ru: str
    en: str


class GroupOut(Out):
    """A group of components, by its order on the page."""

    key: str
    name: str = Field(description="In the caller's language")
    names: NamesOut


class ComponentOut(Out):
    """A component, by its order on the page."""

    key: str
    name: str = Field(description="In the caller's language")
    names: NamesOut
    group: str
    status: ComponentStatus | None = Field(description="As the page shows it; None while nothing is known")
    since: InstantOut | None = Field(description="Since when it is shown so")
    through: Through | None = Field(description="What that was set by; None: planned works, or nothing is known")
    uptime_target: float | None = Field(description="Percent of a month; None: nothing is promised", examples=[99.95])


class Components(Out):
    """All components and their groups."""

    items: list[ComponentOut]
    groups: list[GroupOut]


class Status(In):
    """How it stands from now on."""

    status: ComponentStatus
    why: Text | None = Field(default=None, description="For the desk's own history")


class StatusSetOut(Out):
    """What came of it."""

    component: str
    status: ComponentStatus | None = Field(description="The component's own; an incident or works may say otherwise")
    position: int = Field(description="For X-After-Position of a later query; 0 if it was already so")


OUTAGE = {"value": {"status": "major_outage", "why": "The carrier reports a cut cable."}}


@router.get("", summary="All components", operation_id="listComponents", openapi_extra=FOR_ANYBODY)
def list_components(
    reader: Annotated[Reader, Depends(public_reading(status.NAME))],
    response: Response,
    accept_language: Annotated[str, Header()] = "",
) -> Components:
    """As they stand, or stood; for anybody."""
    language = preferred(accept_language)
    response.headers.update({"Content-Language": language, "Vary": "Accept-Language"})
    with reader.open() as reading:
        groups = status.groups(reading.connection, reading.position)
        components = status.components(reading.connection, reading.position, reading.at)
    return Components(
        items=[component_out(each, language) for each in components], groups=[_group(each, language) for each in groups]
    )


@router.put(
    "/{key}/status", summary="Set a status", operation_id="setComponentStatus", responses=problems(403, 404, 409, 413)
)
def put_status(
    desk: TheDesk,
    asker: TheAsker,
    asked: TheRequest,
    key: Annotated[str, Path(max_length=64)],
    body: Annotated[Status, Body(openapi_examples={"outage": OUTAGE})],
) -> StatusSetOut:
    """Set by a person it holds until it is changed, or left to the probes."""
    asker.demand(TokenScope.COMPONENTS_WRITE)
    known = frozenset(desk.configured.state().of(ComponentDefined))
    stream, by = desk.name("component", key), asker.caller.person
    acted = once(desk, asked, desk.components, stream, lambda to: desk.components.act(
        to, stream, set_status, key=key, known=known, status=body.status, through=Through.PERSON, at=asker.at, by=by,
        why=body.why or "",
    ))  # fmt: skip
    return StatusSetOut(component=key, status=acted.state.status, position=acted.position)


@router.delete(
    "/{key}/status",
    summary="Leave the status to the probes",
    operation_id="releaseComponentStatus",
    responses=problems(403, 404, 409),
)
def delete_status(
    desk: TheDesk, asker: TheAsker, asked: TheRequest, key: Annotated[str, Path(max_length=64)]
) -> StatusSetOut:
    """What a person set no longer stands against what probes say."""
    asker.demand(TokenScope.COMPONENTS_WRITE)
    demand_defined(key, desk.configured.state().of(ComponentDefined))
    stream, by = desk.name("component", key), asker.caller.person
    acted = once(desk, asked, desk.components, stream, lambda to: desk.components.act(
        to, stream, release, key=key, at=asker.at, by=by,
    ))  # fmt: skip
    return StatusSetOut(component=key, status=acted.state.status, position=acted.position)


def component_out(each: status.Component, language: Language) -> ComponentOut:
    """A component in words and percent."""
    names = NamesOut(ru=each.ru, en=each.en)
    return ComponentOut(
        key=each.key,
        name=getattr(names, language),
        names=names,
        group=each.group,
        status=each.status,
        since=each.since,
        through=each.through,
        uptime_target=percent(each.uptime_target or None),
    )


def _group(each: status.Group, language: Language) -> GroupOut:
    names = NamesOut(ru=each.ru, en=each.en)
    return GroupOut(key=each.key, name=getattr(names, language), names=names)
