"""When a clock is due, and why: `deadline/1`.

A clock is due when the time it used comes to its limit. Used time is the open time outside of gaps, each stretch by the
calendar in force then. The limit is the target; a change of terms at `c` makes it max(new target, used at `c` + the new
grace), which is due = max(opening + target, c + grace), pauses shifting both. Without the client's agreement no change
moves a clock later in the last quarter of its limit, nor anyhow at its due instant; after that, none does at all.

Every function raises `CalendarEnded` where the answer lies outside of the span of a calendar version.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from domain.calendar import Calendar
from domain.clock import Clocks, Gap, Run, Terms, Why
from domain.instant import Duration, Instant
from domain.policy import Book, CalendarRef, Clock, Target

WHOLE: Final = 1000
"""Per mille."""

PAUSABLE: Final = frozenset({Clock.UPDATE, Clock.RESOLUTION})
"""The clocks that stand still while the ticket waits."""


REMEMBERED: Final = 4_096
"""Answers that are kept: those of all clocks that the events of a batch of a view can be about."""


class Reason(StrEnum):
    """Why a segment counts (open) or does not."""

    OPEN = "open"
    CLOSED = "closed"
    WAITING_CLIENT = "waiting_client"
    WAITING_DATE = "waiting_date"
    RESOLVED = "resolved"
    NO_TARGET = "no_target"


REASONS: Final = {Why.CLIENT: Reason.WAITING_CLIENT, Why.DATE: Reason.WAITING_DATE, Why.RESOLVED: Reason.RESOLVED}


@dataclass(frozen=True)
class Segment:
    """A stretch of a clock's time that counts or does not; `calendar` is none where nothing is promised."""

    start: Instant
    end: Instant
    counted: bool
    reason: Reason
    calendar: CalendarRef | None


@dataclass(frozen=True)
class Explanation:
    """Why a clock is due when it is: segments without holes, the counted ones add up to `used`."""

    target: Duration | None
    """The limit in force; none: nothing is promised."""
    due: Instant | None
    used: Duration
    segments: tuple[Segment, ...]


class Standing(StrEnum):
    """How a clock stands: the classes do not overlap."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    OVERDUE = "overdue"
    PAUSED = "paused"
    STOPPED = "stopped"


class Phase(NamedTuple):
    """What holds for one run from `since` on; without a target there is no limit."""

    since: Instant
    terms: Terms
    target: Target | None
    limit: Duration


class Course(NamedTuple):
    """One run with all that decides when it is due."""

    run: Run
    phases: tuple[Phase, ...]
    """Never empty; changes that the run does not follow are left out."""
    gaps: tuple[Gap, ...]
    calendars: Mapping[CalendarRef, Calendar]


class Stretch(NamedTuple):
    """Time under one target, inside one gap or none."""

    start: Instant
    end: Instant
    target: Target | None
    gap: Gap | None


def due(clocks: Clocks, run: Run, book: Book) -> Instant | None:
    """The instant after which the run is late; none without a target, or while it is paused in time.

    A stopped run has the due instant that it would have had, had it run on.
    """
    return _due(clocks.terms, clocks.gaps if run.clock in PAUSABLE else (), run, book)


def reached_at(clocks: Clocks, run: Run, book: Book, per_mille: int) -> Instant | None:
    """When that share of the business time until the due instant is used, 1000 being the due instant itself."""
    return _reached_at(clocks.terms, clocks.gaps if run.clock in PAUSABLE else (), run, book, per_mille)


def used(clocks: Clocks, run: Run, book: Book, at: Instant) -> Duration:
    """Business milliseconds from the start until `at` or the stop, whichever is earlier."""
    return used_of(course_of(clocks, run, book), at)


def explain(clocks: Clocks, run: Run, book: Book, at: Instant) -> Explanation:
    """The due instant, with every counted and skipped segment from the start until `at` or the stop."""
    course = course_of(clocks, run, book)
    phase = course.phases[-1]
    return Explanation(
        target=phase.limit if phase.target else None,
        due=due_of(course),
        used=used_of(course, at),
        segments=tuple(_segments(course, _end(run, at))),
    )


def standing(clocks: Clocks, run: Run, book: Book, at: Instant) -> Standing:
    """How the run stands at `at`: late stays late in a pause, and where nothing is promised all is on track."""
    if run.stopped is not None:
        return Standing.STOPPED
    phase = course_of(clocks, run, book).phases[-1]
    late = due(clocks, run, book)
    if late is None:
        return Standing.PAUSED if phase.target else Standing.ON_TRACK
    if late < at:
        return Standing.OVERDUE
    risky = reached_at(clocks, run, book, book.policies[phase.terms.level, phase.terms.policy].at_risk_per_mille)
    return Standing.AT_RISK if risky is not None and risky <= at else Standing.ON_TRACK


def course_of(clocks: Clocks, run: Run, book: Book) -> Course:
    """The run with the terms that it follows.

    A change at the instant of the start is part of the start; one at the instant of the stop comes too late.
    """
    gaps = clocks.gaps if run.clock in PAUSABLE else ()
    terms = [terms for terms in clocks.terms if terms.since <= run.started][-1:] or clocks.terms[:1]
    course = Course(run, (_phase(run.started, terms[0], run.clock, book),), gaps, book.calendars)
    for change in clocks.terms:
        if run.started < change.since and (run.stopped is None or change.since < run.stopped):
            course = _retargeted(course, _phase(change.since, change, run.clock, book))
    return course


def due_of(course: Course) -> Instant | None:
    """`due` of a course that is known."""
    horizon = _horizon(course)
    instant = _due_if_resumed(course, horizon)
    paused = course.run.stopped is None and any(gap.until is None for gap in course.gaps)
    return None if paused and instant is not None and instant > horizon else instant


def used_of(course: Course, at: Instant) -> Duration:
    """`used` of a course that is known."""
    return _spent(course, _end(course.run, at))


# What an action asks of a run is asked again by what follows from it, and by every view: mostly nothing has changed.
@lru_cache(maxsize=REMEMBERED)
def _due(terms: tuple[Terms, ...], gaps: tuple[Gap, ...], run: Run, book: Book) -> Instant | None:
    return due_of(course_of(Clocks(terms, gaps), run, book))


@lru_cache(maxsize=REMEMBERED)
def _reached_at(
    terms: tuple[Terms, ...], gaps: tuple[Gap, ...], run: Run, book: Book, per_mille: int
) -> Instant | None:
    course = course_of(Clocks(terms, gaps), run, book)
    end = due_of(course)
    if end is None or per_mille == WHOLE:
        return end
    return _used_up(course, -(-_spent(course, end) * per_mille // WHOLE), _horizon(course))


def _phase(since: Instant, terms: Terms, clock: Clock, book: Book) -> Phase:
    targets = book.policies[terms.level, terms.policy].targets.get((terms.kind, terms.priority), {})
    target = targets.get(clock)
    return Phase(since, terms, target, target.duration if target else 0)


def _retargeted(course: Course, new: Phase) -> Course:
    """The course after a change, or as it was if its due instant stands against the change."""
    old = course.phases[-1]
    spent = _spent(course, new.since)
    floor = old.limit if new.target == old.target else spent + new.target.grace if new.target else 0
    changed = course._replace(phases=(*course.phases, new._replace(limit=max(new.limit, floor))))
    earlier, later = _due_if_resumed(course, new.since), _due_if_resumed(changed, new.since)
    if earlier is None:
        return changed
    is_over = earlier < new.since or (earlier == new.since and not new.terms.agreed)
    is_protected = spent * 4 >= old.limit * 3 and not new.terms.agreed
    return course if is_over or (is_protected and (later is None or later > earlier)) else changed


def _horizon(course: Course) -> Instant:
    """The instant from which on nothing is known to interrupt the run: its stop, or the last change or gap."""
    if course.run.stopped is not None:
        return course.run.stopped
    last = (gap.since if gap.until is None else gap.until for gap in course.gaps[-1:])
    return max(course.run.started, course.phases[-1].since, *last)


def _due_if_resumed(course: Course, horizon: Instant) -> Instant | None:
    """The due instant as known at `horizon`, any wait ending there; a manual deadline can only tighten it."""
    computed = _used_up(course, course.phases[-1].limit, horizon)
    if computed is None or course.run.tightened is None:
        return computed
    return min(computed, course.run.tightened)


def _used_up(course: Course, quota: Duration, horizon: Instant) -> Instant | None:
    """When the used time comes to `quota`, any wait ending at `horizon`; none if nothing is promised."""
    target = course.phases[-1].target
    if target is None:
        return None
    for start, end, calendar in _counting(course, horizon):
        spent = calendar.elapsed(start, end)
        if spent >= quota:
            return calendar.after(start, quota)
        quota -= spent
    return course.calendars[target.calendar].after(horizon, quota)


def _spent(course: Course, until: Instant) -> Duration:
    return sum([calendar.elapsed(start, end) for start, end, calendar in _counting(course, until)])


def _counting(course: Course, until: Instant) -> list[tuple[Instant, Instant, Calendar]]:
    begin, target, calendars = course.run.started, course.phases[0].target, course.calendars
    if len(course.phases) == 1 and not course.gaps:  # most runs: nothing cuts them
        return [(begin, until, calendars[target.calendar])] if target and begin < until else []
    stretches = _stretches(course, until)
    return [(start, end, calendars[target.calendar]) for start, end, target, gap in stretches if target and not gap]


def _segments(course: Course, until: Instant) -> Iterator[Segment]:
    for start, end, target, gap in _stretches(course, until):
        calendar = target.calendar if target else None
        if gap or not calendar:
            yield Segment(start, end, False, REASONS[gap.why] if gap else Reason.NO_TARGET, calendar)
        else:
            for piece in course.calendars[calendar].slices(start, end):
                reason = Reason.OPEN if piece.open else Reason.CLOSED
                yield Segment(piece.start, piece.end, piece.open, reason, calendar)


def _stretches(course: Course, until: Instant) -> list[Stretch]:
    """The time from the start until `until`, cut wherever the target changes or a gap begins or ends."""
    begin = course.run.started
    edges = [phase.since for phase in course.phases] + [
        edge for gap in course.gaps for edge in (gap.since, gap.until or begin)
    ]
    cuts = sorted({begin, max(begin, until), *(edge for edge in edges if begin < edge < until)})
    return [Stretch(start, end, _target_at(course, start), _gap_at(course, start)) for start, end in pairwise(cuts)]


def _target_at(course: Course, at: Instant) -> Target | None:
    return [phase.target for phase in course.phases if phase.since <= at][-1]


def _gap_at(course: Course, at: Instant) -> Gap | None:
    return next((gap for gap in course.gaps if _covers(gap, at)), None)


def _covers(gap: Gap, at: Instant) -> bool:
    return gap.since <= at and (gap.until is None or at < gap.until)


def _end(run: Run, at: Instant) -> Instant:
    return at if run.stopped is None else min(run.stopped, at)
