"""The months of the SLA view: what counts in each, as known at any position, and which of them changed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, Row, case, func, select

from domain.classification import Kind, Priority
from domain.clock import Exclusion, Outcome
from domain.event import Id
from domain.instant import Duration
from domain.month import Excluded
from domain.policy import Clock
from projections.sla import AXES, CLOCKS, COUNTS, MONTHS, OPAQUE, TOTALS, UNTIMED, is_decided
from projections.sla_times import Place, Times, together
from projections.span import CURRENT, holding_at, spanning

Judged: TypeAlias = tuple[Id, Clock, int]
"""A ticket, and which clock of it."""


@dataclass(frozen=True)
class Tally:
    """Clocks that are counted together; what the counts mean stands at `sla.Figure`."""

    used: Sequence[Duration] = ()
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
    axes = [TOTALS.c[name] for name in ("month", *AXES)]
    kept = [*axes, TOTALS.c.policy, TOTALS.c.bucket, *(TOTALS.c[name] for name in COUNTS)]
    wanted = TOTALS.c.month.in_(months), TOTALS.c.published, holding_at(TOTALS, position)
    # Sorted here: SQLite, asked to, would read all that a month ever was, since that lies in this order.
    rows = sorted(connection.execute(select(*kept).where(*wanted)), key=lambda row: row[: len(axes)])
    return {
        month: [_cell(connection, position, [*rows]) for _, rows in groupby(of_month, key=lambda row: row[: len(axes)])]
        for month, of_month in groupby(rows, key=lambda row: row.month)
    }


def verdicts(connection: Connection, month: str) -> Mapping[tuple[str, str], tuple[int, int]]:
    """Decided and breached by clock and level, of published tickets and of opaque ones together, as of now."""
    axes, counts = (TOTALS.c.clock, TOTALS.c.level), (TOTALS.c.decided, TOTALS.c.breached)
    held = TOTALS.c.month == month, TOTALS.c.published.in_([True, False]), TOTALS.c.node == CURRENT
    rows = connection.execute(select(*axes, *(func.sum(each) for each in counts)).where(*held).group_by(*axes))
    return {(clock, level): (int(decided), int(breached)) for clock, level, decided, breached in rows}


def verdicts_of(connection: Connection, organisation: Id, month: str) -> Mapping[tuple[str, str], tuple[int, int]]:
    """The same of one organisation."""
    axes = CLOCKS.c.clock, CLOCKS.c.level
    breached = func.count(case((CLOCKS.c.outcome == Outcome.BREACHED.value, 1)))
    held = CLOCKS.c.organisation == organisation, CLOCKS.c.month == month, CLOCKS.c.node == CURRENT
    rows = connection.execute(select(*axes, func.count(), breached).where(*held, is_decided()).group_by(*axes))
    return {(clock, level): (decided, breached) for clock, level, decided, breached in rows}


def added(cells: Iterable[Cell]) -> Tally:
    """The clocks of several classes together."""
    tallies = [cell.tally for cell in cells]
    counts = (sum(getattr(tally, name) for tally in tallies) for name in COUNTS)
    return Tally(together([tally.used for tally in tallies]), *counts)


def undecided(connection: Connection, month: str, position: int) -> int:
    """How many clocks due in a month have no verdict at a position, of published tickets and of opaque ones."""
    counted = TOTALS.c.month == month, TOTALS.c.published.in_([True, False]), holding_at(TOTALS, position)
    total = connection.execute(select(func.coalesce(func.sum(TOTALS.c.undecided), 0)).where(*counted)).scalar_one()
    return int(total)


def opaque(connection: Connection, month: str, position: int) -> int:
    """How many tickets have clocks that are due in a month, and are counted in no public figure."""
    counted = select(OPAQUE.c.tickets).where(OPAQUE.c.month == month, holding_at(OPAQUE, position))
    return connection.execute(counted).scalar_one_or_none() or 0


def excluded(connection: Connection, month: str, *, since: int, position: int) -> Collection[Excluded]:
    """The verdicts of a month that were excluded after a position and by another one."""
    before, after = (_excluded(connection, month, each) for each in (since, position))
    return [each for judged, each in after.items() if judged not in before]


def changed(connection: Connection) -> Mapping[str, Changed]:
    """Every month in which a clock is or was due."""
    return {row.month: Changed(row.undecided, row.changed) for row in connection.execute(select(MONTHS))}


def _cell(connection: Connection, position: int, rows: Sequence[Row[Any]]) -> Cell:
    """What is counted apart in a month and class, together."""
    one = rows[0]
    clock, kind, priority = Clock(one.clock), Kind(one.kind), Priority(one.priority)
    policies, buckets, *counts = [*zip(*rows, strict=True)][-len(COUNTS) - 2 :]
    timed = Counter[int]()
    for bucket, decided in zip(buckets, counts[0], strict=True):
        timed[bucket] += decided
    del timed[UNTIMED]
    used = Times(Place(connection, position, one.month, clock, one.level), {(kind, priority): timed})
    tally = Tally(used, *map(sum, counts))
    return Cell(clock, one.level, kind, priority, frozenset(policies) - {0}, tally)


def _excluded(connection: Connection, month: str, position: int) -> Mapping[Judged, Excluded]:
    known = CLOCKS.c.month == month, CLOCKS.c.published, spanning(CLOCKS, position), CLOCKS.c.excluded.is_not(None)
    return {
        (row.stream, row.clock, row.instance): Excluded(
            Clock(row.clock), row.level, Kind(row.kind), Priority(row.priority), Exclusion(row.excluded)
        )
        for row in connection.execute(select(CLOCKS).where(*known))
    }
