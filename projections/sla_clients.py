"""The months of one client in the SLA view: its own clocks, of published tickets and opaque ones alike.

Nobody fixes these figures: they are what the log says at a position, for whoever may see them.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from domain.classification import Kind, Priority
from domain.clock import Exclusion, Outcome
from domain.event import Id
from domain.policy import Clock
from projections.sla import AXES, CLOCKS, DECIDED
from projections.sla_months import Cell, Tally
from projections.span import holding_at


def cells(
    connection: Connection, organisation: Id, months: Collection[str], position: int
) -> Mapping[str, Sequence[Cell]]:
    """Every class that has clocks, by month (YYYY-MM), as of a position; months without any are left out."""
    axes = [CLOCKS.c[name] for name in AXES]
    query = select(CLOCKS).where(CLOCKS.c.month.in_(months), *_own(organisation, position))
    rows = connection.execute(query.order_by(CLOCKS.c.month, *axes))
    return {
        month: [_cell([*clocks]) for _, clocks in groupby(of_month, key=_class)]
        for month, of_month in groupby(rows, key=lambda row: row.month)
    }


def excluded(connection: Connection, organisation: Id, month: str, position: int) -> Sequence[Exclusion]:
    """Why verdicts of a month were excluded, as of a position: one reason a verdict."""
    wanted = CLOCKS.c.month == month, CLOCKS.c.excluded.is_not(None), *_own(organisation, position)
    return [Exclusion(each) for each in connection.execute(select(CLOCKS.c.excluded).where(*wanted)).scalars()]


def first_month(connection: Connection, organisation: Id, position: int) -> str | None:
    """The first month in which a clock is due, as of a position; None if none ever was."""
    return connection.execute(select(func.min(CLOCKS.c.month)).where(*_own(organisation, position))).scalar()


def _own(organisation: Id, position: int) -> tuple[ColumnElement[bool], ...]:
    return CLOCKS.c.organisation == organisation, holding_at(CLOCKS, position)


def _class(row: Row[Any]) -> tuple[str, ...]:
    return tuple(getattr(row, name) for name in AXES)


def _cell(clocks: Sequence[Row[Any]]) -> Cell:
    """Clocks of one class and month."""
    one = clocks[0]
    policies = frozenset(each.policy for each in clocks if each.policy is not None)
    return Cell(Clock(one.clock), one.level, Kind(one.kind), Priority(one.priority), policies, _tally(clocks))


def _tally(clocks: Sequence[Row[Any]]) -> Tally:
    counted = [each for each in clocks if each.excluded is None]
    decided = [each for each in counted if each.outcome in DECIDED]
    return Tally(
        used=tuple(sorted(each.used for each in decided if each.used is not None)),
        decided=len(decided),
        breached=sum(each.outcome == Outcome.BREACHED for each in decided),
        excluded=len(clocks) - len(counted),
        refused=sum(each.outcome == Outcome.REFUSED for each in counted),
        reopened=sum(each.reopened for each in decided),
        undecided=sum(each.outcome is None for each in clocks),
    )
