"""The first responses of each line and who still waits for one, for `slowdown/1`: reading costs what is recent.

Counted are tickets that were opened here and are promised a first response, for else no calendar says which time
counts. A response belongs to the line that the ticket was at; one whose verdict is excluded does not count.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, MetaData, String, Table, select

from domain.calendar import Calendar, CalendarEnded
from domain.clock import Clocks, Run
from domain.deadline import course_of, used_of
from domain.event import Source
from domain.instant import Duration, Instant
from domain.policy import Book, CalendarRef, Clock
from domain.slowdown import REACH, WINDOWS, Given, Pace, pace
from domain.ticket.conversation import Answered
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Resolved, TicketRefused
from domain.ticket.promise import VerdictExcluded
from projections.past import Moment
from projections.rows import Row, Rows
from store.log import Recorded

NAME: Final = "slowdown_v1"
METADATA: Final = MetaData()
GIVEN: Final = Table(
    NAME,
    METADATA,
    Column("stream", String, primary_key=True),
    Column("line", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
)
Index(f"{NAME}_at", GIVEN.c.at, GIVEN.c.line, GIVEN.c.used)
WAITING: Final = Table(
    f"{NAME}_waiting",
    METADATA,
    Column("stream", String, primary_key=True),
    Column("line", String, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("calendar", String),
    Column("calendar_version", Integer),
)
"""What was used at the instant `since`, and the calendar that counts from then on; None: nothing is promised."""

CALENDAR: Final = ("calendar", "calendar_version")
"""As long as it counts on, a row tells how long somebody waits, whatever else happens."""
ANSWERS: Final = (Answered, Resolved, TicketRefused)


def project(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    """One row a ticket, from its opening on: it waits, or it was answered; withdrawn or merged unanswered, none."""
    event, stream = recorded.event, recorded.stream
    if isinstance(event, TicketOpened):
        if recorded.envelope.source is not Source.IMPORT:
            _follow(rows, recorded, moment)
    elif isinstance(event, VerdictExcluded) and event.clock is Clock.FIRST_RESPONSE:
        rows.remove(GIVEN, stream)
        rows.remove(WAITING, stream)
    elif moment.after.line and rows.get(WAITING, stream):
        _follow(rows, recorded, moment)


def paces(
    connection: Connection, lines: Collection[str], calendars: Mapping[CalendarRef, Calendar], *, at: Instant
) -> Mapping[tuple[str, str], Pace]:
    """By line and window, as of an instant."""
    given: dict[str, list[Given]] = {line: [] for line in lines}
    for line, *told in connection.execute(_recent(at)):
        given.get(line, []).append(Given(*told))
    waits: dict[str, list[Duration]] = {line: [] for line in lines}
    for line, waited in _waits(connection, calendars, at):
        waits.get(line, []).append(waited)
    return {(line, window): pace(given[line], waits[line], window, at) for line in lines for window in WINDOWS}


def _follow(rows: Rows, recorded: Recorded[Any], moment: Moment) -> None:
    at, own = recorded.event.at, {"stream": recorded.stream, "line": moment.after.line}
    known, run = rows.get(WAITING, recorded.stream), _running(moment.after.clocks)
    if run is not None:
        spent = _spent(moment.after.clocks, run, moment.book, at)
        counts_on = known and all(known[name] == spent.get(name) for name in CALENDAR)
        rows.put(WAITING, {**(known or _nothing(at)), **({} if counts_on else spent), **own})
        return
    rows.remove(WAITING, recorded.stream)
    answered = _running(moment.before.clocks)
    if answered is not None and isinstance(recorded.event, ANSWERS):
        spent = _spent(moment.before.clocks, answered, moment.book, at)
        if spent.get("calendar") is not None:
            rows.put(GIVEN, {**own, "at": at, "used": spent["used"]})


def _nothing(at: Instant) -> Row:
    return {"used": 0, "since": at, "calendar": None, "calendar_version": None}


def _running(clocks: Clocks) -> Run | None:
    runs = (run for run in clocks.runs if run.clock is Clock.FIRST_RESPONSE and run.stopped is None)
    return next(runs, None)


def _spent(clocks: Clocks, run: Run, book: Book, at: Instant) -> Row:
    """Until `at`; of what lies beyond the end of a calendar nothing is known, so that nothing changes."""
    with suppress(CalendarEnded):
        course = course_of(clocks, run, book)
        since, target = max(at, run.started), course.phases[-1].target
        key, version = target.calendar if target else (None, None)
        return {"used": used_of(course, since), "since": since, "calendar": key, "calendar_version": version}
    return {}


def _recent(at: Instant) -> Any:
    return select(GIVEN.c.line, GIVEN.c.at, GIVEN.c.used).where(GIVEN.c.at > at - REACH, GIVEN.c.at <= at)


def _waits(
    connection: Connection, calendars: Mapping[CalendarRef, Calendar], at: Instant
) -> Iterator[tuple[str, Duration]]:
    """The lines and the times so far of those that wait; without those whose time is not known."""
    for row in connection.execute(select(WAITING).where(WAITING.c.calendar.is_not(None))):
        with suppress(CalendarEnded):
            calendar = calendars[CalendarRef(row.calendar, row.calendar_version)]
            yield row.line, row.used + calendar.elapsed(row.since, at)
