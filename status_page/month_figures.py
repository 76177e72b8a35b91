"""The figures of a month: as they were fixed and corrected, or as the log has them so far."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from domain.attainment import month_of
from domain.classification import Kind, Priority
from domain.instant import Duration, Instant
from domain.month import SlaRow
from domain.policy import Clock
from domain.uptime import Rule, Uptime, stretches, uptime
from projections import months, sla, sla_months, status
from projections.months import FixedMonth
from projections.positions import position_at
from projections.sla_months import Cell
from projections.uptime_rule import rule_at
from status_page.edition import Edition
from status_page.sla_tables import Fact, added


@dataclass(frozen=True)
class Row:
    """The verdicts of a clock that were due in the month, of some tickets of a level."""

    level: str
    clock: Clock
    kind: Kind | None
    priority: Priority | None
    """None, as the kind then: all kinds and priorities together."""
    promised: Duration
    """Open time; 0 if the verdicts were given under promises that differ."""
    fact: Fact
    is_corrected: bool = False


@dataclass(frozen=True)
class UptimeOf:
    """What came of the month for a component."""

    component: str
    uptime: Uptime
    is_corrected: bool = False


@dataclass(frozen=True)
class Figures:
    """All that is published of the month."""

    rows: Sequence[Row]
    uptime: Sequence[UptimeOf]
    rule: Rule
    opaque: int
    """Tickets with a clock that was due in the month, and that are counted in no row."""
    undecided: int = 0
    """Clocks due in it without a verdict: it cannot be fixed yet."""
    fixed: FixedMonth | None = None


def first_month(edition: Edition) -> str:
    """The first one (YYYY-MM) of which anything was known; that of the edition if nothing is."""
    this = month_of(edition.at, edition.zone)
    told = {*sla_months.changed(edition.connection), *months.told(edition.connection)}
    return next((month for month in sorted(told) if month < this and _is_known(edition, month)), this)


def figures_of(edition: Edition, month: str) -> Figures:
    """As fixed and corrected, else as the log has them so far."""
    fixed = months.fixed(edition.connection, month, edition.position)
    return _published(fixed) if fixed else _so_far(edition, month)


def figures_with(edition: Edition, month: str, cells: Sequence[Cell]) -> Figures:
    """Those of components, as for everybody, with the rows of these clocks."""
    fixed = months.fixed(edition.connection, month, edition.position)
    of_components = replace(_published(fixed), opaque=0) if fixed else _uptime_so_far(edition, month)
    return replace(of_components, rows=[*_rows(edition, cells)], undecided=added(cells).undecided)


def uptime_in(edition: Edition, month: str, component: str) -> Uptime:
    """What came of the month for one component, as far as it has come."""
    fixed = months.fixed(edition.connection, month, edition.position)
    if fixed and component in fixed.current.uptime:
        return fixed.current.uptime[component].uptime
    since, until = sla.month(month, edition.zone)
    return dict(_uptimes(edition, since, until, [component])).get(component, Uptime())


def _is_known(edition: Edition, month: str) -> bool:
    connection, position = edition.connection, edition.position
    since, until = sla.month(month, edition.zone)
    clocks = sla_months.cells(connection, [month], position) or sla_months.opaque(connection, month, position)
    return bool(clocks or status.spells(connection, since=since, until=until, position=position))


def _published(fixed: FixedMonth) -> Figures:
    first, now = fixed.published, fixed.current
    was = {row.key: row for row in first.sla}
    known = {row.component: row for row in first.uptime}
    return Figures(
        rows=[_row(row, is_corrected=row != was.get(key)) for key, row in now.sla.items()],
        uptime=[UptimeOf(key, row.uptime, row != known.get(key)) for key, row in now.uptime.items()],
        rule=Rule(first.weights, first.notice),
        opaque=now.opaque,
        fixed=fixed,
    )


def _row(row: SlaRow, *, is_corrected: bool) -> Row:
    kind, priority = (Kind(row.kind), Priority(row.priority)) if row.kind else (None, None)
    percentiles = (row.p50, row.p90) if row.timed else (None, None)
    fact = Fact(row.decided, row.breached, row.excluded, row.refused, 0, row.reopened, *percentiles)
    return Row(row.level, row.clock, kind, priority, row.promised, fact, is_corrected)


def _so_far(edition: Edition, month: str) -> Figures:
    connection, position = edition.connection, edition.position
    cells = sla_months.cells(connection, [month], position).get(month, ())
    return replace(
        _uptime_so_far(edition, month),
        rows=[*_rows(edition, cells)],
        opaque=sla_months.opaque(connection, month, position),
        undecided=sla_months.undecided(connection, month, position),
    )


def _uptime_so_far(edition: Edition, month: str) -> Figures:
    since, until = sla.month(month, edition.zone)
    found = [UptimeOf(key, came) for key, came in _uptimes(edition, since, until)]
    return Figures(rows=(), uptime=found, rule=rule_at(edition.connection, until, edition.position), opaque=0)


def _rows(edition: Edition, cells: Sequence[Cell]) -> Iterator[Row]:
    """By level and clock all tickets together, and each class."""
    for (level, clock), group in groupby(sorted(cells, key=_axes), key=_axes):
        members = [*group]
        yield Row(level, clock, None, None, _promised(edition, members), added(members))
        for each in members:
            yield Row(level, clock, each.kind, each.priority, _promised(edition, [each]), added([each]))


def _axes(cell: Cell) -> tuple[str, Clock]:
    return cell.level, cell.clock


def _promised(edition: Edition, cells: Iterable[Cell]) -> Duration:
    policies = edition.configured.state.book().policies
    known = {
        policies[each.level, version].targets[each.kind, each.priority][each.clock].duration
        for each in cells
        for version in each.policies
    }
    return known.pop() if len(known) == 1 else 0


def _uptimes(
    edition: Edition, since: Instant, until: Instant, components: Sequence[str] | None = None
) -> Iterator[tuple[str, Uptime]]:
    """By component, of those that were shown since then and of which something is known."""
    connection, position, end = edition.connection, edition.position, min(until, edition.at)
    rule = rule_at(connection, until, position)
    shown = status.shown_since(connection, position_at(connection, since), position)
    spells = status.spells(connection, since=since, until=end, position=position, components=components)
    for key in sorted(key for key in shown if spells.get(key)):
        yield key, uptime(stretches(spells[key], since, end), rule)
