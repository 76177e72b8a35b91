"""Who plays in the demonstration: the staff with their shifts, and the people of the client organisations."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial, reduce
from random import Random
from typing import Final

from domain import person, reservation
from domain.event import Id
from domain.instant import DAY, HOUR, Instant
from domain.person import Absence, Decision, Grant, Person, Right, absence, identity, in_turn, membership
from domain.reservation import Reservation
from store.desk import Desk
from store.log import Change
from store.people import address_of

SEED: Final = "glasno"
"""All that is drawn derives from it: the same demonstration on every desk."""
MOSCOW: Final = 3 * HOUR
"""Ahead of UTC, all year round."""
MONDAY: Final = 3 * DAY
"""The epoch began on a Thursday: since then Monday is three days earlier."""
WORKDAYS: Final = range(5)


@dataclass(frozen=True)
class Shift:
    """The hours of some days of the week, Monday being 0, in Moscow."""

    days: tuple[int, ...] | range
    hours: range

    def holds_at(self, at: Instant) -> bool:
        """Whether that instant is in it."""
        week = (at + MOSCOW + MONDAY) % (7 * DAY)
        return week // DAY in self.days and week % DAY // HOUR in self.hours


@dataclass(frozen=True)
class Member:
    """Somebody of the staff."""

    key: str
    name: str
    right: Right
    teams: tuple[str, ...] = ()
    shift: Shift = Shift((), range(0))

    @cached_property
    def id(self) -> Id:
        """The person."""
        return drawn_id("person", self.key)


STAFF: Final = (
    Member("belova", "Анна Белова", Right.AGENT, ("service-desk",), Shift(WORKDAYS, range(8, 17))),
    Member("gusev", "Олег Гусев", Right.AGENT, ("service-desk",), Shift(WORKDAYS, range(10, 19))),
    Member("dyatlova", "Ирина Дятлова", Right.AGENT, ("service-desk",), Shift((0, 1, 2, 3), range(15, 24))),
    Member("zhuravlev", "Пётр Журавлёв", Right.AGENT, ("service-desk",), Shift((4, 5, 6), range(14, 24))),
    Member("zorina", "Вера Зорина", Right.AGENT, ("service-desk",), Shift((0, 1, 2, 3), range(9))),
    Member("kulikov", "Денис Куликов", Right.AGENT, ("service-desk",), Shift((4, 5, 6), range(9))),
    Member("lebedeva", "Юлия Лебедева", Right.AGENT, ("service-desk",), Shift((1, 2, 5, 6), range(9, 18))),
    Member("orlov", "Максим Орлов", Right.AGENT, ("network",), Shift(WORKDAYS, range(9, 18))),
    Member("ptitsyna", "Ольга Птицына", Right.AGENT, ("network",), Shift((2, 3, 4, 5, 6), range(12, 22))),
    Member("sokolov", "Игорь Соколов", Right.AGENT, ("platform",), Shift(WORKDAYS, range(9, 18))),
    Member("utkin", "Роман Уткин", Right.AGENT, ("platform",), Shift((0, 1, 4, 5, 6), range(12, 22))),
    Member("filina", "Елена Филина", Right.AGENT, ("developers", "escalation"), Shift(WORKDAYS, range(10, 19))),
    Member("chizhov", "Глеб Чижов", Right.AGENT, ("developers",), Shift(WORKDAYS, range(9, 18))),
    Member(
        "yastrebova",
        "Марина Ястребова",
        Right.LEAD,
        ("service-desk", "network", "platform", "developers", "escalation"),
    ),
    Member("sovin", "Аркадий Совин", Right.AUDITOR),
    Member("vorobyova", "Нина Воробьёва", Right.ADMINISTRATOR),
)

AWAY: Final = (("gusev", "belova", 31, 45), ("ptitsyna", "orlov", 85, 97))
"""Who is away, who stands in, and the days of the demonstration that it lasts: the second of them is away now."""


@dataclass(frozen=True)
class Firm:
    """A client organisation by its key in the desk file; `share` of the tickets are its own, per mille."""

    key: str
    share: int
    by_night: bool
    """It works around the clock."""
    contacts: tuple[str, ...]


FIRMS: Final = (
    Firm("lukomorye", 110, by_night=False, contacts=("Пелагея Дубова", "Савва Цепной", "Фёкла Златова")),
    Firm("samobranka", 90, by_night=False, contacts=("Марфа Скатерина", "Тихон Пирогов")),
    Firm("skorokhod", 100, by_night=False, contacts=("Захар Сапожков", "Агафья Верстова", "Лука Голенищев")),
    Firm("buyan", 150, by_night=False, contacts=("Гвидон Морской", "Василиса Белкина", "Прохор Орешкин")),
    Firm("kovyor", 140, by_night=False, contacts=("Устинья Ворсова", "Назар Летун", "Кира Узорова")),
    Firm("berega", 110, by_night=False, contacts=("Ульяна Молочная", "Кузьма Киселёв")),
    Firm("zharptitsa", 160, by_night=True, contacts=("Елисей Перов", "Дарья Заревая", "Архип Златокрылов")),
    Firm("tridevyatoe", 140, by_night=True, contacts=("Иван Царёв", "Алёна Теремова", "Макар Дорогин")),
)


@dataclass(frozen=True)
class Cast:
    """The staff as the domain knows them, in the order of `STAFF`."""

    members: tuple[Member, ...]
    people: dict[Id, Person]
    absences: tuple[Absence, ...]

    def on_duty(self, team: str, at: Instant) -> list[Member]:
        """Whoever of the team is on shift then; if nobody is, whoever can be called."""
        there = [each for each in self.members if team in each.teams and not self._is_away(each, at)]
        return [each for each in there if each.shift.holds_at(at)] or there

    def _is_away(self, member: Member, at: Instant) -> bool:
        return absence.is_absent(self.people[member.id], at)


def drawn_id(*said: object) -> Id:
    """An id that derives from the seed and what it stands for."""
    return hashlib.sha256(_said("id", *said).encode()).hexdigest()[:32]


def random_of(*said: object) -> Random:
    """Draws that derive from the seed and what they are for."""
    return Random(_said(*said))  # noqa: S311 -- a simulation draws, no secret depends on it


def _said(*said: object) -> str:
    return "/".join(map(str, (SEED, *said)))


def member(key: str) -> Member:
    """The one of the staff with that key."""
    return next(each for each in STAFF if each.key == key)


def contact_id(firm: Firm, number: int) -> Id:
    """The person who is that contact of the firm, counted from zero."""
    return drawn_id("contact", firm.key, number)


def introduced(desk: Desk, start: Instant) -> tuple[Cast, list[Change]]:
    """The staff and the contacts, registered at the start, and what that stores."""
    away = tuple(_absence(start, *each) for each in AWAY)
    decisions = {each.id: [*_employed(each, start), *_planned(each.id, away, start)] for each in STAFF}
    staff = {one: in_turn(Person(), *each) for one, each in decisions.items()}
    people = {one: _person(events) for one, events in staff.items()}
    changes = [Change(one, (), events, published=False) for one, events in staff.items()]
    return Cast(STAFF, people, away), [*changes, *_contacts(desk, start)]


def _absence(start: Instant, absent: str, deputy: str, first: int, last: int) -> Absence:
    begin, end = start + first * DAY, start + last * DAY
    return Absence(drawn_id("absence", absent), member(absent).id, begin, end, member(deputy).id)


def _employed(each: Member, at: Instant) -> Iterator[Decision]:
    yield partial(identity.register, identity=each.id, name=each.name, at=at)
    yield partial(membership.grant, grant=Grant(each.right), at=at)
    for team in each.teams:
        yield partial(membership.join_team, team=team, at=at)


def _planned(somebody: Id, away: tuple[Absence, ...], at: Instant) -> Iterator[Decision]:
    for each in away:
        if each.person == somebody:
            yield partial(absence.plan_absence, absence=each, at=at)
        if each.deputy == somebody:
            yield partial(absence.name_deputy, absence=each, at=at)


def _person(events: list[person.Event]) -> Person:
    return reduce(person.evolve, events, Person())


def _contacts(desk: Desk, at: Instant) -> Iterator[Change]:
    for firm in FIRMS:
        for number, name in enumerate(firm.contacts):
            yield from _contact(desk, firm, number, name, at)


def _contact(desk: Desk, firm: Firm, number: int, name: str, at: Instant) -> Iterator[Change]:
    """A contact with a mail address; the first one of a firm sees all of its tickets."""
    contact, organisation = contact_id(firm, number), desk.name("organisation", firm.key)
    value = f"contact{number + 1}@{firm.key}.example"
    address = address_of(desk, "mail", value)
    decisions: list[Decision] = [
        partial(identity.register, identity=contact, name=name, at=at),
        partial(identity.attach_address, address=address, channel="mail", value=value, at=at),
        partial(membership.join_organisation, organisation=organisation, at=at),
    ]
    if number == 0:
        decisions.append(partial(membership.grant, grant=Grant(Right.SEES_ORGANISATION, organisation), at=at))
    yield Change(address, (), reservation.reserve(Reservation(), holder=contact, at=at), published=False)
    yield Change(contact, (), in_turn(Person(), *decisions), published=False)
