"""A published ticket as far as its clocks go: folded from what is public of its events, and small, for there are many.

Written apart from `domain.ticket`, whose tickets know all that the desk knows; that both have the same clocks is held
by a test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from domain.clock import Clocks, Terms, Verdict, Why
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

    @property
    def is_opened(self) -> bool:
        """It began, whatever became of it."""
        return bool(self.clocks.terms or (self.merged and self.merged[0].terms))

    @property
    def owes_answer(self) -> bool:
        """A message of the client is unanswered."""
        return any(run.clock is Clock.NEXT_RESPONSE and run.stopped is None for run in self.clocks.runs)


def take(timed: Timed, event: Any) -> None:
    """Take in an event; one that no clock follows changes nothing."""
    before = waited(timed, event.at)
    follow = FOLLOWED.get(type(event))
    timed.clocks = follow(before, event) if follow else before
    match event:
        case ClockDecided():
            pass
        case ClientWrote():
            _hear(timed, event.message)
        case Answered() if timed.silent_since is not None:
            timed.silent_since = event.at
        case Waited():
            timed.waits_for, timed.waits_until = event.what, event.until
        case WaitEnded():
            timed.waits_for = timed.waits_until = None
        case Resolved() | TicketRefused():
            _settle(timed, silent_since=event.at)
        case Reopened():
            _settle(timed)
        case Closed():
            _settle(timed)
            timed.closed = event.how, event.at
        case Merged():
            _settle(timed)
            timed.merged = timed.merged or (before, event.at)
        case _:
            pass


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


def verdict_of(told: ClockDecided) -> Verdict:
    """What is told, as formulas come to it."""
    judged = told.clock, told.instance, told.due, told.ended, told.outcome
    return Verdict(*judged, told.level, told.policy, told.kind, told.priority)


def _settle(timed: Timed, silent_since: Instant | None = None) -> None:
    """Nothing is waited for any more."""
    timed.silent_since, timed.waits_for, timed.waits_until = silent_since, None, None


def _hear(timed: Timed, message: Id) -> None:
    """Whoever waited for the client waits no longer."""
    timed.client_messages += (message,)
    if timed.waits_for is WaitFor.CLIENT:
        timed.waits_for = timed.waits_until = None


def _decided(clocks: Clocks, event: ClockDecided) -> Clocks:
    """A clock that was stopped for good is over with its verdict."""
    if clocks.is_decided(event.clock, event.instance):
        return clocks
    judged = event.clock, event.instance
    runs = [run for run in clocks.runs if not run.final or (run.clock, run.instance) != judged]
    return Clocks(clocks.terms, clocks.gaps, tuple(runs), (*clocks.verdicts, verdict_of(event)))


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
    ClockDecided: _decided,
    VerdictExcluded: lambda clocks, event: clocks.excluded(event.clock, event.instance, event.reason),
}
"""What each event makes of the clocks."""
