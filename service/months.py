"""The months of published figures: fixed when nothing can change them any more, corrected when something did."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice, takewhile
from typing import Final, TypeAlias

from sqlalchemy import Connection, Engine

from domain.attainment import freezes_at
from domain.configuration.uptime import UptimeRuleSet
from domain.instant import Duration, Instant
from domain.month import Figures, Key, SlaRow, UptimeRow, correct, fix, nearest_rank
from domain.policy import Book
from domain.uptime import Rule, stretches, uptime
from projections import entries, months, positions, sla, sla_months, status
from projections.batch import checkpoint
from projections.entries import entries_at
from projections.positions import position_at
from projections.sla_months import Cell, Changed, added
from service.jobs import Job
from store.desk import Desk
from store.streams import Command

VIEWS: Final = (sla.NAME, status.NAME, months.NAME, entries.NAME, positions.NAME)

Entry: TypeAlias = tuple[int, bytes]
"""A position of the log, and what stands there."""


def fixing(desk: Desk, views: Engine) -> Job[str]:
    """Each month is fixed once it may be; a fixed one is compared with the log when something of it changed."""
    compared: dict[str, Entry] = {}
    """By month, up to where: a change that made no difference is not looked at again."""

    def due(at: Instant, limit: int) -> Sequence[str]:
        if compared and not _is_there(desk, max(compared.values())):
            compared.clear()  # the log lost its end: at these positions there may be what was never compared
        with views.connect() as connection:
            known = {month: position for month, (position, _) in compared.items()}
            return [*islice(_due(desk, connection, known, at), limit)]

    def do(month: str, at: Instant) -> None:
        with views.connect() as connection:
            compared[month] = _entry(desk, _settle(desk, connection, month, at))

    return Job("months", due, do)


def _is_there(desk: Desk, entry: Entry) -> bool:
    return _entry(desk, entry[0]) == entry


def _entry(desk: Desk, position: int) -> Entry:
    """What stands there now, if anything does."""
    found = desk.log.read_all(after=position - 1, limit=1)
    return position, found[0].raw if found and found[0].position == position else b""


def _due(desk: Desk, connection: Connection, compared: Mapping[str, int], at: Instant) -> Iterator[str]:
    """The months to be fixed, and those of which something changed since they were compared; the oldest first.

    None while a view is behind the log: what was imported is stored now, and tells of months that are long over.
    """
    if desk.log.read_all(after=_position(connection), limit=1):
        return
    zone, told_last = _zone(desk), 0
    clocks, told, fixed = sla_months.changed(connection), months.told(connection), months.computed(connection)
    for month in takewhile(lambda each: freezes_at(each, zone) <= at, _months_from([*clocks, *told])):
        told_last = max(told_last, told.get(month, 0))  # what is said of a component goes on into later months
        undecided, changed_last = clocks.get(month, Changed())
        if month not in fixed:
            is_due = not undecided
        else:
            is_due = max(told_last, changed_last) > max(fixed[month], compared.get(month, 0))
        if is_due:
            yield month


def _months_from(known: Collection[str]) -> Iterator[str]:
    """The first month in which the desk had anything, and every one after it."""
    first = date.fromisoformat(f"{min(known)}-01") if known else date.max
    while first < date.max:
        yield f"{first:%Y-%m}"
        first = (first + timedelta(days=31)).replace(day=1)


def _settle(desk: Desk, connection: Connection, month: str, at: Instant) -> int:
    """Fix the month, or correct it, by what the views know; up to which position they do."""
    zone, position, stream = _zone(desk), _position(connection), desk.name("month", month)
    state = desk.months.load(stream)[0]
    rule = state.rule or _rule_at(desk, sla.month(month, zone)[1])
    figures = Figures(
        position=position,
        sla=_sla(connection, month, position, desk.configured.state().book()),
        uptime=_uptime(connection, sla.month(month, zone), position, rule, state.uptime),
        opaque=sla_months.opaque(connection, month, position),
        entries=entries_at(connection, position),
    )
    command = Command(desk.new_id())
    if state.rule is None:
        undecided = sla_months.undecided(connection, month, position)
        desk.months.act(
            command, stream, fix, name=month, zone=zone, figures=figures, undecided=undecided, rule=rule, at=at
        )
    else:
        excluded = sla_months.excluded(connection, month, since=state.position, position=position)
        desk.months.act(command, stream, correct, name=month, figures=figures, excluded=excluded, at=at)
    return position


def _rule_at(desk: Desk, until: Instant) -> Rule:
    """The rule that was in force when the month ended."""
    configured = (each.event for each in desk.log.read(desk.name("configuration")))
    told = [each for each in configured if isinstance(each, UptimeRuleSet) and each.at < until]
    return Rule(told[-1].weights, told[-1].notice) if told else Rule()


def _sla(connection: Connection, month: str, position: int, book: Book) -> list[SlaRow]:
    """A row for each class, and one for all classes of a clock and level together."""
    rows: dict[Key, list[Cell]] = {}
    for cell in sla_months.cells(connection, [month], position).get(month, ()):
        rows.setdefault((cell.clock, cell.level, "", ""), []).append(cell)
        rows[cell.clock, cell.level, cell.kind.value, cell.priority.value] = [cell]
    return [_row(key, found, book) for key, found in rows.items()]


def _row(key: Key, cells: Sequence[Cell], book: Book) -> SlaRow:
    tally, promised = added(cells), {each for cell in cells for each in _promised(cell, book)}
    return SlaRow(
        *key,
        promised=promised.pop() if len(promised) == 1 else 0,
        decided=tally.decided,
        breached=tally.breached,
        excluded=tally.excluded,
        refused=tally.refused,
        reopened=tally.reopened,
        timed=len(tally.used),
        p50=nearest_rank(tally.used, 50),
        p90=nearest_rank(tally.used, 90),
    )


def _promised(cell: Cell, book: Book) -> Iterator[Duration]:
    for version in cell.policies:
        yield book.policies[cell.level, version].targets[cell.kind, cell.priority][cell.clock].duration


def _uptime(
    connection: Connection, window: tuple[Instant, Instant], position: int, rule: Rule, published: Collection[str]
) -> list[UptimeRow]:
    """The components that were shown since the month began, and those that were published, if anything was said."""
    since, until = window
    keys = status.shown_since(connection, position_at(connection, since), position).union(published)
    said = status.spells(connection, since=since, until=until, position=position, components=keys)
    known = (key for key in sorted(keys) if key in published or said.get(key))
    return [UptimeRow(key, uptime(stretches(said.get(key, []), since, until), rule)) for key in known]


def _position(connection: Connection) -> int:
    """All the views that are read here have got so far."""
    return min(checkpoint(connection, name) for name in VIEWS)


def _zone(desk: Desk) -> str:
    return desk.founding.load(desk.stream)[0].zone
