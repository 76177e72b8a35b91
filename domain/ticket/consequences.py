"""What follows from an action, or from time alone, and is stored with it: verdicts, escalations, notices.

Actions decide what people do; this decides what the desk owes because of it. Both are stored in one commit.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from typing import Final

from domain import deadline
from domain.calendar import CalendarEnded
from domain.classification import Priority
from domain.clock import Exclusion, Outcome, Run
from domain.deadline import reached_at
from domain.instant import Instant
from domain.policy import Action, Book, Clock, Step
from domain.ticket import Event, Stage, Ticket, folded
from domain.ticket.assignment import handed_over
from domain.ticket.classing import Reprioritised
from domain.ticket.notices import ClientToBeTold
from domain.ticket.outcome import Closed, Closing, close, closes_at, is_silent
from domain.ticket.promise import ClockDecided, VerdictExcluded, decided, escalated
from domain.ticket.retention import demand_texts
from domain.ticket.state import DESK
from domain.ticket.waiting import go_on, until_promised
from domain.verdict import verdicts_of

ESCALATION: Final = "escalation"
"""The reason of a hand-over by the ladder."""

NOT_COUNTED: Final = {
    Closing.CONFIRMED: Exclusion.AGREED_WITH_CLIENT,
    Closing.WITHDRAWN: Exclusion.AGREED_WITH_CLIENT,
    Closing.SPAM: Exclusion.SPAM,
}
"""Closings after which there was nothing left to do in time: clocks that they stop count for nobody."""


def consequences(ticket: Ticket, events: Sequence[Event], *, book: Book) -> list[Event]:
    """What the events of an action, or of `tick`, bring with them.

    Only clocks that have ended are judged: that one that runs on is late, the timer alone says. Refused, whatever the
    action: `texts_expired`.
    """
    if not events:
        return []
    demand_texts(ticket)
    after, at = folded(events, ticket), events[-1].at
    verdicts = _of_merged(ticket, book, at) if after.stage is Stage.MERGED else _of_ended(after, book, at)
    return [*verdicts, *_exclusions(ticket, events, verdicts), *_notice(ticket, after, at)]


def tick(ticket: Ticket, *, book: Book, lines: Mapping[str, str], at: Instant) -> list[Event]:
    """What time alone brings: the end of a wait, consent by silence, steps of the ladder, breaches of running clocks.

    Called at any time and any number of times: what is not due yet, or was done already, gives nothing. `lines` tells
    the line of each team.
    """
    if not ticket.is_live:
        return []
    ended = [*_ended(ticket, book, at)]
    events = [*ended, *_steps(folded(ended, ticket), book, lines, at)]
    return [*events, *_verdicts(folded(events, ticket), book, at)]


def next_tick(ticket: Ticket, *, book: Book) -> Instant | None:
    """The earliest instant at which `tick` may have something to do; None if only people can act."""
    if not ticket.is_live:
        return None
    instants = [
        closes_at(ticket, book),
        ticket.waits_until,
        *(reached for reached, _, _ in _untaken(ticket, book)),
        *_breaches(ticket, book),
    ]
    return min((instant for instant in instants if instant is not None), default=None)


def _verdicts(ticket: Ticket, book: Book, at: Instant) -> list[ClockDecided]:
    return [decided(verdict, at) for verdict in verdicts_of(ticket.clocks, book, at)]


def _of_merged(before: Ticket, book: Book, at: Instant) -> list[ClockDecided]:
    """A merged ticket has no clocks any more, but what was late by then was late."""
    return _verdicts(until_promised(before, at), book, at)


def _of_ended(after: Ticket, book: Book, at: Instant) -> list[ClockDecided]:
    return [verdict for verdict in _verdicts(after, book, at) if verdict.ended is not None]


def _exclusions(ticket: Ticket, events: Sequence[Event], verdicts: Sequence[ClockDecided]) -> Iterator[VerdictExcluded]:
    for number, closed in enumerate(events):
        if isinstance(closed, Closed) and closed.how in NOT_COUNTED:
            ran = _running(folded(events[:number], ticket))
            yield from (_excluded(closed, verdict) for verdict in verdicts if _is_empty(verdict, ran))


def _running(ticket: Ticket) -> set[tuple[Clock, int]]:
    return {(run.clock, run.instance) for run in ticket.clocks.runs if run.stopped is None}


def _is_empty(verdict: ClockDecided, ran: set[tuple[Clock, int]]) -> bool:
    """In time only because the closing left nothing to do; a breach stays one."""
    return verdict.outcome is Outcome.MET and (verdict.clock, verdict.instance) in ran


def _excluded(closed: Closed, verdict: ClockDecided) -> VerdictExcluded:
    return VerdictExcluded(
        at=closed.at,
        clock=verdict.clock,
        instance=verdict.instance,
        reason=NOT_COUNTED[closed.how],
        by=DESK,
        agreed=closed.agreed,
    )


def _notice(before: Ticket, after: Ticket, at: Instant) -> list[Event]:
    """The client is told of every new stage."""
    if after.stage is before.stage:
        return []
    return [ClientToBeTold(at=at, notice=after.notices + 1, stage=after.stage)]


def _ended(ticket: Ticket, book: Book, at: Instant) -> Iterator[Event]:
    if ticket.waits_until is not None and ticket.waits_until <= at:
        yield from go_on(ticket, by=DESK, at=at)
    # How long silence lasts is not known beyond the span of the calendar: until it is extended, nothing closes.
    with suppress(CalendarEnded):
        if is_silent(ticket, book, at):
            yield from close(ticket, how=Closing.SILENCE, book=book, by=DESK, at=at)


def _steps(ticket: Ticket, book: Book, lines: Mapping[str, str], at: Instant) -> list[Event]:
    """The steps that are reached and not taken, each one decided on what the one before left."""
    reached = [each for each in _untaken(ticket, book) if each[0] <= at]
    if not reached:
        return []
    _, run, step = min(reached, key=itemgetter(0))
    events = [escalated(ticket, run, step, at), *_acted(ticket, step, lines, at)]
    return [*events, *_steps(folded(events, ticket), book, lines, at)]


def _untaken(ticket: Ticket, book: Book) -> Iterator[tuple[Instant, Run, Step]]:
    """The steps of the ladder that were not taken for this instance of their clock, each with when it is reached."""
    ladder = book.policies[ticket.level, ticket.policy].ladder
    for run in (run for run in ticket.clocks.runs if run.stopped is None):
        for step in ladder:
            if step.clock is run.clock and (run.instance, step) not in ticket.escalated:
                # What lies beyond the span of the calendar is not reached before the calendar is extended.
                with suppress(CalendarEnded):
                    reached = reached_at(ticket.clocks, run, book, step.at_per_mille)
                    yield from () if reached is None else [(reached, run, step)]


def _acted(ticket: Ticket, step: Step, lines: Mapping[str, str], at: Instant) -> Iterator[Event]:
    match step.action:
        case Action.TRANSFER if ticket.team != step.whom and step.whom in lines:
            line = lines[step.whom]
            yield handed_over(ticket, by=DESK, line=line, team=step.whom, reason=ESCALATION, at=at)
        case Action.RAISE_PRIORITY if (raised := _raised(ticket.priority)) is not ticket.priority:
            yield Reprioritised(at=at, priority=raised, by=DESK, impact=ticket.impact, urgency=ticket.urgency)
        case _:
            return


def _raised(priority: Priority) -> Priority:
    urgent_first = list(Priority)
    return urgent_first[max(urgent_first.index(priority) - 1, 0)]


def _breaches(ticket: Ticket, book: Book) -> Iterator[Instant]:
    """The instants just after the due ones of running clocks without a verdict."""
    for run in ticket.clocks.runs:
        if run.stopped is None and not ticket.clocks.is_decided(run.clock, run.instance):
            due = deadline.due(ticket.clocks, run, book)
            yield from () if due is None else [due + 1]
