"""What a reader may see and asks for, as conditions on a view's rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, or_, true, tuple_

from domain.access import Scope
from domain.classification import Kind, Priority
from domain.event import Id
from domain.ticket import Stage


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
    return or_(
        table.c.line.in_(scope.lines),
        table.c.team.in_(scope.teams),
        table.c.owner.in_(scope.owners),
        table.c.organisation.in_(scope.organisations),
        tuple_(table.c.requester, table.c.organisation).in_(scope.requesters),
    )


def matching(table: Table, wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """The rows that have these values; None leaves a column open."""
    return [table.c[name] == value for name, value in wanted.items() if value is not None]
