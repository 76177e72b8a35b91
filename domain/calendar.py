"""Business time: elapsed time inside the open periods of one calendar version.

A version is self-contained: it holds its open periods as UTC instants over a stated span, so that a verifier needs
neither opening hours nor time zone data. Nothing is known outside of the span, and asking there is refused.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from typing import Final, NamedTuple

from domain.instant import Duration, Instant
from domain.refusal import Refused

START: Final = attrgetter("start")
END: Final = attrgetter("end")


class Period(NamedTuple):
    """The instants from `start` on and before `end`."""

    start: Instant
    end: Instant


class Slice(NamedTuple):
    """A stretch of time that is open or closed throughout: counted or skipped."""

    start: Instant
    end: Instant
    open: bool


class CalendarEnded(Refused):
    """The answer lies outside of the span that the calendar version states."""

    def __init__(self, calendar: str, version: int, ends: Instant) -> None:
        super().__init__("calendar_ended", calendar=calendar, version=version, ends=ends)


@dataclass(frozen=True)
class Calendar:
    """The open periods of `span`: ascending, none empty, none touching the next.

    Every method raises `CalendarEnded` where an instant asked about, or the answer, is outside of the span.
    """

    key: str
    version: int
    span: Period
    periods: tuple[Period, ...]

    def __post_init__(self) -> None:
        for period in (self.span, *self.periods):
            if period.start >= period.end:
                raise ValueError(f"{period} has no duration")
        for earlier, later in pairwise(self.periods):
            if earlier.end >= later.start:
                raise ValueError(f"{earlier} and {later} overlap, touch or are out of order")
        for period in (*self.periods[:1], *self.periods[-1:]):
            if period.start < self.span.start or period.end > self.span.end:
                raise ValueError(f"{period} is not inside the span {self.span}")

    def elapsed(self, start: Instant, end: Instant) -> Duration:
        """Open time from `start` to `end`; none if `end` is not later."""
        return max(0, self._open_until(end) - self._open_until(start))

    def after(self, start: Instant, amount: Duration) -> Instant:
        """The first instant at which `amount` of open time has passed since `start`.

        An amount that fills a period exactly ends at its closing instant. An amount of zero is the next open instant.
        """
        if amount == 0:
            return self.next_open(start)
        target = self._open_until(start) + amount
        return self._reached(bisect_left(self._totals, target), target)

    def before(self, end: Instant, amount: Duration) -> Instant:
        """The last instant from which `amount` of open time passes until `end`.

        An amount that fills a period exactly begins at its opening instant. An amount of zero is `end` if that is open,
        else the last closing instant.
        """
        if amount == 0:
            return min(end, self._period(self._begun(end)).end)
        target = self._open_until(end) - amount
        return self._reached(bisect_right(self._totals, target), target)

    def is_open(self, at: Instant) -> bool:
        if at == self.span.end:
            raise self._ended()
        begun = self._begun(at)
        return begun > 0 and at < self.periods[begun - 1].end

    def next_open(self, at: Instant) -> Instant:
        """`at` itself if it is open, else the next opening."""
        return max(at, self._unfinished(at).start)

    def next_close(self, at: Instant) -> Instant:
        """The end of the period that is open at `at` or comes next.

        Whether a period that lasts until the end of the span closes there is not known: refused, as around the clock.
        """
        close = self._unfinished(at).end
        if close == self.span.end:
            raise self._ended()
        return close

    def slices(self, start: Instant, end: Instant) -> Iterator[Slice]:
        """The open and the closed stretches of [start, end), ascending and without holes."""
        self._know(start, end)
        first = bisect_right(self.periods, start, key=END)
        last = bisect_left(self.periods, end, key=START)
        edges = (min(max(edge, start), end) for edge in chain.from_iterable(self.periods[first:last]))
        stretches = enumerate(pairwise((start, *edges, end)))
        return (Slice(earlier, later, open=index % 2 == 1) for index, (earlier, later) in stretches if earlier < later)

    @cached_property
    def _starts(self) -> tuple[Instant, ...]:
        return tuple(period.start for period in self.periods)

    @cached_property
    def _totals(self) -> tuple[Duration, ...]:
        """Open time before the first period, and through the end of each."""
        return tuple(accumulate((period.end - period.start for period in self.periods), initial=0))

    def _open_until(self, at: Instant) -> Duration:
        begun = self._begun(at)
        return self._totals[begun] - max(0, self.periods[begun - 1].end - at) if begun else 0

    def _begun(self, at: Instant) -> int:
        """How many periods start at or before `at`."""
        if not self.span.start <= at <= self.span.end:
            raise self._ended()
        return bisect_right(self._starts, at)

    def _unfinished(self, at: Instant) -> Period:
        """The first period that ends after `at`."""
        self._know(at)
        return self._period(bisect_right(self.periods, at, key=END) + 1)

    def _reached(self, number: int, target: Duration) -> Instant:
        """When the open time since the start of the span is `target`, within the period of that number."""
        return self._period(number).end - (self._totals[number] - target)

    def _period(self, number: int) -> Period:
        """Counted from one, as `_totals` is."""
        if not 0 < number <= len(self.periods):
            raise self._ended()
        return self.periods[number - 1]

    def _know(self, *instants: Instant) -> None:
        if min(instants) < self.span.start or max(instants) > self.span.end:
            raise self._ended()

    def _ended(self) -> CalendarEnded:
        return CalendarEnded(self.key, self.version, self.span.end)


def always(key: str, version: int, span: Period) -> Calendar:
    """Open around the clock."""
    return Calendar(key, version, span, (span,))
