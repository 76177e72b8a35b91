"""Where an imported ticket comes from: what its source recorded and no rule of the desk reads."""

from collections.abc import Mapping
from typing import TypeAlias

from domain.event import Public, Visibility, event
from domain.instant import Instant
from domain.ticket.state import Ticket


@event(
    "ticket.attributes_imported",
    visibility=Visibility.OPAQUE,
    en="Imported from {source}: what it recorded",
    ru="Импорт из {source}: сведения источника",
)
class AttributesImported:
    """What the source said of the ticket from `at` on; what it said before and is not named here still holds."""

    at: Public[Instant]
    source: str
    attributes: Mapping[str, str]
    """By the source's own names, as it wrote them; never about a person."""


Event: TypeAlias = AttributesImported


def evolve(ticket: Ticket, _: Event) -> Ticket:
    """The ticket as it was: no decision depends on what another desk recorded."""
    return ticket
