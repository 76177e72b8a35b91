"""Key figures by person, line and team: how long, how often in time, through how many hands, and what clients thought.

A ticket counts for whoever was responsible when it was last solved or refused, at that instant; one that was reopened
does not count until it is solved again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

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
    case,
    func,
    select,
)

from domain.attainment import ALL, attainment
from domain.calendar import CalendarEnded
from domain.classification import Complexity
from domain.clock import Outcome, Run
from domain.deadline import course_of, used
from domain.instant import Duration, Instant
from domain.policy import Clock
from domain.ticket import Stage, Ticket
from domain.ticket.assignment import Accepted, Assigned, HandedOver
from domain.ticket.classing import Categorised
from domain.ticket.conversation import Answered
from domain.ticket.feedback import Rated
from domain.ticket.joining import Merged
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Reopened, Resolved, TicketRefused
from domain.ticket.promise import ClockDecided, VerdictExcluded
from projections.past import Moment
from projections.rows import Row, Rows
from store.log import Recorded

NAME: Final = "kpi_v1"
METADATA: Final = MetaData()
TICKETS: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("line", String, nullable=False),
    Column("team", String, nullable=False),
    Column("owner", String),
    Column("complexity", String, nullable=False),
    Column("resolved_at", BigInteger),
    Column("resolution", BigInteger),
    Column("first_response", BigInteger),
    Column("in_time", Boolean),
    Column("responsibility_changes", Integer, nullable=False),
    Column("hand_overs", Integer, nullable=False),
    Column("returned", Boolean, nullable=False),
    Column("reopenings", Integer, nullable=False),
    Column("csat", Integer),
    Column("nps", Integer),
    Column("lines", String, nullable=False),
)
Index(f"{NAME}_resolved", TICKETS.c.resolved_at)

Axis: TypeAlias = Literal["owner", "line", "team"]
PROMOTER: Final = 9
DETRACTOR: Final = 6
"""Net promoter score (Reichheld 2003): 9 and 10 recommend, 0 to 6 do not."""


@dataclass(frozen=True)
class Figure:
    """The tickets solved or refused in the time by one person, line or team; times in business milliseconds."""

    who: str
    tickets: int
    decided: int
    """Of them those with a verdict on `resolution` that counts."""
    breached: int
    mean_resolution: Duration | None
    mean_first_response: Duration | None
    responsibility_changes: int
    hand_overs: int
    returned: int
    """Tickets that came back to a line that had handed them over."""
    reopened: int
    complex_tickets: int
    csat_n: int
    csat_sum: int
    nps_n: int
    promoters: int
    detractors: int
    rated: int

    @property
    def in_time(self) -> int | None:
        """Share of the decided in time: thousandths of a percent, floored."""
        return attainment(self.decided, self.breached)

    @property
    def returned_share(self) -> int:
        """Thousandths of a percent, floored."""
        return self.returned * ALL // self.tickets

    @property
    def response_rate(self) -> int:
        """Share of the tickets that were rated: thousandths of a percent, floored."""
        return self.rated * ALL // self.tickets

    @property
    def nps(self) -> int | None:
        """From -100 to 100, floored; None without answers."""
        return (self.promoters - self.detractors) * 100 // self.nps_n if self.nps_n else None


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """One row a ticket; a merged one has none."""
    if isinstance(recorded.event, TicketOpened):
        rows.put(TICKETS, _opened(recorded, moment.after))
    elif isinstance(recorded.event, Merged):
        rows.remove(TICKETS, recorded.stream)
    elif change := CHANGES.get(type(recorded.event)):
        known = rows.get(TICKETS, recorded.stream)
        if known is not None:
            rows.put(TICKETS, {**known, **change(recorded, moment, known)})


def figures(connection: Connection, by: Axis, *, since: Instant, until: Instant) -> Sequence[Figure]:
    """The figures of what was solved or refused from `since` on and before `until`."""
    who = TICKETS.c[by]
    counted = [TICKETS.c.resolved_at >= since, TICKETS.c.resolved_at < until, who.is_not(None)]
    rows = connection.execute(select(who.label("who"), *_sums()).where(*counted).group_by(who).order_by(who))
    return [_figure(dict(row)) for row in rows.mappings()]


def _opened(recorded: Recorded[TicketOpened], ticket: Ticket) -> Row:
    return {
        **dict.fromkeys(TICKETS.c.keys()),
        "stream": recorded.stream,
        "line": ticket.line,
        "team": ticket.team,
        "complexity": ticket.complexity.value,
        "responsibility_changes": 0,
        "hand_overs": 0,
        "returned": False,
        "reopenings": 0,
        "lines": json.dumps([ticket.line]),
    }


def _responsible(_: Recorded[Any], moment: Moment, row: Row) -> Row:
    changed = moment.before.owner not in (None, moment.after.owner)
    return {"responsibility_changes": row["responsibility_changes"] + changed}


def _handed_over(recorded: Recorded[HandedOver], _: Moment, row: Row) -> Row:
    """A transfer between teams of one line is a hand-over, too, but nothing returns by it."""
    lines: list[str] = json.loads(row["lines"])
    line, moved = recorded.event.to_line, recorded.event.to_line != lines[-1]
    return {
        "hand_overs": row["hand_overs"] + 1,
        "returned": row["returned"] or (moved and line in lines),
        "lines": json.dumps([*lines, line] if moved else lines),
    }


def _answered(recorded: Recorded[Answered], moment: Moment, row: Row) -> Row:
    return {"first_response": _first_response(recorded, moment, row)}


def _reopened(_: Recorded[Any], moment: Moment, row: Row) -> Row:
    """Before closing the same verdict goes on counting; after it the next instance gets one of its own."""
    in_time = None if moment.before.stage is Stage.CLOSED else row["in_time"]
    again = {"resolved_at": None, "resolution": None, "csat": None, "nps": None}
    return {**again, "reopenings": row["reopenings"] + 1, "in_time": in_time}


def _judged(recorded: Recorded[ClockDecided | VerdictExcluded], _: Moment, __: Row) -> Row:
    """A verdict that was refused or excluded is none that counts."""
    judged = recorded.event
    if judged.clock is not Clock.RESOLUTION:
        return {}
    outcome = judged.outcome if isinstance(judged, ClockDecided) else None
    return {"in_time": None if outcome in (None, Outcome.REFUSED) else outcome is Outcome.MET}


def _rated(recorded: Recorded[Rated], _: Moment, __: Row) -> Row:
    return {"csat": recorded.event.csat, "nps": recorded.event.nps}


def _categorised(recorded: Recorded[Categorised], _: Moment, __: Row) -> Row:
    return {"complexity": recorded.event.complexity.value}


def _resolved(recorded: Recorded[Any], moment: Moment, row: Row) -> Row:
    """Whose it was when it was done, and how long that took."""
    runs = (run for run in moment.before.clocks.runs if run.clock is Clock.RESOLUTION and not run.final)
    return {
        "line": moment.after.line,
        "team": moment.after.team,
        "owner": moment.after.owner,
        "resolved_at": recorded.event.at,
        "resolution": _used(next(runs, None), recorded, moment),
        "first_response": _first_response(recorded, moment, row),
    }


def _first_response(recorded: Recorded[Any], moment: Moment, row: Row) -> Duration | None:
    """What the clock had used when it was answered; later answers change nothing."""
    runs = (run for run in moment.before.clocks.runs if run.clock is Clock.FIRST_RESPONSE and run.stopped is None)
    known: Duration | None = row["first_response"]
    return _used(next(runs, None), recorded, moment) if known is None else known


def _used(run: Run | None, recorded: Recorded[Any], moment: Moment) -> Duration | None:
    """Business time; None if nothing is promised, for then no calendar says what counts."""
    if run is None:
        return None
    try:
        promised = course_of(moment.before.clocks, run, moment.book).phases[-1].target
        return used(moment.before.clocks, run, moment.book, recorded.event.at) if promised else None
    except CalendarEnded:
        return None


def _sums() -> list[ColumnElement[Any]]:
    """The sums of `_figure`, by name."""
    row = TICKETS.c
    return [
        func.count().label("tickets"),
        func.count(row.in_time).label("decided"),
        func.count(case((row.in_time.is_(False), 1))).label("breached"),
        func.count(row.resolution).label("resolutions"),
        func.sum(row.resolution).label("resolution"),
        func.count(row.first_response).label("first_responses"),
        func.sum(row.first_response).label("first_response"),
        func.sum(row.responsibility_changes).label("responsibility_changes"),
        func.sum(row.hand_overs).label("hand_overs"),
        func.count(case((row.returned, 1))).label("returned"),
        func.count(case((row.reopenings > 0, 1))).label("reopened"),
        func.count(case((row.complexity == Complexity.COMPLEX.value, 1))).label("complex_tickets"),
        func.count(row.csat).label("csat_n"),
        func.coalesce(func.sum(row.csat), 0).label("csat_sum"),
        func.count(row.nps).label("nps_n"),
        func.count(case((row.nps >= PROMOTER, 1))).label("promoters"),
        func.count(case((row.nps <= DETRACTOR, 1))).label("detractors"),
        func.count(func.coalesce(row.csat, row.nps)).label("rated"),
    ]


def _figure(row: Row) -> Figure:
    sums: dict[str, Any] = {name: value if name == "who" else int(value or 0) for name, value in row.items()}
    resolutions, resolution = sums.pop("resolutions"), sums.pop("resolution")
    responses, response = sums.pop("first_responses"), sums.pop("first_response")
    return Figure(
        **sums, mean_resolution=_mean(resolution, resolutions), mean_first_response=_mean(response, responses)
    )


def _mean(total: int, count: int) -> Duration | None:
    return total // count if count else None


CHANGES: Final[Mapping[type, Callable[[Recorded[Any], Moment, Row], Row]]] = {
    Accepted: _responsible,
    Assigned: _responsible,
    HandedOver: _handed_over,
    Answered: _answered,
    Resolved: _resolved,
    TicketRefused: _resolved,
    Reopened: _reopened,
    ClockDecided: _judged,
    VerdictExcluded: _judged,
    Rated: _rated,
    Categorised: _categorised,
}
"""What each event changes in a row."""
