"""What the client thought of it."""

from typing import Final, TypeAlias

from domain.event import Content, Id, Public, Sealed, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused
from domain.ticket.state import Stage, Ticket, demand_known

CSAT: Final = range(1, 6)
NPS: Final = range(11)
ENDED: Final = (Stage.RESOLVED, Stage.REFUSED, Stage.CLOSED)


@event(
    "ticket.rated",
    visibility=Visibility.OPAQUE,
    en="{by} rated the ticket: CSAT {csat}, NPS {nps}",
    ru="{by}: оценка заявки, CSAT {csat}, NPS {nps}",
)
class Rated:
    """A rating once the work was done; a new one takes the place of the old one in the figures."""

    at: Public[Instant]
    by: Id
    csat: int | None = None
    """Satisfaction, 1 to 5."""
    nps: int | None = None
    """Would recommend, 0 to 10."""
    text: Sealed | None = None
    """The `comment`, if there is one."""


Event: TypeAlias = Rated


def evolve(ticket: Ticket, _: Event) -> Ticket:
    """The ticket as it was: no decision depends on a rating."""
    return ticket


def rate(
    ticket: Ticket, *, by: Id, at: Instant, csat: int | None = None, nps: int | None = None, comment: str = ""
) -> list[Event]:
    """Rate what was done, on either scale or both."""
    demand_known(ticket)
    if ticket.stage not in ENDED:
        raise Refused("ticket_not_ended", reference=ticket.reference)
    if csat is None and nps is None:
        raise Refused("rating_missing")
    if csat is not None and csat not in CSAT:
        raise Refused("csat_out_of_range", csat=csat)
    if nps is not None and nps not in NPS:
        raise Refused("nps_out_of_range", nps=nps)
    text = Content(by, {"comment": comment}) if comment else None
    return [Rated(at=at, by=by, csat=csat, nps=nps, text=text)]
