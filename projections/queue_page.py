"""Pages of the queue: the first one and those after it cost the same however long the queue is.

Each rank is a stretch of one index, asked for only if those before it do not fill the page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Select,
    String,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from domain.access import Scope
from domain.event import Address, Id
from domain.instant import Instant
from projections.batch import CHECKPOINTS, checkpoint
from projections.cursor import read, written
from projections.outlook import NEVER
from projections.queue_table import AT_RISK, BEYOND, BREACHED, IDLE, NAME, PAUSED, RUNNING, TICKETS, WIDEST
from projections.ready import Ready, ready
from projections.scope import Filters, matching, stand_ins, within
from projections.span import CURRENT, DEPTH, holding_at, nodes_at, spanning
from projections.ticket import ENTRIES, visible

KNOWN: Final = 256
"""Statements that are kept: one for each form of scope and filters, and each length of a page."""
FEW: Final = 500
"""Fewer tickets than these are sorted without a second thought."""
AT, POSITION = (bindparam(name, None, BigInteger) for name in ("at", "position"))
AFTER: Final = tuple(
    bindparam(f"after_{name}", None, kind)
    for name, kind in (("rank", BigInteger), ("due", BigInteger), ("opened", BigInteger), ("stream", String))
)
"""Where the page before ended."""
NODES: Final = tuple(bindparam(f"holding_{level}", None, BigInteger) for level in range(DEPTH))


class Queued(NamedTuple):
    """A ticket in the queue."""

    stream: Id
    reference: str
    organisation: Id
    requester: Id
    line: str
    team: str
    owner: Id | None
    level: str
    kind: str
    priority: str
    category: str | None
    complexity: str
    stage: str
    opened_at: Instant
    at_risk_at: Instant | None
    due_at: Instant | None
    """The earliest due instant of a clock that runs."""
    next_act_at: Instant | None
    paused: bool
    words_of: Id | None
    """Whose words its subject is in; None if the view of tickets has not got there yet."""

    @property
    def text(self) -> Address:
        """What `Log.texts` unseals: what it was opened with, `subject` and `body`."""
        return Address(self.words_of or self.requester, self.stream, 1, "text")

    def is_breached(self, at: Instant) -> bool:
        return self.due_at is not None and self.due_at < at

    def is_at_risk(self, at: Instant) -> bool:
        return not self.is_breached(at) and self.at_risk_at is not None and self.at_risk_at <= at


@dataclass(frozen=True)
class Page:
    """Tickets in the order of the queue as it stood at a position; without a cursor there are no more."""

    tickets: Sequence[Queued]
    position: int
    cursor: str | None


def page(
    connection: Connection,
    scope: Scope,
    filters: Filters,
    *,
    at: Instant,
    position: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Breached, at risk, then the earliest running due, then the opening; paused last.

    `at` is the instant for which that is told, `position` the one at which the queue is looked at (None: the newest); a
    cursor holds both as they were when the first page was asked for. Whose tickets they are is asked of today.
    """
    pinned, after = position, None
    if cursor is not None:
        pinned, at, *after = read(cursor, int, int, int, int, int, str)
    if position is not None:
        rows = _stood(connection, scope, filters, at=at, position=pinned or 0, after=after, limit=limit)
    else:
        rows = _stands(connection, scope, filters, at=at, position=pinned, after=after, limit=limit)
    if pinned is None:
        pinned = rows[0][-1] if rows else checkpoint(connection, NAME)
    tickets = [Queued._make(row[len(AFTER) : -1]) for row in rows[:limit]]
    more = written(pinned, at, *rows[limit - 1][: len(AFTER)]) if len(rows) > limit else None
    return Page(tickets, pinned, more)


def rank_at(at: Any) -> ColumnElement[int]:
    """How urgent a ticket is at an instant; paused with a clock that runs is not paused."""
    return case(
        (TICKETS.c.due_at < at, BREACHED),
        (TICKETS.c.at_risk_at <= at, AT_RISK),
        (TICKETS.c.paused & TICKETS.c.due_at.is_(None), PAUSED),
        else_=RUNNING,
    )


def _stands(
    connection: Connection,
    scope: Scope,
    filters: Filters,
    *,
    at: Instant,
    position: int | None,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Sequence[Any]]:
    """The queue as it is, or was a moment ago when the first page was asked for."""
    *shape, meant = stand_ins(scope, filters)
    if after is None or position is None:
        return _first(connection.dialect, *shape, limit).ask(connection, meant, at=at)
    if after[0] not in RANKS.values():
        return []
    told = dict(zip((each.key for each in AFTER), after, strict=True), at=at, position=position)
    told |= zip((each.key for each in NODES), nodes_at(position), strict=True)
    return _next(connection.dialect, *shape, limit, after[0]).ask(connection, meant, **told)


def _stood(
    connection: Connection,
    scope: Scope,
    filters: Filters,
    *,
    at: Instant,
    position: int,
    after: Sequence[Any] | None,
    limit: int,
) -> Sequence[Sequence[Any]]:
    """The queue of an instant of the past: all of its rows are looked at."""
    order = rank_at(at), *_order(TICKETS)
    query = select(*order, *_shown(TICKETS), _words_of(TICKETS.c.stream), literal(position)).where(
        holding_at(TICKETS, position), visible(TICKETS.c.stream, scope), *matching(TICKETS, vars(filters))
    )
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(*(literal(value) for value in after)))
    return connection.execute(query.order_by(*order).limit(limit + 1)).all()


@lru_cache(KNOWN)
def _first(dialect: Dialect, scope: Scope, filters: Filters, limit: int) -> Ready:
    seen = within(TICKETS, scope), *matching(TICKETS, vars(filters))
    return ready(_together(list(STRETCHES), seen, limit), dialect)


@lru_cache(KNOWN)
def _next(dialect: Dialect, scope: Scope, filters: Filters, limit: int, rank: int) -> Ready:
    """Those that are as they were, by the index; and the few that have changed since, or left the queue."""
    wanted = matching(TICKETS, vars(filters))
    seen = within(TICKETS, scope), *wanted, TICKETS.c.from_position <= POSITION
    order = rank_at(AT), *_order(TICKETS)
    changed = (
        select(*order, *_shown(TICKETS))
        .where(TICKETS.c.node.in_(NODES), spanning(TICKETS, POSITION), visible(TICKETS.c.stream, scope), *wanted)
        .where(tuple_(*order) > tuple_(*AFTER))
        .order_by(*order)
        .limit(_number(limit + 1))
    )
    left = [each for each in STRETCHES if RANKS[each] >= rank]
    return ready(_together(left, seen, limit, changed, since=rank), dialect)


def _together(
    names: Sequence[str],
    seen: Sequence[ColumnElement[bool]],
    limit: int,
    *beside: Select[Any],
    since: int | None = None,
) -> Select[Any]:
    """One stretch after the other, as far as a page goes; with the position at which the queue is known."""
    current = select(TICKETS).where(TICKETS.c.node == CURRENT, *seen)
    urgent = current.where(TICKETS.c.at_risk_at <= AT).order_by(TICKETS.c.at_risk_at).limit(_number(FEW)).cte("urgent")
    are_few = _count(urgent) < FEW
    known = {"few_at_risk": are_few, "at_risk": not_(are_few), "beyond": not_(are_few)}
    found: list[FromClause] = []
    for rank, same in groupby(names, RANKS.__getitem__):
        rows = {name: _stretch(name, urgent, seen, since).limit(_number(limit + 1)).subquery() for name in same}
        ranked = union_all(*(select(each).where(known.get(name, true())) for name, each in rows.items())).subquery()
        wanted = sum(map(_count, found), start=literal(0)) <= limit
        found.append(select(ranked).where(wanted).cte(f"rank_{rank}"))
    all_rows = union_all(*map(select, found), *(select(each.subquery()) for each in beside)).subquery()
    shown = select(all_rows).order_by(*_first_columns(all_rows)).limit(_number(limit + 1)).subquery()
    position = select(CHECKPOINTS.c.position).where(CHECKPOINTS.c.name == NAME).scalar_subquery()
    return select(shown, _words_of(shown.c.shown_stream), position).order_by(*_first_columns(shown))


def _stretch(name: str, urgent: FromClause, seen: Sequence[ColumnElement[bool]], since: int | None) -> Select[Any]:
    """The tickets of a rank, in their order; of the rank at which the page before ended those after its last one."""
    if name == "few_at_risk":
        rows, which, by = urgent, [or_(urgent.c.due_at.is_(None), urgent.c.due_at >= AT)], _order(urgent)
    else:
        rows, which, by = TICKETS, [TICKETS.c.node == CURRENT, *STRETCHES[name], *seen], _order(TICKETS)
    if name not in ("few_at_risk", "beyond"):
        by = TICKETS.c.turn, *by[1:]  # as the index has it
    if RANKS[name] == since:
        which += _following(by, is_idle=name == "paused")
    return select(literal(RANKS[name]), *_order(rows), *_shown(rows)).where(*which).order_by(*by)


def _following(by: Sequence[ColumnElement[Any]], *, is_idle: bool) -> list[ColumnElement[bool]]:
    """After the last one; its turn is said again, so that the index begins there."""
    _, due, *opening = AFTER
    if is_idle:
        return [tuple_(*by[1:]) > tuple_(*opening)]
    return [by[0] >= due, tuple_(*by) > tuple_(due, *opening)]


def _order(rows: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Within a rank: due, opening, and the stream so that the order is total."""
    return func.coalesce(rows.c.due_at, NEVER), rows.c.opened_at, rows.c.stream


def _first_columns(rows: FromClause) -> Sequence[ColumnElement[Any]]:
    """The rank, and the order within it."""
    return [*rows.c][: len(AFTER)]


def _shown(rows: FromClause) -> Iterator[ColumnElement[Any]]:
    """The fields of `Queued` that the view has."""
    yield from (rows.c[name].label(f"shown_{name}") for name in Queued._fields[:-1])


def _words_of(stream: ColumnElement[Any]) -> ColumnElement[Any]:
    """The last field of `Queued`: asked for once it is known which tickets are shown."""
    said = select(ENTRIES.c.person).where(ENTRIES.c.stream == stream).order_by(ENTRIES.c.position)
    return said.limit(_number(1)).correlate(stream.table).scalar_subquery()


def _count(rows: FromClause) -> ColumnElement[int]:
    return select(func.count()).select_from(rows).scalar_subquery()


def _number(number: int) -> ColumnElement[int]:
    """One that the database knows when it makes its plan."""
    return literal_column(str(number))


STRETCHES: Final[dict[str, tuple[ColumnElement[bool], ...]]] = {
    "breached": (TICKETS.c.turn < AT,),
    "few_at_risk": (),
    "at_risk": (
        TICKETS.c.turn >= AT,
        TICKETS.c.turn <= AT + select(WIDEST.c.milliseconds).scalar_subquery(),
        TICKETS.c.at_risk_at <= AT,
    ),
    "beyond": (BEYOND, TICKETS.c.at_risk_at <= AT),
    "running": (
        TICKETS.c.turn >= AT,
        TICKETS.c.turn < IDLE,
        or_(TICKETS.c.at_risk_at.is_(None), TICKETS.c.at_risk_at > AT),
    ),
    "paused": (TICKETS.c.turn == IDLE, or_(TICKETS.c.at_risk_at.is_(None), TICKETS.c.at_risk_at > AT)),
}
"""What of the index each is; where few are urgent, those at risk are found by when they came to be so."""
RANKS: Final = dict(zip(STRETCHES, (BREACHED, AT_RISK, AT_RISK, AT_RISK, RUNNING, PAUSED), strict=True))
"""The rank of each stretch."""
