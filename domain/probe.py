"""A probe: when its results change what it says, and when it has fallen silent.

A single bad result says nothing yet: it is confirmed by those that follow. A probe that keeps changing its mind has to
be good for longer each time. Where results leave a doubt it is decided for the client: an outage begins with the first
of the results that confirm it, and ends with the last one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from domain.component import WORST_FIRST, ComponentStatus, State
from domain.instant import HOUR, Duration, Instant

SILENT_AFTER: Final = 3
"""Intervals without a result after which nothing is known any more."""
FLAPPING: Final[Duration] = HOUR
"""Outages that began within it make each other's recovery take longer."""
MOST: Final = 3
"""So many times at the most a recovery takes twice as long: eight times in all."""


@dataclass(frozen=True)
class Pace:
    """How often a probe looks, and how many results in a row it takes to believe them."""

    every: Duration
    fails_after: int = 2
    recovers_after: int = 2


class Result(NamedTuple):
    """What one look showed; a prober numbers its results densely, from one."""

    number: int
    at: Instant
    status: State
    """None: it could not look, which is no result of the thing that it looks at."""


@dataclass(frozen=True)
class Watch:
    """What a probe says, and what its newest results say against that."""

    status: State = None
    """None: it has said nothing yet, or fell silent."""
    number: int = 0
    missed: int = 0
    """Results that never came, or of looks that were not possible."""
    failed: int = 0
    """Results that were not operational."""
    seen_at: Instant = 0
    """When it last saw anything."""
    against: tuple[ComponentStatus, ...] = ()
    """The newest results in a row that are all worse, or all better, than what it says."""
    against_since: Instant = 0
    falls: tuple[Instant, ...] = ()
    """When it turned to something worse, as long as that counts as flapping."""


class Turn(NamedTuple):
    """The probe says something else from `at` on; None: it fell silent."""

    status: State
    at: Instant
    number: int


def observed(watch: Watch, pace: Pace, result: Result) -> tuple[Watch, Turn | None]:
    """What a result changes; one that was seen before changes nothing, and what came before a gap confirms nothing."""
    if result.number <= watch.number:
        return watch, None
    gap = result.number - watch.number - 1
    missed = watch.missed + gap + (result.status is None)
    is_apart = gap or result.at >= silent_at(watch, pace)
    watch = replace(watch, number=result.number, missed=missed, against=() if is_apart else watch.against)
    if result.status is None:
        return watch, None
    failed = watch.failed + (result.status is not ComponentStatus.OPERATIONAL)
    return _weighed(replace(watch, failed=failed, seen_at=max(watch.seen_at, result.at)), pace, result, result.status)


def agreed(said: Iterable[State]) -> State:
    """What most of those that know anything say at the least; None if nobody does. Where it is even, no outage."""
    known = sorted((each for each in said if each is not None), key=WORST_FIRST.index)
    return known[len(known) // 2] if known else None


def silent_at(watch: Watch, pace: Pace) -> Instant:
    """When it will have been silent for too long."""
    return watch.seen_at + SILENT_AFTER * pace.every


def fallen_silent(watch: Watch, pace: Pace, at: Instant) -> tuple[Watch, Turn | None]:
    """Nothing is known from the end of three intervals without a result, whenever that is noticed."""
    if watch.status is None or at < silent_at(watch, pace):
        return watch, None
    turn = Turn(None, silent_at(watch, pace), watch.number)
    return replace(watch, status=None, against=()), turn


def _weighed(watch: Watch, pace: Pace, result: Result, status: ComponentStatus) -> tuple[Watch, Turn | None]:
    if status is watch.status:
        return replace(watch, against=()), None
    going_on = watch.against and _is_worse(watch.against[-1], watch.status) is _is_worse(status, watch.status)
    against = (*watch.against, status) if going_on else (status,)
    watch = replace(watch, against=against, against_since=watch.against_since if going_on else result.at)
    if len(against) < _needed(watch, pace, result.at):
        return watch, None
    return _turned(watch, result)


def _needed(watch: Watch, pace: Pace, at: Instant) -> int:
    if _is_worse(watch.against[-1], watch.status):
        return pace.fails_after
    if watch.status is None:
        return 1
    falls = sum(at - each < FLAPPING for each in watch.falls)
    return int(pace.recovers_after * 2 ** min(max(falls - 1, 0), MOST))


def _turned(watch: Watch, result: Result) -> tuple[Watch, Turn]:
    """It says no more than all that confirm it do: of what is worse the least, of what is better the worst."""
    by_rank = sorted(watch.against, key=WORST_FIRST.index)
    worse = _is_worse(watch.against[-1], watch.status)
    status, at = (by_rank[-1], watch.against_since) if worse else (by_rank[0], result.at)
    falls = tuple(each for each in watch.falls if result.at - each < FLAPPING)
    falls = (*falls, at) if worse else falls
    return replace(watch, status=status, against=(), falls=falls), Turn(status, at, result.number)


def _is_worse(status: ComponentStatus, than: State) -> bool:
    """What is not known counts as working: a first failure is worse than nothing."""
    return WORST_FIRST.index(status) < WORST_FIRST.index(than or ComponentStatus.OPERATIONAL)
