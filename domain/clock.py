"""The clocks of one ticket, folded from what happened to it. No target is read here: see `domain.deadline`.

A ticket is open while its resolution clock runs, resolved while that clock is stopped and the client may still object,
and closed when no resolution clock is left that could go on. The transitions are total: one that makes no sense at that
point changes nothing.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final, NamedTuple

from domain.classification import Kind, Priority
from domain.instant import Instant
from domain.policy import Clock


class Terms(NamedTuple):
    """What is promised from `since` on."""

    since: Instant
    level: str
    policy: int
    kind: Kind
    priority: Priority
    agreed: bool = False
    """The client agreed to the change; the event that brings it holds the id of the message."""


class Why(StrEnum):
    """Why `resolution` and `update` stand still."""

    CLIENT = "client"
    DATE = "date"
    """Until a date that the client agreed to."""
    RESOLVED = "resolved"
    """From a resolution until the client objected."""


class Gap(NamedTuple):
    """Time that does not count; it lasts while `until` is none."""

    since: Instant
    until: Instant | None
    why: Why


class Run(NamedTuple):
    """One measurement by one clock: instances of a clock are counted from one."""

    clock: Clock
    instance: int
    started: Instant
    stopped: Instant | None = None
    tightened: Instant | None = None
    """A manual deadline: it may tighten, never loosen."""
    refused: bool = False
    """Stopped by a reasoned refusal."""
    final: bool = False
    """Stopped for good: a resolution is not before the ticket closes."""


class Outcome(StrEnum):
    """How a clock ended."""

    MET = "met"
    BREACHED = "breached"
    REFUSED = "refused"
    """By a reasoned refusal in time: neither met nor breached."""


class Exclusion(StrEnum):
    """The published reasons for which a verdict does not count."""

    MERGED = "merged"
    SPAM = "spam"
    CLOCK_ERROR = "clock_error"
    AGREED_WITH_CLIENT = "agreed_with_client"


class Verdict(NamedTuple):
    """The judgement on one instance of a clock: stored once, never edited, only excluded."""

    clock: Clock
    instance: int
    due: Instant
    ended: Instant | None
    """None: breached while it ran."""
    outcome: Outcome
    level: str
    policy: int
    kind: Kind
    priority: Priority
    excluded: Exclusion | None = None


ACCEPTED: Final = frozenset({Clock.REACTION})
"""The clocks that somebody stops who takes the ticket."""
ANSWERED: Final = frozenset({Clock.REACTION, Clock.FIRST_RESPONSE, Clock.NEXT_RESPONSE, Clock.UPDATE})
"""The clocks that a public answer by a person stops."""
RESOLVED: Final = ANSWERED | {Clock.RESOLUTION}
CLOSED: Final = frozenset(Clock)


class Clocks(NamedTuple):
    """The clocks of one ticket; as constructed, those of a ticket that is not open yet."""

    terms: tuple[Terms, ...] = ()
    gaps: tuple[Gap, ...] = ()
    runs: tuple[Run, ...] = ()
    """Those that can still go on or get a verdict; a breached one runs on, for all to see how late it is."""
    verdicts: tuple[Verdict, ...] = ()

    def opened(self, at: Instant, terms: Terms) -> "Clocks":
        """The ticket exists; the promised updates begin with the first answer."""
        if self.terms:
            return self
        promised = Clocks((terms,), self.gaps, self.runs, self.verdicts)
        return _started(promised, at, Clock.REACTION, Clock.FIRST_RESPONSE, Clock.RESOLUTION)

    def accepted(self, at: Instant) -> "Clocks":
        """A person took the ticket."""
        return _stopped(self, at, ACCEPTED)

    def answered(self, at: Instant) -> "Clocks":
        """A person answered in public; an automatic reply is no answer and calls nothing."""
        answered = _stopped(self, at, ANSWERED)
        return _started(answered, at, Clock.UPDATE) if self.is_open else answered

    def client_wrote(self, at: Instant) -> "Clocks":
        """The client wrote, by any channel, after the opening: no longer waited for, and owed an answer.

        A message that reopens the ticket follows `reopened`; a closed ticket owes nothing.
        """
        if not _live(self, Clock.RESOLUTION):
            return self
        heard = self.went_on(at) if self.waits_for is Why.CLIENT else self
        return _started(heard, at, Clock.NEXT_RESPONSE)

    def waited(self, at: Instant, why: Why) -> "Clocks":
        """The ticket waits for the client, or until a date with the client's agreement; no vendor is waited for."""
        if not self.is_open or self.waits_for is why:
            return self
        return _paused(self.went_on(at), at, None, why)

    def went_on(self, at: Instant) -> "Clocks":
        """The wait is over."""
        if not self.waits_for:
            return self
        *past, gap = self.gaps
        return self._replace(gaps=(*past, gap._replace(until=max(at, gap.since))))

    def resolved(self, at: Instant) -> "Clocks":
        """Solved, with a public text that answers whatever was asked."""
        return _stopped(self, at, RESOLVED).went_on(at)

    def refused(self, at: Instant) -> "Clocks":
        """Refused with reasons, which are a public answer; what is resolved already stays resolved."""
        resolved = self.resolved(at)
        return _changed(resolved, Clock.RESOLUTION, refused=True) if self.is_open else resolved

    def reopened(self, at: Instant) -> "Clocks":
        """The client objected: `resolution` goes on as if it had waited; after closing, its next instance begins."""
        run = _live(self, Clock.RESOLUTION)
        if run is None:
            return _started(self, at, Clock.RESOLUTION, Clock.UPDATE) if self.terms else self
        if run.stopped is None:
            return self
        continued = _changed(self, Clock.RESOLUTION, stopped=None, refused=False)
        return _started(_paused(continued, run.stopped, at, Why.RESOLVED), at, Clock.UPDATE)

    def closed(self, at: Instant) -> "Clocks":
        """Confirmed by the client or by silence: nothing runs on, and every stop is final."""
        stopped = _stopped(self, at, CLOSED).went_on(at)
        return _settled(stopped, [_ended(run, run.stopped, final=True) for run in stopped.runs])

    def merged(self) -> "Clocks":
        """Part of another ticket from now on: no clocks, whatever is called later; past verdicts stay."""
        return Clocks(verdicts=self.verdicts)

    def retermed(self, terms: Terms) -> "Clocks":
        """Other terms from `terms.since` on, by a change of priority, kind, level or policy version."""
        return self._replace(terms=(*self.terms, terms)) if self.terms else self

    def tightened(self, clock: Clock, due: Instant) -> "Clocks":
        """A manual deadline for the instance that runs; the earliest one holds."""
        run = _live(self, clock)
        if run is None or run.stopped is not None:
            return self
        return _changed(self, clock, tightened=due if run.tightened is None else min(due, run.tightened))

    def decided(self, verdict: Verdict) -> "Clocks":
        """The verdict is stored; a second one on the same instance is not."""
        if self.is_decided(verdict.clock, verdict.instance):
            return self
        return _settled(self._replace(verdicts=(*self.verdicts, verdict)), self.runs)

    def excluded(self, clock: Clock, instance: int, reason: Exclusion) -> "Clocks":
        """The verdict stays but does not count."""
        verdicts = (
            verdict._replace(excluded=reason) if (verdict.clock, verdict.instance) == (clock, instance) else verdict
            for verdict in self.verdicts
        )
        return self._replace(verdicts=tuple(verdicts))

    def is_decided(self, clock: Clock, instance: int) -> bool:
        return any(verdict.instance == instance and verdict.clock is clock for verdict in self.verdicts)

    @property
    def is_open(self) -> bool:
        run = _live(self, Clock.RESOLUTION)
        return run is not None and run.stopped is None

    @property
    def waits_for(self) -> Why | None:
        """Why `resolution` and `update` stand still now."""
        return self.gaps[-1].why if self.gaps and self.gaps[-1].until is None else None


def _live(clocks: Clocks, clock: Clock) -> Run | None:
    """What runs of that clock, or can go on: one at the most."""
    return next((run for run in clocks.runs if run.clock is clock and not run.final), None)


def _started(clocks: Clocks, at: Instant, *starting: Clock) -> Clocks:
    live = [run.clock for run in clocks.runs if not run.final]
    new = [Run(clock, _instances(clocks, clock) + 1, at) for clock in starting if clock not in live]
    return _running(clocks, [*clocks.runs, *new])


def _instances(clocks: Clocks, clock: Clock) -> int:
    known: tuple[Run | Verdict, ...] = (*clocks.runs, *clocks.verdicts)
    return max([one.instance for one in known if one.clock is clock], default=0)


def _stopped(clocks: Clocks, at: Instant, stopping: frozenset[Clock]) -> Clocks:
    runs = [
        _ended(run, max(at, run.started), final=run.clock is not Clock.RESOLUTION)
        if run.stopped is None and run.clock in stopping
        else run
        for run in clocks.runs
    ]
    return _settled(clocks, runs)


def _settled(clocks: Clocks, runs: Iterable[Run]) -> Clocks:
    """With these runs, but those that can neither go on nor get a verdict any more."""
    decided = {verdict[:2] for verdict in clocks.verdicts}
    kept = [run for run in runs if not run.final or (run.clock, run.instance) not in decided]
    return _running(clocks, kept)


def _running(clocks: Clocks, runs: Iterable[Run]) -> Clocks:
    """The same with other runs, made in a fifth of the time that `_replace` takes."""
    return Clocks._make((clocks.terms, clocks.gaps, tuple(runs), clocks.verdicts))


def _ended(run: Run, at: Instant | None, *, final: bool) -> Run:
    return Run._make((*run[:3], at, *run[4:6], final))


def _changed(clocks: Clocks, clock: Clock, **changes: Any) -> Clocks:
    runs = [run._replace(**changes) if run.clock is clock and not run.final else run for run in clocks.runs]
    return _running(clocks, runs)


def _paused(clocks: Clocks, since: Instant, until: Instant | None, why: Why) -> Clocks:
    """Gaps never overlap, whatever instants are told."""
    begin = max([since, *(gap.until for gap in clocks.gaps[-1:] if gap.until is not None)])
    return clocks._replace(gaps=(*clocks.gaps, Gap(begin, None if until is None else max(begin, until), why)))
