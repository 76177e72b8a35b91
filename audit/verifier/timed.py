"""A published ticket as far as its clocks go: folded from what is public of its events, and small, for there are many.

Written apart from `domain.ticket`, whose tickets know all that the desk knows; that both have the same clocks is held
by a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from domain.clock import Clocks, Gap, Run, Terms, Verdict, Why
from domain.event import Id
from domain.instant import Instant
from domain.policy import Clock
from domain.ticket.assignment import Accepted
from domain.ticket.classing import Reclassified, Reprioritised, TermsMoved
from domain.ticket.conversation import Answered, ClientWrote
from domain.ticket.joining import Merged
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Closed, Closing, Reopened, Resolved, TicketRefused
from domain.ticket.promise import ClockDecided, DeadlineTightened, VerdictExcluded
from domain.ticket.state import WaitFor
from domain.ticket.waiting import Waited, WaitEnded

Key: TypeAlias = tuple[Clock, int]
"""Which clock of a ticket."""
UNTIMED: Final = Clocks()


@dataclass(slots=True)
class Timed:
    """What formulas read of a ticket; as constructed, of one that is not open yet."""

    stream: str = ""
    """A pseudonym."""
    place: int = 0
    """Of its first entry in the log."""
    clocks: Clocks = UNTIMED
    waits_for: WaitFor | None = None
    waits_until: Instant | None = None
    silent_since: Instant | None = None
    """The desk's last word on a ticket whose work is done: from then on silence is consent."""
    client_messages: tuple[Id, ...] = ()
    """What an agreement of the client may refer to."""
    closed: tuple[Closing, Instant] | None = None
    """How it was closed last, and when."""
    merged: tuple[Clocks, Instant] | None = None
    """The clocks that it had when it became part of another ticket, and when that was."""
    late: tuple[Key, ...] = ()
    """Clocks that ran on when they were judged: how late they end is not known yet."""
    rec: Instant = 0
    """When the newest of its entries was stored."""

    def __reduce__(self) -> tuple[Callable[..., "Timed"], tuple[Any, ...]]:
        """As it is put aside: in plain tuples, which takes half the time."""
        clocks = [[*map(tuple, part)] for part in self.clocks]
        told = self.waits_for, self.waits_until, self.silent_since, self.client_messages
        return _taken_out, (self.stream, self.place, clocks, *told, self.closed, self.merged, self.late, self.rec)

    @property
    def is_opened(self) -> bool:
        """It began, whatever became of it."""
        return bool(self.clocks.terms or (self.merged and self.merged[0].terms))

    @property
    def owes_answer(self) -> bool:
        """A message of the client is unanswered."""
        return any(run.clock is Clock.NEXT_RESPONSE and run.stopped is None for run in self.clocks.runs)


def _taken_out(stream: str, place: int, clocks: list[list[tuple[Any, ...]]], *told: Any) -> Timed:
    terms, gaps, runs, verdicts = clocks
    since = tuple(map(Terms._make, terms)), tuple(map(Gap._make, gaps))
    return Timed(stream, place, Clocks(*since, tuple(map(Run._make, runs)), tuple(map(Verdict._make, verdicts))), *told)


def take(timed: Timed, event: Any) -> None:
    """Take in an event; one that no clock follows changes nothing."""
    before = waited(timed, event.at)
    follow, note = FOLLOWED.get(type(event)), NOTED.get(type(event))
    timed.clocks = follow(before, event) if follow else before
    if note:
        note(timed, event, before)


def waited(timed: Timed, at: Instant) -> Clocks:
    """The clocks at `at`: a wait pauses nothing beyond its promised end, however late somebody notices."""
    if timed.waits_until is None or at <= timed.waits_until:
        return timed.clocks
    return timed.clocks.went_on(timed.waits_until)


def is_judged(timed: Timed) -> bool:
    """No clock of it will be due."""
    return all(timed.clocks.is_decided(run.clock, run.instance) for run in timed.clocks.runs)


def is_questionable(timed: Timed) -> bool:
    """Something of it is to be looked at in the end: what it was merged with, or why verdicts of it do not count."""
    return timed.merged is not None or any(verdict.excluded for verdict in timed.clocks.verdicts)


def judged(clocks: Clocks, verdict: Verdict) -> Clocks:
    """The clocks with their first verdict on one of them: stopped for good, it is over."""
    key = verdict[:2]
    runs = [run for run in clocks.runs if not run.final or run[:2] != key]
    return Clocks._make((clocks.terms, clocks.gaps, tuple(runs), (*clocks.verdicts, verdict)))


def verdict_of(told: ClockDecided) -> Verdict:
    """What is told, as formulas come to it."""
    judged = told.clock, told.instance, told.due, told.ended, told.outcome
    return Verdict._make((*judged, told.level, told.policy, told.kind, told.priority, None))


def _wait(timed: Timed, event: Waited | WaitEnded, _: Clocks) -> None:
    timed.waits_for, timed.waits_until = (event.what, event.until) if isinstance(event, Waited) else (None, None)


def _hear(timed: Timed, event: ClientWrote, _: Clocks) -> None:
    """Whoever waited for the client waits no longer."""
    timed.client_messages += (event.message,)
    if timed.waits_for is WaitFor.CLIENT:
        timed.waits_for = timed.waits_until = None


def _answer(timed: Timed, event: Answered, _: Clocks) -> None:
    timed.silent_since = None if timed.silent_since is None else event.at


def _settle(timed: Timed, event: Resolved | TicketRefused | Reopened | Closed | Merged, before: Clocks) -> None:
    """Nothing is waited for any more."""
    timed.waits_for = timed.waits_until = None
    timed.silent_since = event.at if isinstance(event, Resolved | TicketRefused) else None
    if isinstance(event, Closed):
        timed.closed = event.how, event.at
    if isinstance(event, Merged):
        timed.merged = timed.merged or (before, event.at)


def _waiting(clocks: Clocks, event: Waited) -> Clocks:
    """A vendor is the provider's own affair, and so is a date that the client did not agree to."""
    if event.what is WaitFor.CLIENT:
        return clocks.waited(event.at, Why.CLIENT)
    if event.what is WaitFor.DATE and event.agreed is not None:
        return clocks.waited(event.at, Why.DATE)
    return clocks.went_on(event.at)


def _retermed(clocks: Clocks, event: Reprioritised | Reclassified | TermsMoved) -> Clocks:
    if not clocks.terms:
        return clocks
    known = clocks.terms[-1]._replace(since=event.at, agreed=event.agreed is not None)
    match event:
        case Reprioritised():
            return clocks.retermed(known._replace(priority=event.priority))
        case Reclassified():
            return clocks.retermed(known._replace(kind=event.kind))
        case TermsMoved():
            return clocks.retermed(known._replace(level=event.level, policy=event.policy))


def _opened(clocks: Clocks, event: TicketOpened) -> Clocks:
    return clocks.opened(event.at, Terms(event.at, event.level, event.policy, event.kind, event.priority))


FOLLOWED: Final[Mapping[type, Callable[[Clocks, Any], Clocks]]] = {
    TicketOpened: _opened,
    Accepted: lambda clocks, event: clocks.accepted(event.at),
    Answered: lambda clocks, event: clocks.answered(event.at),
    ClientWrote: lambda clocks, event: clocks.client_wrote(event.at),
    Waited: _waiting,
    WaitEnded: lambda clocks, event: clocks.went_on(event.at),
    Resolved: lambda clocks, event: clocks.resolved(event.at),
    TicketRefused: lambda clocks, event: clocks.refused(event.at),
    Reopened: lambda clocks, event: clocks.reopened(event.at),
    Closed: lambda clocks, event: clocks.closed(event.at),
    Merged: lambda clocks, _: clocks.merged(),
    Reprioritised: _retermed,
    Reclassified: _retermed,
    TermsMoved: _retermed,
    DeadlineTightened: lambda clocks, event: clocks.tightened(event.clock, event.due),
    VerdictExcluded: lambda clocks, event: clocks.excluded(event.clock, event.instance, event.reason),
}
"""What each event makes of the clocks; a verdict is another matter (`judged`)."""

NOTED: Final[Mapping[type, Callable[[Timed, Any, Clocks], None]]] = {
    ClientWrote: _hear,
    Answered: _answer,
    **dict.fromkeys((Waited, WaitEnded), _wait),
    **dict.fromkeys((Resolved, TicketRefused, Reopened, Closed, Merged), _settle),
}
"""What else each event changes; it is told the clocks as they were before."""
