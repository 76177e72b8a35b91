"""What time will bring to a ticket: when it is at risk, late, and when somebody has to act next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from domain.calendar import CalendarEnded
from domain.clock import Clocks, Run
from domain.deadline import course_of, due, reached_at
from domain.instant import Instant
from domain.policy import Book
from domain.ticket import Ticket
from domain.ticket.consequences import next_tick
from domain.ticket.outcome import closes_at
from domain.ticket.promise import next_act

NEVER: Final[Instant] = 2**62
"""Sorts after every instant."""

BEYOND: Final[Instant] = -1
"""Stands for an instant that no calendar reaches."""


@dataclass(frozen=True)
class Outlook:
    """The earliest instants over the clocks that run; None where nothing is promised, known or paused."""

    due_at: Instant | None
    at_risk_at: Instant | None
    next_act_at: Instant | None
    """When something is to happen: see `domain.ticket.promise.next_act`."""
    closes_at: Instant | None
    """When silence becomes consent."""
    tick_at: Instant | None
    """When the timer has something to do."""
    beyond_calendar: bool
    """Some answer lies after the end of a calendar, until that is extended."""


def outlook(ticket: Ticket, book: Book) -> Outlook:
    """What lies ahead as known now."""
    runs = [run for run in ticket.clocks.runs if run.stopped is None]
    dues = [known(due, ticket.clocks, run, book) for run in runs]
    risks = [known(at_risk, ticket.clocks, run, book) for run in runs]
    act, closes = known(next_act, ticket, book), known(closes_at, ticket, book)
    tick = known(next_tick, ticket, book=book)
    due_at = _earliest(*dues)
    return Outlook(
        due_at=due_at,
        at_risk_at=_earliest(*risks),
        next_act_at=_earliest(ticket.acts_at, ticket.waits_until, due_at) if act == BEYOND else act,
        closes_at=_earliest(closes),
        tick_at=_earliest(ticket.waits_until, due_at) if tick == BEYOND else tick,
        beyond_calendar=BEYOND in (*dues, act, closes, tick),
    )


def known(answer: Callable[..., Instant | None], *asked: Any, **facts: Any) -> Instant | None:
    """The answer, or `BEYOND`."""
    try:
        return answer(*asked, **facts)
    except CalendarEnded:
        return BEYOND


def at_risk(clocks: Clocks, run: Run, book: Book) -> Instant | None:
    """When a run comes to be at risk, as the level says."""
    terms = course_of(clocks, run, book).phases[-1].terms
    return reached_at(clocks, run, book, book.policies[terms.level, terms.policy].at_risk_per_mille)


def _earliest(*instants: Instant | None) -> Instant | None:
    return min((each for each in instants if each is not None and each != BEYOND), default=None)
