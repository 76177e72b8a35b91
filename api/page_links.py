"""Links to a client's own view of the status page: issued, listed and revoked by those who keep people and firms."""

from typing import Annotated, Final

from fastapi import Body, Depends, Path
from pydantic import Field

from api.deps import TheAsker, TheDesk
from api.problems import problems
from api.reading import Reader, reading_now
from api.receipts import TheRequest, once
from api.routing import routes
from api.types import IdIn, In, InstantIn, InstantOut, Line, Out
from domain.event import Id
from domain.instant import DAY, Duration
from domain.refusal import Refused
from domain.token import TokenScope
from projections import page_links
from projections.page_links import Issued
from store.desk import Desk
from store.page_links import issue_link, link_of, organisation_of, revoke_link, text_of

router = routes("/v1", "page links", 400, 401, 403, 404, 422, 429, 503)

USUAL: Final[Duration] = 90 * DAY
BOARD: Final = {"value": {"label": "For the board of Acme", "expires_at": "2027-01-31T00:00:00Z"}}


class NewPageLink(In):
    """Until when it holds, and whom it is for."""

    expires_at: InstantIn | None = Field(default=None, description="Within 366 days; 90 days ahead if it is left out")
    label: Line | None = Field(default=None, description="To tell it from other links", examples=["For the board"])


class PageLinkOut(Out):
    """A link. Whoever has its path sees the figures of the organisation."""

    id: Id
    organisation: Id
    path: str = Field(description="On the public site", examples=["/client/…/"])
    label: str
    issued_at: InstantOut
    expires_at: InstantOut
    revoked_at: InstantOut | None


class PageLinkIssuedOut(Out):
    """What came of it."""

    id: Id
    path: str = Field(description="On the public site", examples=["/client/…/"])
    expires_at: InstantOut
    position: int = Field(description="For X-After-Position of a later query")


class PageLinkRevokedOut(Out):
    """What came of it."""

    id: Id
    position: int = Field(description="For X-After-Position of a later query; 0 if it was already so")


@router.post(
    "/organisations/{organisation}/page-links",
    summary="Issue a link to a client's own view",
    operation_id="issuePageLink",
    status_code=201,
    responses=problems(409, 413),
)
def post_page_link(
    desk: TheDesk,
    asker: TheAsker,
    asked: TheRequest,
    organisation: Annotated[IdIn, Path()],
    body: Annotated[NewPageLink, Body(openapi_examples={"board": BOARD})],
) -> PageLinkIssuedOut:
    """It shows the organisation's own figures to whoever has it."""
    _demand(desk, asker, organisation)
    expires_at = asker.at + USUAL if body.expires_at is None else body.expires_at
    stream, by = asked.command, asker.caller.person
    acted = once(desk, asked, desk.page_links, stream, lambda to: issue_link(
        desk, to, organisation=organisation, expires_at=expires_at, label=body.label or "", at=asker.at, by=by,
    ))  # fmt: skip
    return PageLinkIssuedOut(
        id=stream, path=_path(desk, stream), expires_at=acted.state.expires_at, position=acted.position
    )


@router.get(
    "/organisations/{organisation}/page-links",
    summary="The links of a client",
    operation_id="listPageLinks",
)
def list_page_links(
    desk: TheDesk,
    asker: TheAsker,
    reader: Annotated[Reader, Depends(reading_now(page_links.NAME))],
    organisation: Annotated[IdIn, Path()],
) -> list[PageLinkOut]:
    """The newest first, also those that hold no more."""
    _demand(desk, asker, organisation)
    with reader.open() as reading:
        found = page_links.of_organisation(reading.connection, organisation)
    return [_out(desk, each) for each in found]


@router.delete(
    "/page-links/{link}", summary="Revoke a link", operation_id="revokePageLink", responses=problems(409, 413)
)
def delete_page_link(
    desk: TheDesk, asker: TheAsker, asked: TheRequest, link: Annotated[IdIn, Path()]
) -> PageLinkRevokedOut:
    """It shows nothing from now on."""
    asker.demand(TokenScope.PEOPLE_WRITE)
    link_of(desk, link)
    acted = once(desk, asked, desk.page_links, link, lambda to: revoke_link(
        desk, to, link, at=asker.at, by=asker.caller.person,
    ))  # fmt: skip
    return PageLinkRevokedOut(id=link, position=acted.position)


def _demand(desk: Desk, asker: TheAsker, organisation: Id) -> None:
    """The right, and that the organisation of the address is one."""
    asker.demand(TokenScope.PEOPLE_WRITE)
    try:
        organisation_of(desk, organisation)
    except Refused:
        raise Refused("not_found") from None


def _path(desk: Desk, stream: Id) -> str:
    return f"/client/{text_of(desk, stream)}/"


def _out(desk: Desk, each: Issued) -> PageLinkOut:
    times = {name: getattr(each, name) for name in ("issued_at", "expires_at", "revoked_at")}
    path, label = _path(desk, each.stream), each.label
    return PageLinkOut(id=each.stream, organisation=each.organisation, path=path, label=label, **times)
