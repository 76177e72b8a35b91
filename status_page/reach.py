"""How to reach the desk: by which channels, when somebody is there, and how soon a person answered of late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from domain.configuration.page import Channel, ChannelKind
from domain.policy import CalendarRef, Clock
from projections import sla
from projections.sla import Figure
from status_page.bars import midnight
from status_page.edition import Edition
from status_page.opening import Opening, opening
from status_page.words import local

DAYS: Final = 7


@dataclass(frozen=True)
class Way:
    """A channel with its hours."""

    channel: Channel
    calendar: CalendarRef
    opening: Opening | None
    """None: nobody knows whether it is open."""

    @property
    def link(self) -> str | None:
        """Where it leads (RFC 3966, RFC 6068); None of an address that is only told."""
        address = self.channel.address
        match self.channel.kind:
            case ChannelKind.PHONE:
                return "tel:" + "".join(each for each in address if each in "+0123456789")
            case ChannelKind.MAIL:
                return f"mailto:{address}"
            case _:
                return address if address.startswith(("https://", "http://")) else None


@dataclass(frozen=True)
class Reach:
    """The channels in the order of the page, and the first responses that were due in the last seven whole days."""

    ways: Sequence[Way]
    answered: Figure | None
    """None: none was due."""


def reach(edition: Edition) -> Reach:
    """What the page tells at its instant."""
    return Reach([_way(edition, each) for each in edition.configured.state.page.channels], _answered(edition))


def _way(edition: Edition, channel: Channel) -> Way:
    state = edition.configured.state
    newest = state.newest(channel.calendar)
    return Way(channel, newest, opening(state.calendars[newest], edition.at))


def _answered(edition: Edition) -> Figure | None:
    """Until the last midnight, so that the figure changes by time alone only where the page does."""
    today = local(edition.at, edition.zone).date()
    since, until = (midnight(day, edition.zone) for day in (today - timedelta(DAYS), today))
    figures = sla.figures(
        edition.connection,
        since=since,
        until=until,
        published=True,
        position=edition.position,
        by=("clock",),
        clock=Clock.FIRST_RESPONSE,
    )
    return next((each for each in figures if each.decided), None)
