"""Planned absences, and who stands in: each one is written on both people, so that the rights of both can be replayed.

Both streams change in one commit and each refuses what does not fit its own person. Whoever is away is nobody's new
deputy for that time, so following deputies from an absent person ends at somebody who is there.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias, assert_never

from domain.event import Id, Public, Visibility, event
from domain.instant import Instant
from domain.person.state import Absence, Person, demand_working
from domain.refusal import Refused


@event(
    "person.absence_planned",
    visibility=Visibility.OPAQUE,
    en="Will be away from {start} until {end}; {deputy} stands in",
    ru="Отсутствие с {start} до {end}, заместитель {deputy}",
)
class AbsencePlanned:
    """The person is away from `start` until just before `end`."""

    at: Public[Instant]
    absence: Id
    start: Instant
    end: Instant
    deputy: Id
    by: Id | None = None


@event(
    "person.absence_cancelled", visibility=Visibility.OPAQUE, en="Will not be away after all", ru="Отсутствие отменено"
)
class AbsenceCancelled:
    """The person is back early, or never went."""

    at: Public[Instant]
    absence: Id
    by: Id | None = None


@event(
    "person.named_deputy",
    visibility=Visibility.OPAQUE,
    en="Stands in for {person} from {start} until {end}",
    ru="Замещает {person} с {start} до {end}",
)
class NamedDeputy:
    """The other side of a planned absence."""

    at: Public[Instant]
    absence: Id
    person: Id
    start: Instant
    end: Instant
    by: Id | None = None


@event("person.released_as_deputy", visibility=Visibility.OPAQUE, en="No longer stands in", ru="Замещение отменено")
class ReleasedAsDeputy:
    """The other side of a cancelled absence."""

    at: Public[Instant]
    absence: Id
    by: Id | None = None


Event: TypeAlias = AbsencePlanned | AbsenceCancelled | NamedDeputy | ReleasedAsDeputy


def evolve(person: Person, event: Event) -> Person:
    """The person away, or standing in for somebody who is."""
    match event:
        case AbsencePlanned():
            planned = Absence(event.absence, person.id, event.start, event.end, event.deputy)
            return replace(person, absences=person.absences | {planned})
        case AbsenceCancelled():
            return replace(person, absences=_without(person.absences, event.absence))
        case NamedDeputy():
            duty = Absence(event.absence, event.person, event.start, event.end, person.id)
            return replace(person, duties=person.duties | {duty})
        case ReleasedAsDeputy():
            return replace(person, duties=_without(person.duties, event.absence))
        case _:
            assert_never(event)


def is_absent(person: Person, at: Instant) -> bool:
    """Whether the person is away at that instant."""
    return any(each.holds_at(at) for each in person.absences)


def deputy_at(person: Person, at: Instant) -> Id | None:
    """Who stands in at that instant; None if the person is there."""
    return next((each.deputy for each in person.absences if each.holds_at(at)), None)


def responsible_at(person: Id, at: Instant, people: Callable[[Id], Person]) -> Id | None:
    """Who is there to do it: the person, else the deputy, else the deputy's deputy, and so on.

    None if that ends at somebody who has left: deactivated, or found to be somebody else.
    """
    known = people(person)
    deputy = deputy_at(known, at)
    if deputy is None:
        return person if known.is_active else None
    return responsible_at(deputy, at, people)


def stands_in_for(person: Person, at: Instant) -> frozenset[Id]:
    """Whose deputy the person is at that instant."""
    return frozenset(each.person for each in person.duties if each.holds_at(at))


def plan_absence(person: Person, *, absence: Absence, at: Instant, by: Id | None = None) -> list[Event]:
    """Let the person be away, with a deputy; `name_deputy` goes into the same commit."""
    demand_working(person)
    if absence in person.absences:
        return []
    start, end = absence.start, absence.end
    if end <= max(start, at):
        raise Refused("absence_is_over_already", start=start, end=end)
    if absence.deputy == person.id:
        raise Refused("deputy_is_the_absent_person")
    if any(each.overlaps(absence) for each in person.absences):
        raise Refused("absence_overlaps_another", start=start, end=end)
    return [AbsencePlanned(at=at, absence=absence.absence, start=start, end=end, deputy=absence.deputy, by=by)]


def name_deputy(person: Person, *, absence: Absence, at: Instant, by: Id | None = None) -> list[Event]:
    """Make the person the deputy in an absence of somebody else."""
    demand_working(person)
    if absence in person.duties:
        return []
    if any(each.overlaps(absence) for each in person.absences):
        raise Refused("deputy_is_absent_too", deputy=person.id)
    start, end = absence.start, absence.end
    return [NamedDeputy(at=at, absence=absence.absence, person=absence.person, start=start, end=end, by=by)]


def cancel_absence(person: Person, *, absence: Id, at: Instant, by: Id | None = None) -> list[Event]:
    """Be there after all; `release_deputy` goes into the same commit. What is over stays in the history."""
    planned = next((each for each in person.absences if each.absence == absence), None)
    if planned is None:
        raise Refused("absence_unknown", absence=absence)
    if planned.end <= at:
        raise Refused("absence_is_over_already", start=planned.start, end=planned.end)
    return [AbsenceCancelled(at=at, absence=absence, by=by)]


def release_deputy(person: Person, *, absence: Id, at: Instant, by: Id | None = None) -> list[Event]:
    """End the duty."""
    known = any(each.absence == absence for each in person.duties)
    return [ReleasedAsDeputy(at=at, absence=absence, by=by)] if known else []


def _without(absences: frozenset[Absence], absence: Id) -> frozenset[Absence]:
    return frozenset(each for each in absences if each.absence != absence)
