"""The SLA view: every clock that runs or was judged, and from them promise and fact by month.

A verdict counts in the month of its due instant. Figures of published tickets and of opaque ones are never mixed. What
is counted by month is kept as it changes: a month costs the same however long the history is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    func,
    select,
)

from domain.attainment import attainment, month_of
from domain.clock import Outcome
from domain.event import Id
from domain.instant import Duration, Instant
from domain.opening_hours import instant_at
from domain.policy import Clock
from domain.ticket import Stage
from projections.buckets import bucket_of
from projections.past import Moment
from projections.rows import Row, Rows
from projections.sla_clocks import changes, keys
from projections.sla_opaque import Months, count_opaque, opaque_table
from projections.span import span_columns, spanning
from projections.zone import zone_by, zone_table
from store.log import Recorded

NAME: Final = "sla_v5"
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
    Column("policy", Integer),
    Column("kind", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("due", BigInteger),
    Column("month", String),
    Column("outcome", String),
    Column("excluded", String),
    Column("reopened", Boolean, nullable=False),
    Column("used", BigInteger),
    *span_columns(),
)
JUDGED: Final = CLOCKS.c.outcome, CLOCKS.c.excluded, CLOCKS.c.from_position, CLOCKS.c.to_position
"""With these an index answers by itself: the rows of a month lie far apart."""
Index(f"{NAME}_due", CLOCKS.c.published, CLOCKS.c.clock, CLOCKS.c.due, CLOCKS.c.used, CLOCKS.c.reopened, *JUDGED)
TIMED: Final = CLOCKS.c.clock, CLOCKS.c.level, CLOCKS.c.used, CLOCKS.c.kind, CLOCKS.c.priority
Index(f"{NAME}_month", CLOCKS.c.month, CLOCKS.c.published, *TIMED, *JUDGED)
Index(f"{NAME}_organisation", CLOCKS.c.organisation, CLOCKS.c.month, CLOCKS.c.node)
AXES: Final = ("clock", "level", "kind", "priority")
COUNTS: Final = ("decided", "breached", "excluded", "refused", "reopened", "undecided")
TOTALS: Final = Table(
    f"{NAME}_totals",
    METADATA,
    Column("month", String, primary_key=True),
    Column("published", Boolean, primary_key=True),
    *(Column(name, String, primary_key=True) for name in AXES),
    Column("policy", Integer, primary_key=True, autoincrement=False),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    *(Column(name, Integer, nullable=False) for name in COUNTS),
    *span_columns(),
)
"""The counts of `Figure` by month: at each position what the rows of `CLOCKS` that hold there add up to.

Apart by the version of the level (0: no verdict yet) and by the bucket of the time used (`UNTIMED`: in no percentile).
"""
UNTIMED: Final = -1
CELL: Final = ("month", "published", *AXES, "policy", "bucket")
CLASSED: Final = itemgetter(*CELL[:-2])
SPAN: Final = TOTALS.c.node, TOTALS.c.from_position, TOTALS.c.to_position
OF_CELL: Final = *(TOTALS.c[name] for name in CELL[2:]), *(TOTALS.c[name] for name in COUNTS)
Index(f"{NAME}_totals_span", TOTALS.c.month, TOTALS.c.published, *SPAN, *OF_CELL)
MONTHS: Final = Table(
    f"{NAME}_months",
    METADATA,
    Column("month", String, primary_key=True),
    Column("undecided", Integer, nullable=False),
    Column("changed", BigInteger, nullable=False),
)
"""As of now: how many clocks that are due in a month have no verdict, and where any clock of it changed last."""
OPAQUE: Final = opaque_table(NAME, METADATA)
ZONE: Final = zone_table(NAME, METADATA)
PERCENTILES: Final = (50, 90)
DECIDED: Final = (Outcome.MET.value, Outcome.BREACHED.value)

Change: TypeAlias = tuple[Row | None, Row | None]
"""The row of a clock before an event and after it; None: there is no such clock."""


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
    zone = zone_by(rows, ZONE, recorded.event)
    if moment.after.stage is not Stage.NONE:
        changed = _follow(rows, recorded, moment, zone)
        _count(rows, changed, recorded.position)
        _note(rows, changed, recorded.position)
        if changed and not moment.after.published:
            count_opaque(rows, OPAQUE, _months(rows, recorded.stream, moment, changed), recorded.position)


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
    clock: Clock | None = None,
) -> list[Figure]:
    """The figures of the clocks due from `since` on and before `until`, grouped by some of `AXES`, as of a position."""
    groups = [CLOCKS.c[name] for name in by]
    clocks = [each.value for each in Clock if clock in (None, each)]
    counted = [CLOCKS.c.published == published, CLOCKS.c.clock.in_(clocks), CLOCKS.c.due >= since, CLOCKS.c.due < until]
    counted += [spanning(CLOCKS, position)]
    counted += [CLOCKS.c.organisation == organisation] if organisation is not None else []
    query = select(*groups, *_sums()).where(*counted).group_by(*groups).order_by(*groups)
    ranked = _ranked(connection, groups, counted)
    rows = ((tuple(row[: len(by)]), row[len(by) :]) for row in connection.execute(query))
    return [
        Figure(dict(zip(by, group, strict=True)), *counts, *ranked.get(group, (None, None))) for group, counts in rows
    ]


def is_decided() -> ColumnElement[bool]:
    """Met or breached, and not excluded: a row of `CLOCKS`."""
    return and_(CLOCKS.c.excluded.is_(None), CLOCKS.c.outcome.in_(DECIDED))


def _follow(rows: Rows, recorded: Recorded[Any], moment: Moment, zone: str) -> Sequence[Change]:
    """Bring the rows of the clocks up to date; those that changed."""
    changed = []
    for (clock, instance), row in changes(recorded, moment):
        key = {"stream": recorded.stream, "clock": clock.value, "instance": instance}
        known = rows.current(CLOCKS, key)
        if row:
            row |= {**key, "month": None if row["due"] is None else month_of(row["due"], zone)}
        if row and known and known["used"] is not None:
            row |= {"used": known["used"], "reopened": known["reopened"]}
        if row and known and row.items() <= known.items():
            continue
        rows.hold(CLOCKS, key, row, recorded.position)
        changed.append((known, row))
    return changed


def _count(rows: Rows, changed: Iterable[Change], position: int) -> None:
    """Bring the totals up to date; each is held once, however many of its clocks changed."""
    differences: dict[tuple[Any, ...], dict[str, int]] = {}
    for before, after in changed:
        for row, sign in ((before, -1), (after, 1)):
            if row and row["month"]:
                cell = *CLASSED(row), row["policy"] or 0, _bucket(row)
                difference = differences.setdefault(cell, dict.fromkeys(COUNTS, 0))
                for name in _counting(row):
                    difference[name] += sign
    for cell, difference in differences.items():
        key = dict(zip(CELL, cell, strict=True))
        known = rows.current(TOTALS, key)
        counts = {name: difference[name] + (known[name] if known else 0) for name in COUNTS}
        rows.hold(TOTALS, key, counts if any(counts.values()) else None, position)


def _bucket(row: Row) -> int:
    is_timed = row["used"] is not None and row["excluded"] is None and row["outcome"] in DECIDED
    return bucket_of(row["used"]) if is_timed else UNTIMED


def _counting(row: Row) -> Sequence[str]:
    """Those of `COUNTS` that a clock counts in."""
    outcome = row["outcome"]
    undecided = [] if outcome else ["undecided"]
    if row["excluded"] is not None:
        return ["excluded", *undecided]
    if outcome not in DECIDED:
        return undecided or ["refused"]
    breached = ["breached"] if outcome == Outcome.BREACHED.value else []
    return ["decided", *breached, "reopened"] if row["reopened"] else ["decided", *breached]


def _note(rows: Rows, changed: Iterable[Change], position: int) -> None:
    """Where each month changed last, and what is undecided in it."""
    for before, after in changed:
        for row, sign in ((before, -1), (after, 1)):
            if row and row["month"]:
                known = rows.get(MONTHS, row["month"])
                undecided = (known["undecided"] if known else 0) + sign * (row["outcome"] is None)
                rows.put(MONTHS, {"month": row["month"], "undecided": undecided, "changed": position})


def _months(rows: Rows, stream: Id, moment: Moment, changed: Sequence[Change]) -> tuple[Months, Months]:
    """The months in which a clock of the ticket was due before an event, and is after it."""
    moved = {(row["clock"], row["instance"]) for change in changed for row in change if row}
    others = ({"stream": stream, "clock": clock, "instance": number} for clock, number in keys(moment.after.clocks))
    stay = [rows.current(CLOCKS, key) for key in others if (key["clock"], key["instance"]) not in moved]
    sides = ([*stay, *(change[side] for change in changed)] for side in (0, 1))
    before, after = ({row["month"] for row in side if row and row["month"]} for side in sides)
    return before, after


def _sums() -> list[ColumnElement[int]]:
    """The counts of `Figure`, in its order."""
    return [
        _counted(is_decided()),
        _counted(and_(is_decided(), CLOCKS.c.outcome == Outcome.BREACHED.value)),
        _counted(CLOCKS.c.excluded.is_not(None)),
        _counted(and_(CLOCKS.c.excluded.is_(None), CLOCKS.c.outcome == Outcome.REFUSED.value)),
        _counted(and_(is_decided(), CLOCKS.c.reopened)),
        _counted(CLOCKS.c.outcome.is_(None)),
    ]


def _counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _ranked(
    connection: Connection, groups: Sequence[Column[Any]], counted: Sequence[ColumnElement[bool]]
) -> dict[tuple[Any, ...], Sequence[Duration | None]]:
    """The nearest-rank percentiles of the time used in each group: the ceil(n * percent / 100)-th smallest."""
    ranked = (
        select(
            *groups,
            CLOCKS.c.used,
            func.row_number().over(partition_by=groups or None, order_by=CLOCKS.c.used).label("rank"),
            func.count().over(partition_by=groups or None).label("size"),
        )
        .where(*counted, is_decided(), CLOCKS.c.used.is_not(None))
        .subquery()
    )
    ranks = [(ranked.c.size * percent + 99) // 100 for percent in PERCENTILES]
    chosen = [func.max(case((ranked.c.rank == rank, ranked.c.used))) for rank in ranks]
    group = [ranked.c[each.name] for each in groups]
    rows = connection.execute(select(*group, *chosen).group_by(*group))
    return {tuple(row[: len(group)]): row[len(group) :] for row in rows}
