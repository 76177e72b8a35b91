"""Published tickets: verdicts are reached again from what is public, and what each clock counts for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, TypeVarTuple

from audit.verifier.entry import Entry
from audit.verifier.report import Fault, Report
from audit.verifier.shelf import Shelf
from audit.verifier.timed import Key, Timed, is_judged, is_questionable, judged, take, verdict_of, waited
from domain.attainment import month_of
from domain.calendar import CalendarEnded
from domain.classification import Kind, Priority
from domain.clock import Clocks, Exclusion, Outcome, Run, Verdict, Why
from domain.deadline import Course, course_of, due, used, used_of
from domain.instant import DAY, Duration, Instant
from domain.policy import Book, Clock
from domain.ticket.promise import ClockDecided, VerdictExcluded
from domain.verdict import verdict_on

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
Judged: TypeAlias = tuple[str, Clock, int]
"""A ticket by its pseudonym, and which clock of it."""
AWAKE: Final = 4_096
"""Tickets that may be in memory, if there is nothing to come of them; an open one always is."""
COUNTED: Final = (Outcome.MET, Outcome.BREACHED)


class Count(NamedTuple):
    """What a verdict counts for."""

    clock: Clock
    outcome: Outcome
    level: str
    policy: int
    kind: Kind
    priority: Priority
    excluded: Exclusion | None
    reopened: bool
    used: Duration | None
    """Open time, once the clock is over."""

    @property
    def is_decided(self) -> bool:
        return self.excluded is None and self.outcome in COUNTED


class Counts(dict[Judged, Count]):
    """Those of a month."""

    def __reduce__(self) -> tuple[Callable[..., "Counts"], tuple[Any, ...]]:
        """As they are put aside: in plain tuples, which takes half the time."""
        return _taken_out, ([(*judged, *count) for judged, count in self.items()],)


def _taken_out(rows: list[tuple[Any, ...]]) -> Counts:
    return Counts({(stream, clock, instance): Count._make(count) for stream, clock, instance, *count in rows})


@dataclass
class Tickets:
    """Every published ticket by its pseudonym."""

    report: Report
    tickets: Shelf[Timed] = field(default_factory=lambda: Shelf(AWAKE, is_judged, is_questionable))
    counts: Shelf[Counts] = field(default_factory=lambda: Shelf(AWAKE))
    """By month of the due instant (YYYY-MM)."""
    changed: dict[str, tuple[int, Instant]] = field(default_factory=dict)
    """By month, the place of the entry that changed its counts last, and when that was stored."""

    def of(self, entry: Entry) -> Timed:
        """The ticket that an entry is about."""
        known = None if entry.begins else self.tickets.get(entry.stream)
        return known or self.tickets.put(entry.stream, Timed(entry.stream, entry.place))

    def follow(self, entry: Entry, event: Any, timed: Timed, book: Book, zone: str) -> None:
        """Take in an entry about a ticket."""
        timed.rec = entry.rec
        if isinstance(event, ClockDecided):
            self._judge(entry, event, timed, book, zone)
        else:
            self._go_on(entry, event, timed, book, zone)

    def undecided(self, month: str, book: Book, zone: str) -> int:
        """How many clocks that are due in a month have no verdict."""
        runs = (
            (timed.clocks, run)
            for timed in self.tickets.awake.values()
            for run in timed.clocks.runs
            if not timed.clocks.is_decided(run.clock, run.instance)
        )
        instants = (_known(due, clocks, run, book) for clocks, run in runs)
        return sum(instant is not None and month_of(instant, zone) == month for instant in instants)

    def _judge(self, entry: Entry, told: ClockDecided, timed: Timed, book: Book, zone: str) -> None:
        """A verdict: counted as it is told, and as late as the clock is that it ends."""
        self.report.verdicts += 1
        before, key = timed.clocks, (told.clock, told.instance)
        is_first, clocks = not before.is_decided(*key), timed.merged[0] if timed.merged else before
        run = _run(clocks, key) if is_first else None
        course, reached = _reached(clocks, run, book, told.at) if run else (None, None)
        verdict, after = verdict_of(told), waited(timed, told.at)
        timed.clocks = judged(after, verdict) if is_first else after
        if reached != verdict:
            self._differ(entry, told, reached)
        if is_first:
            over = run if run and run.final and not timed.merged else None
            timed.late += (key,) if run and not over and not timed.merged else ()
            spent = _known(used_of, course, entry.at) if over and course else None
            self._count(entry, verdict, _counted(verdict, _is_reopened(before, *key), spent), timed, zone)

    def _differ(self, entry: Entry, told: ClockDecided, reached: Verdict | None) -> None:
        said = f"{told.clock} #{told.instance}: {told.outcome}, due {told.due}"
        led = f"{reached.outcome}, due {reached.due}" if reached else "no verdict"
        self.report.find(Fault.VERDICT, f"{said}; the events lead to {led}", entry.place)

    def _go_on(self, entry: Entry, event: Any, timed: Timed, book: Book, zone: str) -> None:
        """Anything else: what it changes of clocks that were late already, or are excluded."""
        before, late = timed.clocks, timed.late
        take(timed, event)
        excluded = (event.clock, event.instance) if isinstance(event, VerdictExcluded) else None
        if not late and excluded is None:
            return
        for key in late if excluded is None or excluded in late else (*late, excluded):
            ran, runs, verdict = _run(before, key), _run(timed.clocks, key), _verdict(timed.clocks, key)
            if verdict:
                spent = _known(used, before, ran, book, entry.at) if ran and not runs else None
                self._count(entry, verdict, _counted(verdict, _is_reopened(before, *key), spent), timed, zone)
        timed.late = tuple(key for key in late if _run(timed.clocks, key))

    def _count(self, entry: Entry, verdict: Verdict, count: Count, timed: Timed, zone: str) -> None:
        """What changed in what is counted: a verdict, an exclusion, or how a clock that was late goes on."""
        month = month_around(verdict.due // DAY, zone) or month_of(verdict.due, zone)
        counts, key = self.counts.get(month), (timed.stream, verdict.clock, verdict.instance)
        if counts is None:
            counts = self.counts.put(month, Counts())
        known = counts.get(key)
        if known and known.used is not None:
            count = count._replace(reopened=known.reopened, used=known.used)
        if known != count:
            counts[key], self.changed[month] = count, (entry.place, entry.rec)


def _counted(verdict: Verdict, reopened: bool, spent: Duration | None) -> Count:
    """Of the verdict count its clock, and all from the outcome on."""
    return Count._make((verdict.clock, *verdict[4:], reopened, spent))


@lru_cache
def month_around(day: int, zone: str) -> str | None:
    """The month of a whole day since 1970 and of those beside it; None if these are of several."""
    try:
        months = {month_of(at * DAY, zone) for at in (day - 1, day + 2)}
    except OverflowError:
        return None
    return months.pop() if len(months) == 1 else None


def _reached(clocks: Clocks, run: Run, book: Book, at: Instant) -> tuple[Course | None, Verdict | None]:
    """How a clock ran, and what is to be decided of it by then, as far as the calendar is published."""
    course = None
    try:
        course = course_of(clocks, run, book)
        return course, verdict_on(course, at)
    except CalendarEnded:
        return course, None


def _run(clocks: Clocks, key: Key) -> Run | None:
    return next(iter([run for run in clocks.runs if run[:2] == key]), None)


def _verdict(clocks: Clocks, key: Key) -> Verdict | None:
    return next(iter([verdict for verdict in clocks.verdicts if verdict[:2] == key]), None)


def _known(compute: Callable[[*Ts], T | None], *args: *Ts) -> T | None:
    """What comes of it; None if that lies beyond the calendar, as far as it is published."""
    try:
        return compute(*args)
    except CalendarEnded:
        return None


def _is_reopened(clocks: Clocks, clock: Clock, instance: int) -> bool:
    """A resolution that had been held to be there before."""
    return clock is Clock.RESOLUTION and (instance > 1 or Why.RESOLVED in [gap.why for gap in clocks.gaps])
