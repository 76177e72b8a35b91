"""The months whose figures are fixed: as they were published, and every correction since.

The events hold all that there is to show, and all of it is public: the view keeps them as they are, by month. It keeps
too where in the log components were told of last, so that whoever corrects months knows which ones to look at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import groupby
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Column, Connection, MetaData, String, Table, Text, func, select

from domain.attainment import month_of
from domain.component import StatusSet, WorksBegun, WorksEnded
from domain.month import Month, MonthCorrected, MonthFixed, evolve
from projections.batch import checkpoint
from projections.past import Moment
from projections.rows import Rows
from projections.zone import zone_by, zone_table
from store.log import Recorded

NAME: Final = "months_v1"
METADATA: Final = MetaData()
EVENTS: Final = Table(
    NAME,
    METADATA,
    Column("month", String, primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("computed", BigInteger, nullable=False),
    Column("event", Text, nullable=False),
)
"""By month: first how it was fixed, then each correction; `computed` is the position that the figures are of."""
TOLD: Final = Table(
    f"{NAME}_told",
    METADATA,
    Column("month", String, primary_key=True),
    Column("position", BigInteger, nullable=False),
)
"""By month, the last event that tells what happened to a component in it."""
ZONE: Final = zone_table(NAME, METADATA)


FIXED: Final = msgspec.json.Decoder(MonthFixed)
CORRECTED: Final = msgspec.json.Decoder(MonthCorrected)


@dataclass(frozen=True)
class FixedMonth:
    """A month that is fixed."""

    published: MonthFixed
    """The figures as they were published first."""
    corrections: tuple[MonthCorrected, ...] = ()
    """Oldest first: when, what was and is, and why."""

    @cached_property
    def current(self) -> Month:
        """The figures with all corrections applied."""
        return reduce(evolve, self.corrections, evolve(Month(), self.published))


def project(rows: Rows, recorded: Recorded[Any], _: Moment) -> None:
    """Keep what is fixed and corrected, and where something was told that may differ from it."""
    zone = zone_by(rows, ZONE, recorded.event)
    match recorded.event:
        case MonthFixed() | MonthCorrected() as told:
            raw = msgspec.json.encode(told).decode()
            key = {"month": told.month, "position": recorded.position}
            rows.add(EVENTS, {**key, "computed": told.position, "event": raw})
        case StatusSet(at=at) | WorksBegun(at=at) | WorksEnded(at=at):
            rows.put(TOLD, {"month": month_of(at, zone), "position": recorded.position})
        case _:
            pass


def fixed(connection: Connection, month: str, position: int | None = None) -> FixedMonth | None:
    """The figures of a month (YYYY-MM) as they stood at a position; None while it was not fixed."""
    return _months(connection, EVENTS.c.month == month, position).get(month)


def all_fixed(connection: Connection, position: int | None = None, *, since: str = "") -> Mapping[str, FixedMonth]:
    """Every month from `since` on that was fixed at a position, the oldest first."""
    return _months(connection, EVENTS.c.month >= since, position)


def computed(connection: Connection) -> Mapping[str, int]:
    """The fixed months, each with the position that its figures are of."""
    newest = func.max(EVENTS.c.computed).label("newest")
    query = select(EVENTS.c.month, newest).group_by(EVENTS.c.month)
    return {row.month: row.newest for row in connection.execute(query)}


def told(connection: Connection) -> Mapping[str, int]:
    """The months in which something happened to a component, each with the position where that was told last."""
    return {row.month: row.position for row in connection.execute(select(TOLD))}


def claims(connection: Connection, position: int) -> Mapping[str, Sequence[int]]:
    """The months that were fixed up to a position, each with the positions where that and its corrections are told."""
    query = select(EVENTS.c.month, EVENTS.c.position).where(EVENTS.c.position <= position)
    rows = connection.execute(query.order_by(EVENTS.c.month, EVENTS.c.position))
    return {month: [each.position for each in group] for month, group in groupby(rows, key=lambda row: row.month)}


def _months(connection: Connection, wanted: Any, position: int | None) -> Mapping[str, FixedMonth]:
    at = checkpoint(connection, NAME) if position is None else position
    query = select(EVENTS.c.month, EVENTS.c.event).where(wanted, EVENTS.c.position <= at)
    rows = connection.execute(query.order_by(EVENTS.c.month, EVENTS.c.position))
    return {month: _read([raw for _, raw in group]) for month, group in groupby(rows, key=lambda row: row.month)}


def _read(events: Sequence[str]) -> FixedMonth:
    first, *others = events
    return FixedMonth(FIXED.decode(first), tuple(CORRECTED.decode(each) for each in others))
