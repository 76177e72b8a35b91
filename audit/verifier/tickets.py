"""Published tickets: verdicts are reached again from what is public, and what each clock counts for."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from audit.verifier.entry import Entry
from audit.verifier.report import Fault, Report
from audit.verifier.timed import Key, Timed, take
from domain.attainment import month_of
from domain.calendar import CalendarEnded
from domain.clock import Clocks, Outcome, Run, Verdict, Why
from domain.deadline import due, used
from domain.instant import Duration, Instant
from domain.policy import Book, Clock
from domain.ticket.promise import ClockDecided, VerdictExcluded
from domain.verdict import verdicts_of

Judged: TypeAlias = tuple[str, Clock, int]
"""A ticket by its pseudonym, and which clock of it."""
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
    tickets: dict[str, Timed] = field(default_factory=dict)
    counts: dict[str, dict[Judged, Count]] = field(default_factory=dict)
    """By month of the due instant (YYYY-MM)."""
    changed: dict[str, Instant] = field(default_factory=dict)
    """By month, when the entry was stored that changed its counts last."""

    def follow(self, entry: Entry, event: Any, book: Book, zone: str) -> None:
        """Take in an entry about a ticket."""
        timed = self.tickets.get(entry.stream) or self.tickets.setdefault(entry.stream, Timed(entry.stream))
        timed.rec = entry.rec
        if isinstance(event, ClockDecided):
            self._judge(entry, event, timed, book, zone)
        else:
            self._go_on(entry, event, timed, book, zone)

    def undecided(self, month: str, book: Book, zone: str) -> int:
        """How many clocks that are due in a month have no verdict."""
        runs = (
            (timed.clocks, run) for timed in self.tickets.values() for run in timed.clocks.runs if _is_open(timed, run)
        )
        instants = (_due(clocks, run, book) for clocks, run in runs)
        return sum(instant is not None and month_of(instant, zone) == month for instant in instants)

    def _judge(self, entry: Entry, told: ClockDecided, timed: Timed, book: Book, zone: str) -> None:
        """A verdict: counted as it is told, and as late as the clock is that it ends."""
        self.report.verdicts += 1
        before, key = timed.clocks, (told.clock, told.instance)
        is_first, clocks = not before.is_decided(*key), timed.merged[0] if timed.merged else before
        run = _run(clocks, key) if is_first else None
        reached = verdict_at(clocks, run, book, told.at) if run else None
        take(timed, told)
        verdict = timed.clocks.verdicts[-1]
        if reached != verdict:
            self._differ(entry, told, reached)
        if is_first:
            over = run if run and run.final and not timed.merged else None
            timed.late += (key,) if run and not over and not timed.merged else ()
            spent = _used(clocks, over, book, entry.at) if over else None
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
                spent = _used(before, ran, book, entry.at) if ran and not runs else None
                self._count(entry, Count(verdict, _is_reopened(before, *key), spent), timed, zone)
        timed.late = tuple(key for key in late if _run(timed.clocks, key)) if late else late

    def _count(self, entry: Entry, count: Count, timed: Timed, zone: str) -> None:
        """What changed in what is counted: a verdict, an exclusion, or how a clock that was late goes on."""
        verdict, month = count.verdict, month_of(count.verdict.due, zone)
        counts, judged = self.counts.setdefault(month, {}), (timed.stream, verdict.clock, verdict.instance)
        known = counts.get(judged)
        if known and known.used is not None:
            count = count._replace(reopened=known.reopened, used=known.used)
        if known != count:
            counts[judged], self.changed[month] = count, entry.rec


def verdict_at(clocks: Clocks, run: Run, book: Book, at: Instant) -> Verdict | None:
    """What is to be decided of a clock at an instant, if nothing was decided of it yet."""
    return next(iter(verdicts_of(Clocks(clocks.terms, clocks.gaps, (run,)), book, at)), None)


def _is_open(timed: Timed, run: Run) -> bool:
    return not timed.clocks.is_decided(run.clock, run.instance)


def _run(clocks: Clocks, key: Key) -> Run | None:
    return next((run for run in clocks.runs if (run.clock, run.instance) == key), None)


def _verdict(clocks: Clocks, key: Key) -> Verdict | None:
    return next((verdict for verdict in clocks.verdicts if (verdict.clock, verdict.instance) == key), None)


def _due(clocks: Clocks, run: Run, book: Book) -> Instant | None:
    try:
        return due(clocks, run, book)
    except CalendarEnded:
        return None


def _used(clocks: Clocks, run: Run, book: Book, at: Instant) -> Duration | None:
    try:
        return used(clocks, run, book, at)
    except CalendarEnded:
        return None


def _is_reopened(clocks: Clocks, clock: Clock, instance: int) -> bool:
    """A resolution that had been held to be there before."""
    return clock is Clock.RESOLUTION and (instance > 1 or any(gap.why is Why.RESOLVED for gap in clocks.gaps))
