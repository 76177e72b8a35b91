"""Published tickets: verdicts are reached again from what is public, and what each clock counts for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, ParamSpec, TypeAlias, TypeVar

from audit.verifier.entry import Entry
from audit.verifier.report import Fault, Report
from audit.verifier.shelf import Shelf
from audit.verifier.timed import Key, Timed, is_judged, is_questionable, take
from domain.attainment import month_of
from domain.calendar import CalendarEnded
from domain.clock import Clocks, Outcome, Run, Verdict, Why
from domain.deadline import course_of, due, used, used_of
from domain.instant import Duration, Instant
from domain.policy import Book, Clock
from domain.ticket.promise import ClockDecided, VerdictExcluded
from domain.verdict import verdict_on

P = ParamSpec("P")
T = TypeVar("T")
Judged: TypeAlias = tuple[str, Clock, int]
"""A ticket by its pseudonym, and which clock of it."""
AWAKE: Final = 4_096
"""Tickets that may be in memory, if there is nothing to come of them; an open one always is."""
COUNTED: Final = (Outcome.MET, Outcome.BREACHED)


class Count(NamedTuple):
    """What a verdict counts for."""

    verdict: Verdict
    reopened: bool
    used: Duration | None
    """Open time, once the clock is over."""

    @property
    def is_decided(self) -> bool:
        return self.verdict.excluded is None and self.verdict.outcome in COUNTED


@dataclass
class Tickets:
    """Every published ticket by its pseudonym."""

    report: Report
    tickets: Shelf[Timed] = field(default_factory=lambda: Shelf(AWAKE, is_judged, is_questionable))
    counts: Shelf[dict[Judged, Count]] = field(default_factory=lambda: Shelf(AWAKE))
    """By month of the due instant (YYYY-MM)."""
    changed: dict[str, Instant] = field(default_factory=dict)
    """By month, when the entry was stored that changed its counts last."""

    def of(self, entry: Entry) -> Timed:
        """The ticket that an entry is about."""
        known = self.tickets.get(entry.stream)
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
        course = _known(course_of, clocks, run, book) if run else None
        reached = _known(verdict_on, course, told.at) if course else None
        take(timed, told)
        verdict = timed.clocks.verdicts[-1]
        if reached != verdict:
            self._differ(entry, told, reached)
        if is_first:
            over = run if run and run.final and not timed.merged else None
            timed.late += (key,) if run and not over and not timed.merged else ()
            spent = _known(used_of, course, entry.at) if over and course else None
            self._count(entry, Count(verdict, _is_reopened(before, *key), spent), timed, zone)

    def _differ(self, entry: Entry, told: ClockDecided, reached: Verdict | None) -> None:
        said = f"{told.clock} #{told.instance}: {told.outcome}, due {told.due}"
        led = f"{reached.outcome}, due {reached.due}" if reached else "no verdict"
        self.report.find(Fault.VERDICT, f"{said}; the events lead to {led}", entry.place)

    def _go_on(self, entry: Entry, event: Any, timed: Timed, book: Book, zone: str) -> None:
        """Anything else: what it changes of clocks that were late already, or are excluded."""
        before, late = timed.clocks, timed.late
        take(timed, event)
        excluded = (event.clock, event.instance) if isinstance(event, VerdictExcluded) else None
        for key in late if excluded is None or excluded in late else (*late, excluded):
            ran, runs, verdict = _run(before, key), _run(timed.clocks, key), _verdict(timed.clocks, key)
            if verdict:
                spent = _known(used, before, ran, book, entry.at) if ran and not runs else None
                self._count(entry, Count(verdict, _is_reopened(before, *key), spent), timed, zone)
        timed.late = tuple(key for key in late if _run(timed.clocks, key)) if late else late

    def _count(self, entry: Entry, count: Count, timed: Timed, zone: str) -> None:
        """What changed in what is counted: a verdict, an exclusion, or how a clock that was late goes on."""
        verdict, month = count.verdict, month_of(count.verdict.due, zone)
        counts, judged = self.counts.get(month), (timed.stream, verdict.clock, verdict.instance)
        if counts is None:
            counts = self.counts.put(month, {})
        known = counts.get(judged)
        if known and known.used is not None:
            count = count._replace(reopened=known.reopened, used=known.used)
        if known != count:
            counts[judged], self.changed[month] = count, entry.rec


def _run(clocks: Clocks, key: Key) -> Run | None:
    return next(iter([run for run in clocks.runs if (run.clock, run.instance) == key]), None)


def _verdict(clocks: Clocks, key: Key) -> Verdict | None:
    return next((verdict for verdict in clocks.verdicts if (verdict.clock, verdict.instance) == key), None)


def _known(compute: Callable[P, T | None], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What comes of it; None if that lies beyond the calendar, as far as it is published."""
    try:
        return compute(*args, **kwargs)
    except CalendarEnded:
        return None


def _is_reopened(clocks: Clocks, clock: Clock, instance: int) -> bool:
    """A resolution that had been held to be there before."""
    return clock is Clock.RESOLUTION and (instance > 1 or any(gap.why is Why.RESOLVED for gap in clocks.gaps))
