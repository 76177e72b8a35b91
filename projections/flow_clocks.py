"""The open clocks of the flow view, with the instants from which anybody can tell how each stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, and_, case, func, select

from domain.clock import Run, Verdict
from domain.deadline import Standing, course_of, due
from domain.event import Id
from domain.instant import Instant
from domain.policy import Book
from domain.ticket import Ticket
from projections.flow_tables import OPEN_CLOCKS
from projections.outlook import BEYOND, at_risk, known
from projections.past import Moment
from projections.rows import Row, Rows
from projections.touched import touched
from store.log import Recorded

STANDINGS: Final = (Standing.ON_TRACK, Standing.AT_RISK, Standing.OVERDUE, Standing.PAUSED)
CLASS: Final = tuple(OPEN_CLOCKS.c[name] for name in ("clock", "level", "kind", "priority"))


@dataclass(frozen=True)
class OpenClocks:
    """The open clocks of a class that stand alike at an instant."""

    clock: str
    level: str
    kind: str
    priority: str
    standing: Standing
    number: int
    next_due: Instant | None
    """The earliest due instant that is still ahead."""


class Due(NamedTuple):
    """A ticket, and when a clock of it is due."""

    stream: Id
    due: Instant


def follow(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """Keep a row for each clock that is open after the event."""
    if moment.like:
        return
    for stream, ticket, _ in touched(rows, OPEN_CLOCKS, recorded, moment):
        for run in moment.before.clocks.runs:
            rows.remove(OPEN_CLOCKS, stream, run.clock.value, run.instance)
        for row in _rows(stream, ticket, moment.book):
            rows.put(OPEN_CLOCKS, row)


def open_clocks(connection: Connection, *, at: Instant, organisation: Id | None = None) -> Sequence[OpenClocks]:
    """All that are open, by class and standing at an instant; of one organisation if it is named."""
    ahead = case((and_(~OPEN_CLOCKS.c.is_paused, OPEN_CLOCKS.c.due >= at), OPEN_CLOCKS.c.due))
    standing = case(
        (OPEN_CLOCKS.c.due < at, Standing.OVERDUE.value),
        (OPEN_CLOCKS.c.is_paused, Standing.PAUSED.value),
        (OPEN_CLOCKS.c.at_risk_at <= at, Standing.AT_RISK.value),
        else_=Standing.ON_TRACK.value,
    ).label("standing")
    counts = func.count().label("number"), func.min(ahead).label("next_due")
    query = select(*CLASS, standing, *counts).group_by(*CLASS, standing)
    if organisation is not None:
        query = query.where(OPEN_CLOCKS.c.organisation == organisation)
    rows = connection.execute(query).mappings()
    return [OpenClocks(**{**row, "standing": Standing(row["standing"])}) for row in rows]


def due_next(connection: Connection, of: Mapping[str, str], *, since: Instant, limit: int) -> Sequence[Due]:
    """The tickets with open clocks of a class, or of several, that are due from an instant on, the earliest first."""
    due, ticket = func.min(OPEN_CLOCKS.c.due), OPEN_CLOCKS.c.stream
    asked = (OPEN_CLOCKS.c[name] == value for name, value in of.items())
    query = select(ticket, due).where(~OPEN_CLOCKS.c.is_paused, OPEN_CLOCKS.c.due >= since, *asked)
    rows = connection.execute(query.group_by(ticket).order_by(due, ticket).limit(limit))
    return [Due(*row) for row in rows]


def _rows(stream: Id, ticket: Ticket, book: Book) -> Iterator[Row]:
    verdicts = {(verdict.clock, verdict.instance): verdict for verdict in ticket.clocks.verdicts}
    for run in ticket.clocks.runs:
        verdict = verdicts.get((run.clock, run.instance))
        instants = _late(run, verdict) if verdict else _undecided(run, ticket, book)
        if instants is not None:
            yield {**_key(stream, run), **_class(ticket), **instants}


def _late(run: Run, verdict: Verdict) -> Row | None:
    """Breached, it is open for as long as it runs on."""
    is_open = run.stopped is None and verdict.excluded is None
    return _instants(verdict.due, verdict.due) if is_open else None


def _undecided(run: Run, ticket: Ticket, book: Book) -> Row | None:
    """None if it is over, or if nothing is promised; resolved, it waits for the client's word."""
    clocks = ticket.clocks
    instant = known(due, clocks, run, book)
    is_promised = instant is not None or course_of(clocks, run, book).phases[-1].target is not None
    if run.final or not is_promised:
        return None
    if run.stopped is not None or instant is None:
        return _instants(None, None, is_paused=True)
    return _instants(instant, known(at_risk, clocks, run, book))


def _instants(due: Instant | None, risk: Instant | None, *, is_paused: bool = False) -> Row:
    reached = [None if each == BEYOND else each for each in (due, risk)]
    return {
        "due": reached[0],
        "at_risk_at": reached[1],
        "is_paused": is_paused,
        "beyond_calendar": BEYOND in (due, risk),
    }


def _key(stream: Id, run: Run) -> Row:
    return {"stream": stream, "clock": run.clock.value, "instance": run.instance}


def _class(ticket: Ticket) -> Row:
    return {
        "organisation": ticket.organisation,
        "level": ticket.level,
        "kind": ticket.kind.value,
        "priority": ticket.priority.value,
    }
