"""Who a person is: name, addresses, and the discovery that two of them are one."""

from dataclasses import replace
from typing import TypeAlias, assert_never

from domain.event import Content, Id, Public, Sealed, Visibility, event
from domain.instant import Instant
from domain.person.state import Person, demand_active
from domain.refusal import Refused


@event("person.registered", visibility=Visibility.OPAQUE, en="The person was registered", ru="Человек зарегистрирован")
class Registered:
    """Somebody is known from now on; the owner of the name is the person."""

    at: Public[Instant]
    name: Sealed
    by: Id | None = None
    """None: the operator, at the command line."""


@event("person.renamed", visibility=Visibility.OPAQUE, en="The name was changed", ru="Имя изменено")
class Renamed:
    """Another name, of the same owner."""

    at: Public[Instant]
    name: Sealed
    by: Id | None = None


@event(
    "person.address_attached",
    visibility=Visibility.OPAQUE,
    en="An address was attached, channel {channel}",
    ru="Добавлен адрес, канал {channel}",
)
class AddressAttached:
    """The person can be reached, and is recognised, at an address."""

    at: Public[Instant]
    address: Id
    """The reservation of it."""
    channel: str
    value: Sealed
    by: Id | None = None


@event("person.address_detached", visibility=Visibility.OPAQUE, en="An address was detached", ru="Адрес удалён")
class AddressDetached:
    """The address is somebody else's now, or nobody's."""

    at: Public[Instant]
    address: Id
    by: Id | None = None


@event(
    "person.merged_into",
    visibility=Visibility.OPAQUE,
    en="The person turned out to be {into}",
    ru="Оказалось, что это {into}",
)
class MergedInto:
    """The same person was registered twice: this one leads to the other from now on."""

    at: Public[Instant]
    into: Id
    by: Id | None = None


@event(
    "person.duplicates_joined",
    visibility=Visibility.OPAQUE,
    en="The person is also known as {duplicates}",
    ru="Это тот же человек, что и {duplicates}",
)
class DuplicatesJoined:
    """The other side of a merge."""

    at: Public[Instant]
    duplicates: tuple[Id, ...]
    by: Id | None = None


@event("person.deactivated", visibility=Visibility.OPAQUE, en="The person was deactivated", ru="Доступ закрыт")
class Deactivated:
    """Has left: no token, right or duty holds any longer."""

    at: Public[Instant]
    by: Id | None = None


Event: TypeAlias = (
    Registered | Renamed | AddressAttached | AddressDetached | MergedInto | DuplicatesJoined | Deactivated
)


def evolve(person: Person, event: Event) -> Person:
    """The person known better."""
    match event:
        case Registered() | Renamed():
            return replace(person, id=event.name.owner)
        case AddressAttached():
            return replace(person, addresses=person.addresses | {event.address})
        case AddressDetached():
            return replace(person, addresses=person.addresses - {event.address})
        case MergedInto():
            return replace(person, merged_into=event.into)
        case DuplicatesJoined():
            return replace(person, duplicates=person.duplicates | set(event.duplicates))
        case Deactivated():
            return replace(person, deactivated=True)
        case _:
            assert_never(event)


def register(person: Person, *, identity: Id, name: str, at: Instant, by: Id | None = None) -> list[Event]:
    """Make the person known under the id of its stream; once."""
    named = _named(identity, name)
    return [] if person.id else [Registered(at=at, name=named, by=by)]


def rename(person: Person, *, name: str, at: Instant, by: Id | None = None) -> list[Event]:
    """Give the person another name. Sealed names cannot be compared here: the caller knows that they differ."""
    demand_active(person)
    return [Renamed(at=at, name=_named(person.id, name), by=by)]


def attach_address(
    person: Person, *, address: Id, channel: str, value: str, at: Instant, by: Id | None = None
) -> list[Event]:
    """Attach an address; `domain.reservation.reserve` goes into the same commit."""
    demand_active(person)
    if address in person.addresses:
        return []
    written = Content(person.id, {"value": value})
    return [AddressAttached(at=at, address=address, channel=channel, value=written, by=by)]


def detach_address(person: Person, *, address: Id, at: Instant, by: Id | None = None) -> list[Event]:
    """Detach an address, of whoever it may be; `domain.reservation.release` goes into the same commit."""
    return [AddressDetached(at=at, address=address, by=by)] if address in person.addresses else []


def merge(person: Person, *, into: Id, at: Instant, by: Id | None = None) -> list[Event]:
    """Let the person lead to another one, who gains no right by it; `join_duplicates` goes into the same commit."""
    if person.merged_into == into:
        return []
    demand_active(person)
    if into == person.id:
        raise Refused("person_merged_into_itself", person=into)
    return [MergedInto(at=at, into=into, by=by)]


def join_duplicates(person: Person, *, duplicates: frozenset[Id], at: Instant, by: Id | None = None) -> list[Event]:
    """Take in all identities of a person who was merged into this one."""
    demand_active(person)
    new = tuple(sorted(duplicates - person.identities))
    return [DuplicatesJoined(at=at, duplicates=new, by=by)] if new else []


def deactivate(person: Person, *, at: Instant, by: Id | None = None) -> list[Event]:
    """End everything the person may do; what the person did stays."""
    if person.deactivated:
        return []
    demand_active(person)
    return [Deactivated(at=at, by=by)]


def _named(identity: Id, name: str) -> Content:
    if not name.strip():
        raise Refused("name_empty")
    return Content(identity, {"name": name.strip()})
