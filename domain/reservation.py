"""A name that one thing at a time may have: a ticket's reference, a person's address."""

from dataclasses import dataclass
from typing import TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.refusal import Refused


@event("name.reserved", visibility=Visibility.OPAQUE, en="A name was reserved", ru="Имя занято")
class NameReserved:
    """Stored in the commit of what needs the name."""

    at: Public[Instant]
    holder: Id


@event("name.released", visibility=Visibility.OPAQUE, en="A name was released", ru="Имя освобождено")
class NameReleased:
    """Free again."""

    at: Public[Instant]
    holder: Id


Event: TypeAlias = NameReserved | NameReleased


@dataclass(frozen=True)
class Reservation:
    """Who has the name now."""

    holder: Id | None = None


def evolve(_: Reservation, event: Event) -> Reservation:
    """The reservation after an event."""
    match event:
        case NameReserved():
            return Reservation(event.holder)
        case NameReleased():
            return Reservation()
        case _:
            assert_never(event)


def reserve(reservation: Reservation, *, holder: Id, at: Instant) -> list[Event]:
    """Take the name; refused while another has it."""
    if reservation.holder not in (None, holder):
        raise Refused("name_taken")
    return [] if reservation.holder == holder else [NameReserved(at=at, holder=holder)]


def release(reservation: Reservation, *, holder: Id, at: Instant) -> list[Event]:
    """Give the name back; whoever does not have it has nothing to give."""
    return [NameReleased(at=at, holder=holder)] if reservation.holder == holder else []


def take_over(reservation: Reservation, *, holder: Id, seen: Id | None, at: Instant) -> list[Event]:
    """Take the name from the one who was seen to have it; refused if by now another has it."""
    freed = release(reservation, holder=seen, at=at) if seen and seen != holder else []
    return [*freed, *reserve(Reservation() if freed else reservation, holder=holder, at=at)]
