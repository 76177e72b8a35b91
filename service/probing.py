"""Probes at work: each looks on its own schedule; a component changes only with what is confirmed.

Schedules are kept by the monotonic clock, instants are told by the desk's. What a probe turned to is stored first and
remembered then: a database that is away loses neither.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic
from typing import Final
from zlib import crc32

from sqlalchemy import Engine

from domain.component import ComponentStatus, observe, withdraw_probe
from domain.configuration.component import ComponentDefined
from domain.configuration.probe import ProbeDefined
from domain.instant import HOUR, SECOND, Duration, Instant
from domain.probe import Pace, Result, Turn, fallen_silent, observed
from domain.probe_kind import HeartbeatCheck, StatuspageCheck
from monitoring import heartbeats
from monitoring.heartbeats import Heard
from monitoring.metrics import WORK_FAILURES
from monitoring.probes import Look, Why, watches
from monitoring.probes.watches import Watched
from service.clock_guard import clock_guard
from service.looks import Begin, looking
from service.probe_memory import Probes, left_over, looks_at, recalled
from store.desk import Desk
from store.streams import Command

NAP: Final = 0.5
"""Seconds from one round to the next."""
SOON: Final[Duration] = 10 * SECOND
"""Within it, or one interval, each probe looks for the first time; later ones are spread over their interval."""
LISTENED: Final[Duration] = HOUR
"""So long at the most the desk listens before it says that a heartbeat stays away: it may have been away itself."""

LOGGER: Final = logging.getLogger("glasno.probes")


@dataclass
class Probe:
    """A probe at work."""

    defined: ProbeDefined
    known: Watched
    kept: Watched | None
    """As it is remembered."""
    due: float
    """When it looks next, in seconds of the monotonic clock."""
    pace: Pace
    """The one that its last look was due by."""
    began_at: Instant = 0
    look: "Future[Look] | None" = None
    """The one that is under way."""


@dataclass(frozen=True)
class Change:
    """Something that a component is to be told."""

    component: str
    probe: str
    turn: Turn | None
    """None: the probe looks there no longer."""
    command: Command
    at: Instant


class Probing:
    """All probes of a desk; `ready` says whether the clocks can be trusted."""

    def __init__(
        self,
        desk: Desk,
        views: Engine,
        *,
        looks: Callable[[], AbstractContextManager[Begin]] = looking,
        clock: Callable[[], float] = monotonic,
        ready: Callable[[], bool] | None = None,
    ) -> None:
        watches.prepare(views)
        heartbeats.prepare(views)
        self._desk, self._views, self._looks, self._clock = desk, views, looks, clock
        self._ready = ready or clock_guard(desk.now, views).agree
        self._since = clock()
        self._wanted: tuple[Probes, Collection[str]] | None = None
        """Probes, and the components that there are: one that comes back may still have what looks there no longer."""
        self._probes: dict[str, Probe] = {}
        self._changes: list[Change] = []
        self._failing: set[str] = set()

    def run(self, stopping: Event) -> None:
        """Until told to stop; looks that are under way are given up, what they would have shown is unknown."""
        with self._looks() as begin:
            while not stopping.is_set():
                self.round(begin)
                stopping.wait(NAP)

    def round(self, begin: Begin) -> None:
        """Take in what was seen, look where it is due, keep what changed."""
        with self._going_on("the configuration"):
            self._follow()
        self._gather()
        if self._is_a_good_time():
            self._notice_silence()
            self._look(begin)
        self._keep()

    def _follow(self) -> None:
        """Probes come, change and go; what one that is gone still had to say no longer counts."""
        configured = self._desk.configured.state()
        wanted, components = configured.of(ProbeDefined), frozenset(configured.of(ComponentDefined))
        if (wanted, components) == self._wanted:
            return
        with self._views.connect() as connection:
            known = watches.watched(connection)
        gone = [self._change(component, key, None) for component, key in left_over(self._desk, wanted)]
        probes = {key: self._probe(each, known.get(key)) for key, each in wanted.items()}
        watches.remember(self._views, [], known.keys() - wanted.keys())
        counting = [each for each in self._changes if each.turn and looks_at(wanted, each.probe, each.component)]
        self._changes, self._probes, self._wanted = [*counting, *gone], probes, (wanted, components)

    def _probe(self, defined: ProbeDefined, kept: Watched | None) -> Probe:
        working = self._probes.get(defined.key)
        if working and working.defined.component == defined.component:
            is_paced = working.defined.every == defined.every
            return replace(
                working, defined=defined, due=working.due if is_paced else self._first(defined, working.known)
            )
        known = recalled(self._desk, defined, kept)
        return Probe(defined, known, kept, self._first(defined, known), defined.pace)

    def _first(self, defined: ProbeDefined, known: Watched) -> float:
        """When it looks next: an interval after its last look, or soon, and not together with all others."""
        left = known.looked_at + defined.every - self._desk.now()
        soon = min(defined.every, SOON) * _share(defined)
        return self._clock() + (left if 0 < left <= defined.every else soon) / SECOND

    def _gather(self) -> None:
        for each in self._probes.values():
            if each.look and each.look.done():
                self._take(each, self._seen(each))
                each.look = None

    def _seen(self, probe: Probe) -> Look:
        """What it saw, as it says it; a look that fails has seen nothing."""
        look = Look(None, Why.PROBER_FAILED)
        with self._going_on(f"probe {probe.defined.key}"):
            look = probe.look.result() if probe.look else look
        if look.status is ComponentStatus.MAJOR_OUTAGE and not isinstance(probe.defined.check, StatuspageCheck):
            return replace(look, status=probe.defined.says)
        return look

    def _take(self, probe: Probe, look: Look) -> None:
        watch, at = probe.known.watch, probe.began_at
        result = Result(watch.number + 1 + _skipped(probe), at, look.status)
        watch, turn = observed(watch, probe.defined.pace, result)
        probe.known, probe.pace = replace(probe.known, watch=watch, looked_at=at, look=look), probe.defined.pace
        self._tell(probe, turn)

    def _is_a_good_time(self) -> bool:
        """A database that is away tells no time: the other clocks decide."""
        try:
            return self._ready()
        except Exception:  # noqa: BLE001 -- that it is away is told where it is needed
            return True

    def _notice_silence(self) -> None:
        at = self._desk.now()
        for each in self._probes.values():
            watch, turn = fallen_silent(each.known.watch, each.pace, at)
            each.known = replace(each.known, watch=watch) if turn else each.known
            self._tell(each, turn)

    def _tell(self, probe: Probe, turn: Turn | None) -> None:
        if turn and probe.defined.component:
            self._changes.append(self._change(probe.defined.component, probe.defined.key, turn))

    def _change(self, component: str, probe: str, turn: Turn | None) -> Change:
        at = turn.at if turn else self._desk.now()
        return Change(component, probe, turn, Command(self._desk.new_id()), at)

    def _look(self, begin: Begin) -> None:
        """Whatever is due; one that was due several times looks once."""
        now, at = self._clock(), self._desk.now()
        due = [each for each in self._probes.values() if each.look is None and each.due <= now]
        if any(isinstance(each.defined.check, HeartbeatCheck) for each in due):
            begin = self._listening(begin)
        for each in due:
            each.due, each.began_at = _next(each.defined, now), at
            each.look = begin(each.defined, at)

    def _listening(self, begin: Begin) -> Begin:
        """Heartbeats are not looked at: what was heard of them is judged."""
        heard: Mapping[str, Heard] = {}
        with self._going_on("heartbeats"), self._views.connect() as connection:
            heard = heartbeats.heard(connection)
        listened = int((self._clock() - self._since) * SECOND)

        def judge(probe: ProbeDefined, at: Instant) -> "Future[Look]":
            if not isinstance(probe.check, HeartbeatCheck):
                return begin(probe, at)
            judged: Future[Look] = Future()
            judged.set_result(_judged(heard.get(probe.key, heartbeats.NOTHING), probe.check.within, at, listened))
            return judged

        return judge

    def _keep(self) -> None:
        """Tell the components, then remember; of a component that cannot be told nothing newer is remembered."""
        self._changes = [*self._untold(self._changes)]
        untold = {each.probe for each in self._changes}
        news = [each for key, each in self._probes.items() if each.known is not each.kept and key not in untold]
        if news:
            with self._going_on("the memory of probes"):
                watches.remember(self._views, [each.known for each in news])
                for each in news:
                    each.kept = each.known

    def _untold(self, changes: Sequence[Change]) -> Iterator[Change]:
        """What could not be stored, in its order; what comes after it on the same component waits."""
        stuck: set[str] = set()
        for each in changes:
            if each.component not in stuck:
                with self._going_on(f"component {each.component}"):
                    self._store(each)
                    continue
            stuck.add(each.component)
            yield each

    def _store(self, change: Change) -> None:
        stream, facts = self._desk.name("component", change.component), {"key": change.component, "probe": change.probe}
        act = self._desk.components.act
        if change.turn is None:
            act(change.command, stream, withdraw_probe, at=change.at, **facts)
        else:
            act(
                change.command,
                stream,
                observe,
                status=change.turn.status,
                number=change.turn.number,
                at=change.at,
                **facts,
            )

    @contextmanager
    def _going_on(self, what: str) -> Iterator[None]:
        """Whatever fails is told once, as long as it does; the others go on, and it is tried again."""
        try:
            yield
        except Exception:
            WORK_FAILURES.labels("probes").inc()
            if what not in self._failing:
                LOGGER.exception("%s failed; it is tried again", what)
            self._failing.add(what)
        else:
            self._failing.discard(what)


def _share(probe: ProbeDefined) -> float:
    """At which share of its interval it looks: always the same, and another one for another probe."""
    return crc32(probe.key.encode()) / 2**32


def _next(probe: ProbeDefined, now: float) -> float:
    """An interval later; after its first look up to half of one sooner or later, to get to its share."""
    every = probe.every / SECOND
    left = every - (now - _share(probe) * every) % every
    return now + left + (every if left < every / 2 else 0)


def _skipped(probe: Probe) -> int:
    """Results that never came since the last one: the desk was away, or too slow."""
    every, since = probe.pace.every, probe.known.looked_at
    return max((probe.began_at - since + every // 2) // every - 1, 0) if since else 0


def _judged(heard: Heard, within: Duration, at: Instant, listened: Duration) -> Look:
    if not heard.at:
        return Look(None, Why.NEVER_CALLED)
    if heard.is_good(within, at):
        return Look(ComponentStatus.OPERATIONAL)
    if heard.silenced_at > heard.at:
        return Look(ComponentStatus.MAJOR_OUTAGE, Why.CALLED_OFF)
    if listened < min(within, LISTENED):
        return Look(None, Why.AWAITED)
    return Look(ComponentStatus.MAJOR_OUTAGE, Why.OVERDUE)
