"""Judging the clocks: what is decided at an instant and not stored yet."""

from domain.calendar import CalendarEnded
from domain.clock import Clocks, Outcome, Run, Verdict
from domain.deadline import Course, course_of, due, due_of
from domain.instant import Instant
from domain.policy import Book


def verdicts_of(clocks: Clocks, book: Book, at: Instant) -> tuple[Verdict, ...]:
    """The verdicts to store now, in the order in which the clocks started; one for each instance, ever.

    A stop at the due instant is in time. `resolution` is met, or refused in time, only when the stop is final; late it
    is breached at once, as is any clock that still runs. Without a target there is no verdict; one that is due beyond
    the span of its calendar waits until the calendar is extended, and holds up nothing that people do until then.
    """
    undecided = (run for run in clocks.runs if not clocks.is_decided(run.clock, run.instance))
    verdicts = (_verdict(clocks, run, book, at) for run in undecided)
    return tuple(verdict for verdict in verdicts if verdict)


def next_due(clocks: Clocks, book: Book) -> Instant | None:
    """The earliest due instant of a running clock, past ones included; none if nothing runs towards one."""
    instants = (due(clocks, run, book) for run in clocks.runs if run.stopped is None)
    return min((instant for instant in instants if instant is not None), default=None)


def verdict_on(course: Course, at: Instant) -> Verdict | None:
    """What is to be decided of one run at `at`, if nothing was decided of it yet; `CalendarEnded` as in `deadline`."""
    run, instant = course.run, due_of(course)
    outcome = None if instant is None else _outcome(run, instant, at)
    if instant is None or outcome is None:
        return None
    terms = course.phases[-1].terms
    identity = run.clock, run.instance, instant, run.stopped, outcome
    return Verdict(*identity, terms.level, terms.policy, terms.kind, terms.priority)


def _verdict(clocks: Clocks, run: Run, book: Book, at: Instant) -> Verdict | None:
    try:
        return verdict_on(course_of(clocks, run, book), at)
    except CalendarEnded:
        return None


def _outcome(run: Run, instant: Instant, at: Instant) -> Outcome | None:
    if instant < (at if run.stopped is None else run.stopped):
        return Outcome.BREACHED
    if not run.final:
        return None
    return Outcome.REFUSED if run.refused else Outcome.MET
