"""What was said of components, entry by entry, for `uptime/1`.

Written apart from the views, so that the two can be held against each other.
"""

from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

from audit.verifier.entry import TOLERATED, Entry
from audit.verifier.report import Fault, Report
from domain.component import (
    ComponentStatus,
    ProbeTurned,
    ProbeWithdrawn,
    State,
    StatusSet,
    Through,
    Window,
    WorksBegun,
    WorksEnded,
    WorksPlanned,
    left,
    promised,
    worst,
)
from domain.event import Source
from domain.instant import Duration, Instant
from domain.uptime import Spell

FOR_EVER: Final = 2**62
WORKS: Final = ComponentStatus.UNDER_MAINTENANCE


@dataclass
class Said:
    """All that is and was said of a component."""

    own: list[tuple[Instant, int, State]] = field(default_factory=list)
    """By when it held from, then by when it was told: own statuses may be told late."""
    ended: list[Spell] = field(default_factory=list)
    claims: dict[str, Spell] = field(default_factory=dict)
    """What incidents say, as long as they say it."""
    plans: dict[str, tuple[WorksPlanned, ...]] = field(default_factory=dict)
    works: dict[str, tuple[Instant, Window | None]] = field(default_factory=dict)
    """Works under way: since when, and what of it was announced in time."""
    probes: dict[str, State] = field(default_factory=dict)
    """What each probe said last."""
    numbers: dict[str, int] = field(default_factory=dict)
    """The result of each probe that was told last."""


@dataclass
class Components:
    """Every component by its key."""

    report: Report
    said: dict[str, Said] = field(default_factory=dict)
    told: list[tuple[Instant, Instant]] = field(default_factory=list)
    """Of each entry, from when on it holds, and when it was stored."""

    def follow(self, entry: Entry, event: Any, notice: Duration) -> None:
        """Take in an entry about a component; `notice` is how long ahead works are to be announced by then."""
        said = self.said.setdefault(event.component, Said())
        if isinstance(event, ProbeTurned | ProbeWithdrawn):
            self._probed(entry, event, said)
            return
        self.told.append((event.at, entry.rec))
        match event:
            case StatusSet(incident=None):
                self._demand_probed(entry, event, said)
                insort(said.own, (event.at, entry.place, event.status))
            case StatusSet(incident=str() as incident):
                _claim(said, incident, event)
            case WorksPlanned():
                said.plans[event.works] = (*said.plans.get(event.works, ()), _bounded(entry, event))
                _shorten(said, event)
            case WorksBegun():
                self._demand_promised(entry, event, said, notice)
                said.works[event.works] = event.at, _window(event)
            case WorksEnded():
                said.plans.pop(event.works, None)
                _end_works(said, event)
            case _:
                raise TypeError(f"nothing about a component: {event}")

    def changed(self, before: Instant) -> Instant:
        """When the entry was stored that was the last to say anything of the time before; 0 if there is none."""
        return max((rec for at, rec in self.told if at < before), default=0)

    def _probed(self, entry: Entry, event: ProbeTurned | ProbeWithdrawn, said: Said) -> None:
        """What it means for the component stands beside it."""
        if isinstance(event, ProbeWithdrawn):
            said.probes.pop(event.probe, None)
            return
        if event.number < said.numbers.get(event.probe, 0):
            self.report.find(Fault.PROBED, "the result of a probe has the number of an older one", entry.place)
        said.numbers[event.probe] = event.number
        said.probes[event.probe] = event.status

    def _demand_probed(self, entry: Entry, event: StatusSet, said: Said) -> None:
        if (
            event.through is Through.PROBE
            and entry.source is Source.LIVE
            and event.status is not worst(said.probes.values())
        ):
            self.report.find(Fault.PROBED, "the status is not the worst of what the probes say", entry.place)

    def _demand_promised(self, entry: Entry, begun: WorksBegun, said: Said, notice: Duration) -> None:
        """What is excused was announced in time; of imported works that is asserted."""
        excused = promised(said.plans.get(begun.works, ()), notice)
        if entry.source is not Source.IMPORT and _window(begun) not in (None, excused):
            self.report.find(Fault.EXCUSED, "works excuse time that was not announced in time", entry.place)


def _bounded(entry: Entry, plan: WorksPlanned) -> WorksPlanned:
    """Whoever dates an announcement back announced it when it was stored."""
    is_asserted = entry.source is not Source.LIVE
    return plan if is_asserted else replace(plan, at=max(plan.at, entry.rec - TOLERATED))


def spells_of(said: Said) -> Iterator[Spell]:
    """What was said, for `domain.uptime.stretches`."""
    ends = [*(at for at, _, _ in said.own[1:]), FOR_EVER]
    for (start, _, status), end in zip(said.own, ends, strict=bool(said.own)):
        if status and start < end:
            yield Spell(start, None if end == FOR_EVER else end, status)
    yield from said.ended
    yield from said.claims.values()
    for start, window in said.works.values():
        yield from _cut(start, FOR_EVER, window)


def _claim(said: Said, incident: str, event: StatusSet) -> None:
    before = said.claims.pop(incident, None)
    if before and before.start < event.at:
        said.ended.append(before._replace(end=event.at))
    if event.status not in (None, ComponentStatus.OPERATIONAL):
        said.claims[incident] = Spell(event.at, None, event.status)


def _shorten(said: Said, plan: WorksPlanned) -> None:
    since, window = said.works.get(plan.works, (0, None))
    if window is not None:
        said.works[plan.works] = since, left(window, plan)


def _end_works(said: Said, event: WorksEnded) -> None:
    if event.works in said.works:
        start, window = said.works.pop(event.works)
        said.ended += _cut(start, max(start, event.at), window)


def _cut(start: Instant, end: Instant, window: Window | None) -> Iterator[Spell]:
    """Works in up to three spells: before, in and after what was announced in time."""
    cuts = window or (start, start)
    edges = start, *(min(max(start, cut), end) for cut in cuts), end
    for (since, until), excused in zip(pairwise(edges), (False, True, False), strict=True):
        if since < until:
            yield Spell(since, None if until == FOR_EVER else until, WORKS, excused)


def _window(begun: WorksBegun) -> Window | None:
    if begun.excused_from is None or begun.excused_until is None:
        return None
    return Window(begun.excused_from, begun.excused_until)
