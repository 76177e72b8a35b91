"""Who could see a ticket at an instant: everybody who was known then, as `domain.access` would have answered them.

Who could, not who did: reading leaves no entry in the log. A token counts as its person, with all that a token may do.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from domain.access import Ground, Rights, caller_of, grounds, rights
from domain.configuration import Configuration
from domain.configuration.team import TeamDefined
from domain.event import Id, shape_of
from domain.instant import Instant
from domain.person import Person
from domain.person.identity import Registered
from domain.ticket import Ticket
from domain.token import TokenScope
from projections.trail import streams_with
from store.desk import Desk

EVERY_SCOPE: Final = frozenset(TokenScope)


@dataclass(frozen=True)
class Seer:
    """Somebody who could see the ticket, on at least one ground."""

    person: Person
    grounds: Sequence[Ground]
    rights: Rights


def seers(ticket: Ticket, people: Iterable[Person], configuration: Configuration, at: Instant) -> list[Seer]:
    """Those of the people who could see the ticket; all of it as it was known at the instant."""
    lines = {key: team.line for key, team in configuration.of(TeamDefined).items()}
    callers = ((person, caller_of(person, EVERY_SCOPE, at, lines)) for person in people)
    found = ((person, caller, grounds(caller, ticket)) for person, caller in callers)
    return [
        Seer(person, sorted(why, key=[*Ground].index), rights(caller, ticket)) for person, caller, why in found if why
    ]


def registered_by(connection: Connection, position: int) -> Sequence[Id]:
    """Everybody who was known at the position, by the trail."""
    return streams_with(connection, shape_of(Registered).name, position)


def people_then(
    desk: Desk, registered: Sequence[Id], position: int, progress: Callable[[int], None] = lambda _: None
) -> list[Person]:
    """The people of these streams as they were known at the position; how many are read is told one by one."""
    people = []
    for number, stream in enumerate(registered, start=1):
        people.append(desk.people.fold([each for each in desk.log.read(stream) if each.position <= position]))
        progress(number)
    return people
