"""What time alone brings: ticks that are due, absences that begin, amended terms, works that begin and end."""

from collections.abc import Sequence
from functools import partial
from typing import TypeAlias

from sqlalchemy import Engine

from domain import maintenance
from domain.configuration.team import TeamDefined
from domain.event import Id
from domain.instant import Instant
from domain.person import Person
from domain.ticket.consequences import tick
from domain.ticket.upkeep import amend, amended, stand_in
from projections.deadlines import due_ticks, next_due_tick
from projections.incidents import due_works, next_works
from projections.upkeep import held_to, next_absence, of_absent, terms
from service.jobs import Job
from store.desk import Desk
from store.streams import Command

Tick: TypeAlias = tuple[Id, Instant]
"""A ticket or works, and when something was due on it."""
Owned: TypeAlias = tuple[Id, Id]
"""A ticket and its owner."""
Term: TypeAlias = tuple[Id, str, int]
"""A ticket and the level and version that it is held to."""


def ticking(desk: Desk, views: Engine) -> Job[Tick]:
    """Breaches, steps of the ladder, ends of waits, consent by silence."""

    def due(at: Instant, limit: int) -> Sequence[Tick]:
        with views.connect() as connection:
            found = due_ticks(connection, at=at, limit=limit)
        return [(each.stream, each.tick_at or at) for each in found]

    def next_at(_: Instant) -> Instant | None:
        with views.connect() as connection:
            return next_due_tick(connection)

    return Job("timer", due, partial(_tick, desk), next_at)


def standing_in(desk: Desk, views: Engine) -> Job[Owned]:
    """Tickets of those who are away or have left pass to whoever stands in, else to their team."""

    def due(at: Instant, limit: int) -> Sequence[Owned]:
        with views.connect() as connection:
            return of_absent(connection, at=at, limit=limit)

    def next_at(at: Instant) -> Instant | None:
        with views.connect() as connection:
            return next_absence(connection, after=at)

    return Job("deputies", due, partial(_stand_in, desk), next_at)


def amending(desk: Desk, views: Engine) -> Job[Term]:
    """Open tickets move to the version of their level that says so."""

    def due(_: Instant, limit: int) -> Sequence[Term]:
        levels = desk.configured.state().levels
        with views.connect() as connection:
            old = [each for each in terms(connection) if amended(levels, *each) is not None]
            found = [(stream, *each) for each in old for stream in held_to(connection, *each, limit=limit)]
        return found[:limit]

    return Job("amendments", due, partial(_amend, desk))


def maintaining(desk: Desk, views: Engine) -> Job[Tick]:
    """Planned works begin and end at the instants that were announced; late, when it is noticed."""

    def due(at: Instant, limit: int) -> Sequence[Tick]:
        with views.connect() as connection:
            return due_works(connection, at=at, limit=limit)

    def next_at(_: Instant) -> Instant | None:
        with views.connect() as connection:
            return next_works(connection)

    return Job("works", due, partial(_turn, desk), next_at)


def _tick(desk: Desk, unit: Tick, at: Instant) -> None:
    book = desk.configured.state().book()
    desk.tickets.act(Command(desk.new_id()), unit[0], tick, book=book, lines=_lines(desk), at=at)


def _stand_in(desk: Desk, unit: Owned, at: Instant) -> None:
    people = partial(_person, desk)
    desk.tickets.act(Command(desk.new_id()), unit[0], stand_in, people=people, at=at)


def _amend(desk: Desk, unit: Term, at: Instant) -> None:
    configured = desk.configured.state()
    levels, book = configured.levels, configured.book()
    desk.tickets.act(Command(desk.new_id()), unit[0], amend, levels=levels, book=book, at=at)


def _turn(desk: Desk, unit: Tick, at: Instant) -> None:
    works, update = unit[0], desk.new_id()
    desk.maintenances.act(Command(desk.new_id()), works, maintenance.tick, stream=works, update=update, at=at)


def _lines(desk: Desk) -> dict[str, str]:
    """The line of each team."""
    return {key: team.line for key, team in desk.configured.state().of(TeamDefined).items()}


def _person(desk: Desk, person: Id) -> Person:
    return desk.people.load(person)[0]
