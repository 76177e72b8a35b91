"""The months of the SLA view: what counts in each, as known at any position, and which of them changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, case, func, select

from domain.classification import Kind, Priority
from domain.clock import Exclusion
from domain.event import Id
from domain.instant import Duration
from domain.month import Excluded
from domain.policy import Clock
from projections.sla import AXES, CLOCKS, COUNTS, MONTHS, TOTALS, is_decided
from projections.span import holding_at

Judged: TypeAlias = tuple[Id, Clock, int]
"""A ticket, and which clock of it."""


@dataclass(frozen=True)
class Tally:
    """Clocks that are counted together; what the counts mean stands at `sla.Figure`."""

    used: tuple[Duration, ...] = ()
    """Business time of the decided clocks that are over, ascending."""
    decided: int = 0
    breached: int = 0
    excluded: int = 0
    refused: int = 0
    reopened: int = 0
    undecided: int = 0


@dataclass(frozen=True)
class Cell:
    """The published clocks of one class that are due in a month."""

    clock: Clock
    level: str
    kind: Kind
    priority: Priority
    policies: frozenset[int]
    """The versions of the level that they were judged under."""
    tally: Tally


class Changed(NamedTuple):
    """A month as of now."""

    undecided: int = 0
    """Clocks due in it without a verdict, of published tickets and of opaque ones."""
    position: int = 0
    """Where any clock of it changed last."""


def cells(connection: Connection, months: Collection[str], position: int) -> Mapping[str, Sequence[Cell]]:
    """Every class that has clocks, by month (YYYY-MM), as of a position; months without any are left out."""
    verdicts = _verdicts(connection, months, position)
    query = select(TOTALS).where(TOTALS.c.month.in_(months), TOTALS.c.published, holding_at(TOTALS, position))
    found: dict[str, list[Cell]] = {}
    for row in connection.execute(query.order_by(*(TOTALS.c[name] for name in AXES))):
        judged = verdicts.get((row.month, row.clock, row.level, row.kind, row.priority), ())
        found.setdefault(row.month, []).append(_cell(row, judged))
    return found


def added(cells: Iterable[Cell]) -> Tally:
    """The clocks of several classes together."""
    tallies = [cell.tally for cell in cells]
    counts = (sum(getattr(tally, name) for tally in tallies) for name in COUNTS)
    return Tally(tuple(sorted(chain.from_iterable(tally.used for tally in tallies))), *counts)


def undecided(connection: Connection, month: str, position: int) -> int:
    """How many clocks due in a month have no verdict at a position, of published tickets and of opaque ones."""
    counted = TOTALS.c.month == month, TOTALS.c.published.in_([True, False]), holding_at(TOTALS, position)
    total = connection.execute(select(func.coalesce(func.sum(TOTALS.c.undecided), 0)).where(*counted)).scalar_one()
    return int(total)


def opaque(connection: Connection, month: str, position: int) -> int:
    """How many tickets have clocks that are due in a month, and are counted in no public figure."""
    counted = CLOCKS.c.month == month, ~CLOCKS.c.published, holding_at(CLOCKS, position)
    return connection.execute(select(func.count(CLOCKS.c.stream.distinct())).where(*counted)).scalar_one()


def excluded(connection: Connection, month: str, *, since: int, position: int) -> Collection[Excluded]:
    """The verdicts of a month that were excluded after a position and by another one."""
    before, after = (_excluded(connection, month, each) for each in (since, position))
    return [each for judged, each in after.items() if judged not in before]


def changed(connection: Connection) -> Mapping[str, Changed]:
    """Every month in which a clock is or was due."""
    return {row.month: Changed(row.undecided, row.changed) for row in connection.execute(select(MONTHS))}


def _verdicts(
    connection: Connection, months: Collection[str], position: int
) -> Mapping[tuple[str, ...], Sequence[tuple[int, Duration | None]]]:
    """By month and class: the version that each verdict was given under and, if it is decided and over, the time."""
    known = CLOCKS.c.month.in_(months), CLOCKS.c.published, holding_at(CLOCKS, position), CLOCKS.c.outcome.is_not(None)
    axes = [CLOCKS.c[name] for name in ("month", *AXES)]
    query = select(*axes, CLOCKS.c.policy, case((is_decided(), CLOCKS.c.used))).where(*known)
    found: dict[tuple[str, ...], list[tuple[int, Duration | None]]] = {}
    for *cell, policy, used in connection.execute(query):
        found.setdefault(tuple(cell), []).append((policy, used))
    return found


def _cell(row: Row[Any], verdicts: Sequence[tuple[int, Duration | None]]) -> Cell:
    used = tuple(sorted(each for _, each in verdicts if each is not None))
    tally = Tally(used, *(getattr(row, name) for name in COUNTS))
    policies = frozenset(policy for policy, _ in verdicts)
    return Cell(Clock(row.clock), row.level, Kind(row.kind), Priority(row.priority), policies, tally)


def _excluded(connection: Connection, month: str, position: int) -> Mapping[Judged, Excluded]:
    known = CLOCKS.c.month == month, CLOCKS.c.published, holding_at(CLOCKS, position), CLOCKS.c.excluded.is_not(None)
    return {
        (row.stream, row.clock, row.instance): Excluded(
            Clock(row.clock), row.level, Kind(row.kind), Priority(row.priority), Exclusion(row.excluded)
        )
        for row in connection.execute(select(CLOCKS).where(*known))
    }
