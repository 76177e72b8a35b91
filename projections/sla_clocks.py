"""The row that each clock of a ticket has in the SLA view: what it is due, how it was judged, what time it used."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from domain.calendar import CalendarEnded
from domain.clock import Clocks, Run, Verdict, Why
from domain.deadline import due, used
from domain.instant import Duration
from domain.policy import Book, Clock
from domain.ticket import Ticket
from projections.past import Moment
from store.log import Recorded

Key: TypeAlias = tuple[Clock, int]


def changes(recorded: Recorded[Any], moment: Moment) -> Iterator[tuple[Key, dict[str, Any] | None]]:
    """The row of each clock that runs, ended or was judged by the event; None if the clock is no more."""
    before, after = moment.before.clocks, moment.after.clocks
    ran, runs = _runs(before), _runs(after)
    known, verdicts = _verdicts(before), _verdicts(after)
    if moment.like and not runs.keys() & verdicts.keys():  # a clock that runs on after its verdict asks what was before
        return
    for key in dict.fromkeys([*ran, *runs, *verdicts]):
        if key in verdicts:
            if key in ran or known.get(key) != verdicts[key]:
                over = ran.get(key) if key not in runs else None
                yield key, _judged(verdicts[key], over, recorded, moment)
        else:
            yield key, _running(runs[key], moment.after, moment.book) if key in runs else None


def keys(clocks: Clocks) -> Iterator[tuple[str, int]]:
    """Every clock of a ticket that has a row."""
    for clock, instance in dict.fromkeys((*_runs(clocks), *_verdicts(clocks))):
        yield clock.value, instance


def _runs(clocks: Clocks) -> dict[Key, Run]:
    return {(run.clock, run.instance): run for run in clocks.runs}


def _verdicts(clocks: Clocks) -> dict[Key, Verdict]:
    return {(verdict.clock, verdict.instance): verdict for verdict in clocks.verdicts}


def _running(run: Run, ticket: Ticket, book: Book) -> dict[str, Any]:
    """A clock without a verdict; it is due at no known instant while it is paused, or if nothing is promised."""
    try:
        instant = due(ticket.clocks, run, book)
    except CalendarEnded:
        instant = None
    classes = {"level": ticket.level, "kind": ticket.kind.value, "priority": ticket.priority.value, "policy": None}
    judged = {"due": instant, "outcome": None, "excluded": None, "used": None}
    return _of(ticket) | classes | judged | {"reopened": _reopened(ticket.clocks, run.clock, run.instance)}


def _judged(verdict: Verdict, over: Run | None, recorded: Recorded[Any], moment: Moment) -> dict[str, Any]:
    return {
        **_of(moment.after),
        "level": verdict.level,
        "policy": verdict.policy,
        "kind": verdict.kind.value,
        "priority": verdict.priority.value,
        "due": verdict.due,
        "outcome": verdict.outcome.value,
        "excluded": verdict.excluded and verdict.excluded.value,
        "reopened": _reopened(moment.before.clocks, verdict.clock, verdict.instance),
        "used": _used(over, recorded, moment) if over else None,
    }


def _of(ticket: Ticket) -> dict[str, Any]:
    return {"organisation": ticket.organisation, "published": ticket.published}


def _reopened(clocks: Clocks, clock: Clock, instance: int) -> bool:
    solved_before = instance > 1 or any(gap.why is Why.RESOLVED for gap in clocks.gaps)
    return clock is Clock.RESOLUTION and solved_before


def _used(run: Run, recorded: Recorded[Any], moment: Moment) -> Duration | None:
    try:
        return used(moment.before.clocks, run, moment.book, recorded.event.at)
    except CalendarEnded:
        return None
