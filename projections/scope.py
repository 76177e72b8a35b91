"""What a reader may see and asks for, as conditions on the rows of any view that tells of tickets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Index,
    MetaData,
    Select,
    String,
    Table,
    false,
    or_,
    select,
    true,
    tuple_,
)

from domain.access import Scope
from domain.classification import Kind, Priority
from domain.event import Id
from domain.ticket import Stage

PARTICIPANTS: Final = Table(
    "ticket_v2_participants",
    MetaData(),
    Column("stream", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("organisation", String, nullable=False),
)
"""Who goes on in which ticket, as of now: a table of the ticket view, asked for the rows of every other one too."""
Index(f"{PARTICIPANTS.name}_person", PARTICIPANTS.c.person)


@dataclass(frozen=True)
class Filters:
    """What the reader looks for; None leaves it open."""

    line: str | None = None
    team: str | None = None
    owner: Id | None = None
    organisation: Id | None = None
    requester: Id | None = None
    level: str | None = None
    kind: Kind | None = None
    priority: Priority | None = None
    category: str | None = None
    stage: Stage | None = None


def within(table: FromClause, scope: Scope) -> ColumnElement[bool]:
    """The rows of tickets that the scope covers; an empty one covers none."""
    if scope.everything:
        return true()
    covered: list[tuple[ColumnElement[Any], frozenset[Any]]] = [
        (table.c.line, scope.lines),
        (table.c.team, scope.teams),
        (table.c.owner, scope.owners),
        (table.c.organisation, scope.organisations),
        (tuple_(table.c.requester, table.c.organisation), scope.requesters),
    ]
    conditions = [column.in_(values) for column, values in covered if values]
    conditions += [table.c.stream.in_(_participated(scope))] if scope.participants else []
    return or_(false(), *conditions)


def _participated(scope: Scope) -> Select[tuple[Id]]:
    """The tickets that the scope covers by those who go on in them."""
    pair = tuple_(PARTICIPANTS.c.person, PARTICIPANTS.c.organisation)
    return select(PARTICIPANTS.c.stream).where(pair.in_(scope.participants))


def matching(table: Table, wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The rows that have these values; None leaves a column open."""
    return [table.c[name] == value for name, value in wanted.items() if value is not None]


def stand_ins(scope: Scope, filters: Filters) -> tuple[Scope, Filters, Mapping[str, Any]]:
    """The same in form, with names for values, and what is meant by them: one statement serves all who ask alike."""
    meant: dict[str, Any] = {}

    def named(name: str, value: Any) -> Any:
        if isinstance(value, frozenset):
            return frozenset(named(f"{name}:{number}", each) for number, each in enumerate(sorted(value)))
        if isinstance(value, tuple):
            return tuple(named(f"{name}:{number}", each) for number, each in enumerate(value))
        if isinstance(value, bool) or value is None:
            return value
        meant[name] = str(value)  # of an enumeration its value
        return name

    form = Scope(**{name: named(f"scope:{name}", value) for name, value in vars(scope).items()})
    wanted = Filters(**{name: named(f"wanted:{name}", value) for name, value in vars(filters).items()})
    return form, wanted, meant
