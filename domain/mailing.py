"""A mailing: what was announced once goes to all who subscribed; when everybody was told, or given up, it is done.

Its stream is named after the announcement (`mailing`, position of the event that is told). What arrived where is the
memory of whoever delivers; that all of it was done is an event, so that nobody is told again when that memory is lost.
"""

from dataclasses import dataclass
from typing import TypeAlias

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant


@event(
    "mailing.done",
    visibility=Visibility.OPAQUE,
    en="Subscribers were told: {delivered} delivered, {given_up} given up",
    ru="Подписчики оповещены: доставлено {delivered}, не доставлено {given_up}",
)
class MailingDone:
    """Of the announcement in stream `of` that was stored at `position`."""

    at: Public[Instant]
    of: Id
    position: int
    delivered: int
    given_up: int


Event: TypeAlias = MailingDone


@dataclass(frozen=True)
class Mailing:
    """Whether it is done."""

    is_done: bool = False


def evolve(_: Mailing, __: Event) -> Mailing:
    """The mailing after an event."""
    return Mailing(is_done=True)


def finish(mailing: Mailing, *, of: Id, position: int, delivered: int, given_up: int, at: Instant) -> list[Event]:
    """Everybody was told, or given up."""
    if mailing.is_done:
        return []
    return [MailingDone(at=at, of=of, position=position, delivered=delivered, given_up=given_up)]
