"""The SLA of a month as it is published: every promise, and what came of it; for anybody."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, TypeAlias

from fastapi import Depends
from pydantic import Field

from api.deps import TheDesk
from api.figures import Month
from api.percent import Percent, PercentOrNone
from api.public import FOR_ANYBODY, public_reading
from api.reading import Reader, Reading
from api.routing import routes
from api.types import Out
from domain.attainment import allowed, budget
from domain.classification import Kind, Priority
from domain.configuration import Configuration
from domain.configuration.level import LevelPublished
from domain.instant import Duration, Instant
from domain.month import SlaRow
from domain.policy import Clock
from projections import months, sla, sla_months
from projections.batch import checkpoint
from projections.sla import AXES, COUNTS, Figure
from store.desk import Desk

router = routes("/v1/sla", "figures", 400, 401, 422, 429, 503)

Cell: TypeAlias = tuple[str, str, str, str]
"""Clock, level, kind and priority."""


class SlaItem(Out):
    """One promise and what came of it: `attainment/1`."""

    clock: Clock
    level: str
    kind: Kind
    priority: Priority
    promised: Duration | None = Field(
        description="Milliseconds of open time, as promised when the month ended; None if nothing was any more"
    )
    decided: int = Field(description="Met or breached, and not excluded")
    breached: int
    excluded: int
    refused: int = Field(description="Refused with reasons in time: in no percentage")
    reopened: int
    undecided: int
    attainment: PercentOrNone
    p50: Duration | None = Field(description="Milliseconds of open time, by nearest rank")
    p90: Duration | None


class Budget(Out):
    """How many more clocks may be breached so that the goal is kept: `budget/1`, all kinds and priorities together."""

    clock: Clock
    level: str
    goal: Percent = Field(description="Percent that is to be kept, as it was wanted when the month ended")
    allowed: int = Field(description="How many of those decided so far may be breached")
    left: int = Field(description="Below zero: by how many the goal is missed")


class Sla(Out):
    """A month in the desk's zone: published tickets alone, each in the month in which it was due."""

    month: str
    zone: str
    is_frozen: bool = Field(description="Fixed in the log: what changes afterwards is told as a correction")
    items: list[SlaItem]
    budgets: list[Budget]
    opaque_tickets: int = Field(description="Tickets with a clock that was due in the month, in no public figure")


@router.get("", summary="The published SLA by month", operation_id="getSla", openapi_extra=FOR_ANYBODY)
def get_sla(
    desk: TheDesk,
    reader: Annotated[Reader, Depends(public_reading(sla.NAME, months.NAME))],
    month: Month,
) -> Sla:
    """Every promise of every published level is there, even when nothing was decided."""
    zone = desk.founding.load(desk.stream)[0].zone
    since, until = sla.month(month, zone)
    with reader.open() as reading:
        position = checkpoint(reading.connection, sla.NAME) if reading.position is None else reading.position
        fixed, at = months.fixed(reading.connection, month, position), reading.at
        if fixed is None:
            figures = sla.figures(reading.connection, since=since, until=until, published=True, position=position)
            opaque = sla_months.opaque(reading.connection, month, position)
        else:
            figures, opaque = [_fixed(row) for row in fixed.current.sla.values() if row.kind], fixed.current.opaque
    versions = _versions(_configuration(desk, reading), figures, min(until, at + 1), at)
    return Sla(
        month=month,
        zone=zone,
        is_frozen=fixed is not None,
        items=_items(_promises(versions), figures),
        budgets=[*_budgets(versions, figures)],
        opaque_tickets=opaque,
    )


def _fixed(row: SlaRow) -> Figure:
    """As published, and corrected since."""
    group = {"clock": row.clock.value, "level": row.level, "kind": row.kind, "priority": row.priority}
    p50, p90 = (row.p50, row.p90) if row.timed else (None, None)
    return Figure(group, row.decided, row.breached, row.excluded, row.refused, row.reopened, 0, p50, p90)


def _configuration(desk: Desk, reading: Reading) -> Configuration:
    """The configuration of that time."""
    if reading.position is None:
        return desk.configured.state()
    past = desk.log.read(desk.name("configuration"))
    return desk.configuration.fold([each for each in past if each.position <= reading.position])


def _versions(
    configuration: Configuration, figures: Sequence[Figure], until: Instant, at: Instant
) -> Sequence[LevelPublished]:
    """The last one in that time of every level that is published or has figures."""
    levels = configuration.levels
    offered = [level for level in levels.in_force if configuration.is_published(level, at)]
    shown = dict.fromkeys([*offered, *(figure.group["level"] for figure in figures)])
    return [version for level in shown for version in _last_version(levels.published.values(), level, until)]


def _promises(versions: Sequence[LevelPublished]) -> Mapping[Cell, Duration]:
    return {
        (each.clock.value, version.level, each.kind.value, each.priority.value): each.duration
        for version in versions
        for each in version.targets
    }


def _budgets(versions: Sequence[LevelPublished], figures: Sequence[Figure]) -> Iterator[Budget]:
    for version in versions:
        for goal in version.goals:
            place = goal.clock, version.level
            counted = [each for each in figures if (each.group["clock"], each.group["level"]) == place]
            decided, breached = (sum(getattr(each, name) for each in counted) for name in ("decided", "breached"))
            may, left = allowed(decided, goal.share), budget(decided, breached, goal.share)
            yield Budget(clock=goal.clock, level=version.level, goal=goal.share, allowed=may, left=left)


def _last_version(published: Iterable[LevelPublished], level: str, until: Instant) -> Sequence[LevelPublished]:
    """The newest one of that time, if there was one."""
    versions = [each for each in published if each.level == level and each.at < until]
    return sorted(versions, key=lambda each: each.version)[-1:]


def _items(promises: Mapping[Cell, Duration], figures: Sequence[Figure]) -> list[SlaItem]:
    """Level by level, in the usual order of clocks, kinds and priorities."""
    known = {_cell(figure): figure for figure in figures}
    nothing = Figure({}, 0, 0, 0, 0, 0, 0, None, None)
    cells = sorted({*promises, *known}, key=_place)
    return [_item(cell, promises.get(cell), known.get(cell, nothing)) for cell in cells]


def _cell(figure: Figure) -> Cell:
    clock, level, kind, priority = (figure.group[name] for name in AXES)
    return clock, level, kind, priority


def _place(cell: Cell) -> tuple[str, int, int, int]:
    clock, level, kind, priority = cell
    return level, [*Clock].index(Clock(clock)), [*Kind].index(Kind(kind)), [*Priority].index(Priority(priority))


def _item(cell: Cell, promised: Duration | None, figure: Figure) -> SlaItem:
    counts = {name: getattr(figure, name) for name in (*COUNTS, "p50", "p90", "attainment")}
    return SlaItem(**dict(zip(AXES, cell, strict=True)), promised=promised, **counts)
