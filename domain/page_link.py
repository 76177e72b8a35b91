"""A link to the status page that shows a client its own figures, until it expires or is revoked, to whoever has it.

The events hold nothing secret: what the link's address is made of is signed by the desk (`store.page_links`).
"""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import DAY, Duration, Instant
from domain.refusal import Refused

LONGEST: Final[Duration] = 366 * DAY
"""How far ahead a link may expire: one that was forgotten ends by itself."""


@event(
    "page_link.issued",
    visibility=Visibility.OPAQUE,
    en="A link to the organisation's own figures was issued: {label}",
    ru="Выдана ссылка на показатели организации: {label}",
)
class PageLinkIssued:
    """It shows the figures of one organisation, before `expires_at`."""

    at: Public[Instant]
    organisation: Id
    expires_at: Instant
    label: str
    by: Id | None = None


@event(
    "page_link.revoked",
    visibility=Visibility.OPAQUE,
    en="The link to the organisation's own figures was revoked",
    ru="Ссылка на показатели организации отозвана",
)
class PageLinkRevoked:
    """It shows nothing any more."""

    at: Public[Instant]
    by: Id | None = None


Event: TypeAlias = PageLinkIssued | PageLinkRevoked


@dataclass(frozen=True)
class PageLink:
    """The state of a link; as constructed, of one that was never issued."""

    organisation: Id = ""
    expires_at: Instant = 0
    revoked: bool = False


def evolve(link: PageLink, event: Event) -> PageLink:
    """The link after an event."""
    match event:
        case PageLinkIssued():
            return PageLink(event.organisation, event.expires_at)
        case PageLinkRevoked():
            return replace(link, revoked=True)
        case _:
            assert_never(event)


def issue(
    link: PageLink, *, organisation: Id, expires_at: Instant, label: str, at: Instant, by: Id | None = None
) -> list[Event]:
    """Issue it, once. Refused: `page_link_expired_already`; `page_link_too_long`, with the `latest` instant."""
    if link.organisation:
        return []
    if expires_at <= at:
        raise Refused("page_link_expired_already", expires_at=expires_at)
    if expires_at > at + LONGEST:
        raise Refused("page_link_too_long", latest=at + LONGEST)
    return [PageLinkIssued(at=at, organisation=organisation, expires_at=expires_at, label=label, by=by)]


def revoke(link: PageLink, *, at: Instant, by: Id | None = None) -> list[Event]:
    """Revoke it for good. Refused: `page_link_unknown`."""
    if not link.organisation:
        raise Refused("page_link_unknown")
    return [] if link.revoked else [PageLinkRevoked(at=at, by=by)]


def holds(link: PageLink, at: Instant) -> bool:
    """Whether it shows anything at an instant: no more at `expires_at`, and never if it was never issued."""
    return not link.revoked and at < link.expires_at
