"""The SLA view: every clock that runs or was judged, and from them promise and fact by month.

A verdict counts in the month of its due instant. Figures of published tickets and of opaque ones are never mixed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    func,
    select,
)

from domain.attainment import attainment
from domain.calendar import CalendarEnded
from domain.clock import Clocks, Outcome, Run, Verdict, Why
from domain.deadline import due, used
from domain.event import Id
from domain.instant import Duration, Instant
from domain.opening_hours import instant_at
from domain.policy import Book, Clock
from domain.ticket import Stage, Ticket
from projections.past import Moment
from projections.rows import Rows
from projections.span import holding_at, span_columns, span_index
from store.log import Recorded

NAME: Final = "sla_v1"
METADATA: Final = MetaData()
CLOCKS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("clock", String, primary_key=True),
    Column("instance", Integer, primary_key=True, autoincrement=False),
    Column("organisation", String, nullable=False),
    Column("published", Boolean, nullable=False),
    Column("level", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("due", BigInteger),
    Column("outcome", String),
    Column("excluded", String),
    Column("reopened", Boolean, nullable=False),
    Column("used", BigInteger),
    *span_columns(),
)
span_index(CLOCKS)
PERCENTILES: Final = (50, 90)
AXES: Final = ("clock", "level", "kind", "priority")

Key: TypeAlias = tuple[Clock, int]


@dataclass(frozen=True)
class Figure:
    """Verdicts of one group; `attainment/1` and all else is computed from integers."""

    group: Mapping[str, str]
    decided: int
    """Met or breached, and not excluded."""
    breached: int
    excluded: int
    refused: int
    """Refused with reasons in time: in no percentage."""
    reopened: int
    """Of the decided resolutions, those that had been held to be solved before."""
    undecided: int
    """Clocks due in the time that have no verdict yet: the month is not fixed."""
    p50: Duration | None
    p90: Duration | None
    """Business time used by the decided clocks that are over, by nearest rank."""

    @property
    def attainment(self) -> int | None:
        """Thousandths of a percent, floored; None if nothing was decided."""
        return attainment(self.decided, self.breached)


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """Follow the clocks of a ticket."""
    if moment.after.stage is Stage.NONE:
        return
    for (clock, instance), row in _changes(recorded, moment):
        key = {"stream": recorded.stream, "clock": clock.value, "instance": instance}
        known = rows.current(CLOCKS, key)
        if row and known and known["used"] is not None:
            row |= {"used": known["used"], "reopened": known["reopened"]}
        rows.hold(CLOCKS, key, row, recorded.position)


def month(month: str, zone: str) -> tuple[Instant, Instant]:
    """The instants from which on and before which a verdict is due in a month (YYYY-MM) of an IANA zone."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=31)).replace(day=1)
    return instant_at(zone, first, 0), instant_at(zone, following, 0)


def figures(
    connection: Connection,
    *,
    since: Instant,
    until: Instant,
    published: bool,
    position: int,
    by: Sequence[str] = AXES,
    organisation: Id | None = None,
) -> list[Figure]:
    """The figures of the clocks due from `since` on and before `until`, grouped by some of `AXES`, as of a position."""
    groups = [CLOCKS.c[name] for name in by]
    counted = [holding_at(CLOCKS, position), CLOCKS.c.published == published]
    counted += [CLOCKS.c.due >= since, CLOCKS.c.due < until]
    counted += [CLOCKS.c.organisation == organisation] if organisation is not None else []
    query = select(*groups, *_sums()).where(*counted).group_by(*groups).order_by(*groups)
    ranks = [_ranked(connection, groups, counted, percent) for percent in PERCENTILES]
    rows = ((tuple(row[: len(by)]), row[len(by) :]) for row in connection.execute(query))
    return [
        Figure(dict(zip(by, group, strict=True)), *counts, *(ranked.get(group) for ranked in ranks))
        for group, counts in rows
    ]


def _changes(recorded: Recorded[Any], moment: Moment) -> Iterator[tuple[Key, dict[str, Any] | None]]:
    """The row of each clock that runs, ended or was judged by the event."""
    before, after = moment.before.clocks, moment.after.clocks
    ran, runs = _runs(before), _runs(after)
    known, verdicts = _verdicts(before), _verdicts(after)
    for key in dict.fromkeys([*ran, *runs, *verdicts]):
        if key in verdicts:
            if key in ran or known.get(key) != verdicts[key]:
                over = ran.get(key) if key not in runs else None
                yield key, _judged(verdicts[key], over, recorded, moment)
        else:
            yield key, _running(runs[key], moment.after, moment.book) if key in runs else None


def _runs(clocks: Clocks) -> dict[Key, Run]:
    return {(run.clock, run.instance): run for run in clocks.runs}


def _verdicts(clocks: Clocks) -> dict[Key, Verdict]:
    return {(verdict.clock, verdict.instance): verdict for verdict in clocks.verdicts}


def _running(run: Run, ticket: Ticket, book: Book) -> dict[str, Any]:
    """A clock without a verdict; it is due at no known instant while it is paused, or if nothing is promised."""
    try:
        instant = due(ticket.clocks, run, book)
    except CalendarEnded:
        instant = None
    classes = {"level": ticket.level, "kind": ticket.kind.value, "priority": ticket.priority.value}
    judged = {"due": instant, "outcome": None, "excluded": None, "used": None}
    return _of(ticket) | classes | judged | {"reopened": _reopened(ticket.clocks, run.clock, run.instance)}


def _judged(verdict: Verdict, over: Run | None, recorded: Recorded[Any], moment: Moment) -> dict[str, Any]:
    return {
        **_of(moment.after),
        "level": verdict.level,
        "kind": verdict.kind.value,
        "priority": verdict.priority.value,
        "due": verdict.due,
        "outcome": verdict.outcome.value,
        "excluded": verdict.excluded and verdict.excluded.value,
        "reopened": _reopened(moment.before.clocks, verdict.clock, verdict.instance),
        "used": _used(over, recorded, moment) if over else None,
    }


def _of(ticket: Ticket) -> dict[str, Any]:
    return {"organisation": ticket.organisation, "published": ticket.published}


def _reopened(clocks: Clocks, clock: Clock, instance: int) -> bool:
    solved_before = instance > 1 or any(gap.why is Why.RESOLVED for gap in clocks.gaps)
    return clock is Clock.RESOLUTION and solved_before


def _used(run: Run, recorded: Recorded[Any], moment: Moment) -> Duration | None:
    try:
        return used(moment.before.clocks, run, moment.book, recorded.event.at)
    except CalendarEnded:
        return None


def _sums() -> list[ColumnElement[int]]:
    """The counts of `Figure`, in its order."""
    return [
        _count(_is_decided()),
        _count(and_(_is_decided(), CLOCKS.c.outcome == Outcome.BREACHED.value)),
        _count(CLOCKS.c.excluded.is_not(None)),
        _count(and_(CLOCKS.c.excluded.is_(None), CLOCKS.c.outcome == Outcome.REFUSED.value)),
        _count(and_(_is_decided(), CLOCKS.c.reopened)),
        _count(CLOCKS.c.outcome.is_(None)),
    ]


def _is_decided() -> ColumnElement[bool]:
    met_or_breached = CLOCKS.c.outcome.in_([Outcome.MET.value, Outcome.BREACHED.value])
    return and_(CLOCKS.c.excluded.is_(None), met_or_breached)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _ranked(
    connection: Connection, groups: Sequence[Column[Any]], counted: Sequence[ColumnElement[bool]], percent: int
) -> dict[tuple[Any, ...], Duration]:
    """The nearest-rank percentile of the time used in each group: the ceil(n * percent / 100)-th smallest."""
    ranked = (
        select(
            *groups,
            CLOCKS.c.used,
            func.row_number().over(partition_by=groups or None, order_by=CLOCKS.c.used).label("rank"),
            func.count().over(partition_by=groups or None).label("size"),
        )
        .where(*counted, _is_decided(), CLOCKS.c.used.is_not(None))
        .subquery()
    )
    wanted = ranked.c.rank == (ranked.c.size * percent + 99) // 100
    rows = connection.execute(select(*(ranked.c[group.name] for group in groups), ranked.c.used).where(wanted))
    return {tuple(row[:-1]): row[-1] for row in rows}
