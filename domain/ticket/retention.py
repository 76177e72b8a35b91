"""The end of a ticket's texts: they are kept for as long as the desk says, then deleted; its history stays."""

from typing import TypeAlias

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused
from domain.ticket.state import Ticket, replace


@event(
    "ticket.texts_expired",
    visibility=Visibility.OPAQUE,
    en="The texts of the ticket are deleted: they were kept for as long as the desk keeps them",
    ru="Тексты заявки удаляются: истёк срок их хранения",
)
class TextsExpired:
    """From now on nothing is written on the ticket."""

    at: Public[Instant]
    erasure: Id
    """What deletes them, see `domain.erasure`."""


Event: TypeAlias = TextsExpired


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket without its texts; nobody is told any more of what became of it."""
    return replace(ticket, texts_expired_at=event.at, untold=frozenset())


def kept_since(ticket: Ticket) -> Instant | None:
    """When the ticket was over, from which on its texts are kept for a while; None until then, and once they expired.

    A merged ticket is over when it was merged, whatever becomes of the other one.
    """
    return None if ticket.texts_expired_at is not None else ticket.over_since


def expire(ticket: Ticket, *, erasure: Id, until: Instant, at: Instant) -> list[Event]:
    """Let the texts go of a ticket that was over by `until`. Refused: `ticket_in_use`."""
    since = kept_since(ticket)
    if since is None or since > until:
        raise Refused("ticket_in_use", reference=ticket.reference)
    return [TextsExpired(at=at, erasure=erasure)]


def demand_texts(ticket: Ticket) -> None:
    """Refuse whatever would be written on a ticket whose texts expired."""
    if ticket.texts_expired_at is not None:
        raise Refused("texts_expired", reference=ticket.reference)
