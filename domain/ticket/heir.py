"""What is written on a ticket once its requester is erased: it belongs to the organisation."""

from collections.abc import Collection
from typing import TypeAlias

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.ticket.state import Ticket, replace


@event(
    "ticket.requester_erased",
    visibility=Visibility.OPAQUE,
    en="The requester was erased: what is written from now on belongs to the organisation, and no later erasure of "
    "the person reaches it",
    ru="Данные заявителя удалены: дальнейшие записи относятся к организации, и удаление данных этого человека на них "
    "больше не распространяется",
)
class RequesterErased:
    """Words of the staff are under the organisation's key from now on."""

    at: Public[Instant]
    organisation: Id


Event: TypeAlias = RequesterErased


def evolve(ticket: Ticket, event: Event) -> Ticket:
    """The ticket of the organisation alone."""
    return replace(ticket, heir=event.organisation)


def pass_on(ticket: Ticket, *, erased: Collection[Id], at: Instant) -> list[Event]:
    """Let it go on without whoever asked; what is over, or was somebody else's request, stays as it is."""
    if not ticket.is_live or ticket.heir is not None or ticket.requester not in erased:
        return []
    return [RequesterErased(at=at, organisation=ticket.organisation)]
