"""Links to a client's own view of the status page: their texts, and the organisation that one leads to.

A text holds the id of the link's stream, signed: it can be shown again, and one that was made up costs no look at the
log.
"""

from contextlib import suppress
from typing import Final

from domain import page_link
from domain.event import Id
from domain.instant import Instant
from domain.organisation import Organisation, OrganisationRegistered
from domain.page_link import PageLink, PageLinkIssued, holds
from domain.refusal import Refused
from store.desk import Desk
from store.signed_ids import read_signed_id, signed_id
from store.streams import Acted, Command

PURPOSE: Final = "page_link"


def text_of(desk: Desk, stream: Id) -> str:
    """What stands in the address: 43 characters of base64url."""
    return signed_id(desk.keys.desk, PURPOSE, stream)


def read(desk: Desk, text: str) -> Id | None:
    """The stream of the link; None if the text was not signed by this desk."""
    return read_signed_id(desk.keys.desk, PURPOSE, text)


def link_by(desk: Desk, text: str, at: Instant) -> PageLink | None:
    """The link, if the text opens it at an instant; None if it is forged, expired or revoked, or nobody is there."""
    stream = read(desk, text)
    with suppress(Refused):
        if stream and holds(found := link_of(desk, stream), at):
            organisation_of(desk, found.organisation)
            return found
    return None


def link_of(desk: Desk, stream: Id) -> PageLink:
    """The link of that id. Refused: `page_link_unknown`, whatever else the id may stand for."""
    past = desk.log.read(stream)
    if not (past and isinstance(past[0].event, PageLinkIssued)):
        raise Refused("page_link_unknown")
    return desk.page_links.fold(past)


def organisation_of(desk: Desk, stream: Id) -> Organisation:
    """The organisation of that id. Refused: `organisation_not_registered`, whatever else the id may stand for."""
    past = desk.log.read(stream)
    if not (past and isinstance(past[0].event, OrganisationRegistered)):
        raise Refused("organisation_not_registered")
    return desk.organisations.fold(past)


def issue_link(
    desk: Desk,
    command: Command,
    *,
    organisation: Id,
    expires_at: Instant,
    label: str,
    at: Instant,
    by: Id | None = None,
) -> Acted[PageLink, page_link.Event]:
    """Issue a link; its stream has the id of the command, so that the same request again makes no second one."""
    organisation_of(desk, organisation)
    return desk.page_links.act(
        command, command.id, page_link.issue, organisation=organisation, expires_at=expires_at, label=label,
        at=at, by=by,
    )  # fmt: skip


def revoke_link(
    desk: Desk, command: Command, stream: Id, *, at: Instant, by: Id | None = None
) -> Acted[PageLink, page_link.Event]:
    """Revoke it."""
    link_of(desk, stream)
    return desk.page_links.act(command, stream, page_link.revoke, at=at, by=by)
