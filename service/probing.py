"""Probes at work: each looks on its own schedule; a component changes only with what is confirmed.

Schedules are kept by the monotonic clock, instants are told by the desk's. What a probe turned to is stored first and
remembered then: a database that is away loses neither.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic
from typing import Final

from sqlalchemy import Engine

from domain.component import ComponentStatus, observe, withdraw_probe
from domain.configuration.component import ComponentDefined
from domain.configuration.probe import ProbeDefined
from domain.instant import HOUR, SECOND, Duration, Instant
from domain.probe import Result, Turn, agreed, fallen_silent, observed
from domain.probe_kind import HeartbeatCheck
from monitoring import heartbeats
from monitoring.heartbeats import Heard
from monitoring.metrics import WORK_FAILURES
from monitoring.probes import Look, Why, reports, watches
from monitoring.probes.reports import Report
from monitoring.probes.watches import Watched, seat_of
from service.clock_guard import clock_guard
from service.looks import Begin, looking
from service.probe_memory import Probes, left_over, looks_at, recalled
from service.probe_schedule import after, soon
from service.probe_seat import Seat, as_it_says, seats_of, skipped
from store.desk import Desk
from store.streams import Command

NAP: Final = 0.5
"""Seconds from one round to the next."""
LISTENED: Final[Duration] = HOUR
"""So long at the most the desk listens before it says that a heartbeat stays away: it may have been away itself."""

LOGGER: Final = logging.getLogger("glasno.probes")


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
        for memory in (watches, heartbeats, reports):
            memory.prepare(views)
        self._desk, self._views, self._looks, self._clock = desk, views, looks, clock
        self._ready = ready or clock_guard(desk.now, views).agree
        self._since = clock()
        self._wanted: tuple[Probes, Collection[str]] | None = None
        """Probes, and the components that there are: one that comes back may still have what looks there no longer."""
        self._seats: dict[str, Seat] = {}
        self._heard: Sequence[Report] = ()
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
            kept, heard = watches.watched(connection), reports.reported(connection)
        gone = [self._change(component, key, None) for component, key in left_over(self._desk, wanted)]
        known = {key: each for probe in wanted.values() for key, each in self._recalled(probe, kept).items()}
        seats = {key: self._seat(key, probe, prober, known, kept) for key, probe, prober in seats_of(wanted)}
        watches.remember(self._views, [], kept.keys() - seats.keys())
        reports.forget(self._views, [each for each in heard if seat_of(each.probe, each.prober) not in seats])
        counting = [each for each in self._changes if each.turn and looks_at(wanted, each.probe, each.component)]
        self._changes, self._seats, self._wanted = [*counting, *gone], seats, (wanted, components)

    def _recalled(self, probe: ProbeDefined, kept: Mapping[str, Watched]) -> Mapping[str, Watched]:
        """What each who looks makes of it. As long as the same look at the same, they go on."""
        working = {key: each for key, each in self._seats.items() if each.defined.key == probe.key}
        were = {(each.defined.component, each.defined.seats) for each in working.values()}
        known = {**kept, **{key: each.known for key, each in working.items()}}
        if were == {(probe.component, probe.seats)}:
            return {key: known[key] for key in working}
        return recalled(self._desk, probe, known)

    def _seat(
        self, key: str, probe: ProbeDefined, prober: str, known: Mapping[str, Watched], kept: Mapping[str, Watched]
    ) -> Seat:
        working = self._seats.get(key)
        if working and working.known is known[key]:
            is_paced = working.defined.every == probe.every
            return replace(working, defined=probe, due=working.due if is_paced else self._first(probe, known[key]))
        return Seat(probe, prober, known[key], kept.get(key), self._first(probe, known[key]), probe.pace)

    def _first(self, probe: ProbeDefined, known: Watched) -> float:
        """When it looks next: an interval after its last look, or soon, and not together with all others."""
        left = known.looked_at + probe.every - self._desk.now()
        return self._clock() + (left / SECOND if 0 < left <= probe.every else soon(probe.key, probe.every))

    def _gather(self) -> None:
        for each in self._seats.values():
            if each.look and each.look.done():
                self._take(each, self._seen(each, each.look))
                each.look = None
        with self._going_on("reports of probers"):
            self._hear()

    def _seen(self, seat: Seat, looked: "Future[Look]") -> Look:
        """What it saw, as it says it; a look that fails has seen nothing."""
        look = Look(None, Why.PROBER_FAILED)
        with self._going_on(f"probe {seat.defined.key}"):
            look = looked.result()
        return as_it_says(seat.defined, look)

    def _hear(self) -> None:
        """What was seen elsewhere, in its order; what is not newer than what is known has been heard before."""
        if all(each.is_here for each in self._seats.values()):
            return
        with self._views.connect() as connection:
            self._heard = reports.reported(connection)
        for each in self._heard:
            seat = self._seats.get(seat_of(each.probe, each.prober))
            if seat and not seat.is_here and each.at > seat.known.looked_at:
                seat.began_at = each.at
                self._take(seat, as_it_says(seat.defined, each.look))

    def _take(self, seat: Seat, look: Look) -> None:
        watch, at = seat.known.watch, seat.began_at
        result = Result(watch.number + 1 + skipped(seat), at, look.status)
        watch, turn = observed(watch, seat.defined.pace, result)
        seat.known, seat.pace = replace(seat.known, watch=watch, looked_at=at, look=look), seat.defined.pace
        self._tell(seat.defined, turn)

    def _is_a_good_time(self) -> bool:
        """A database that is away tells no time: the other clocks decide."""
        try:
            return self._ready()
        except Exception:  # noqa: BLE001 -- that it is away is told where it is needed
            return True

    def _notice_silence(self) -> None:
        at = self._desk.now()
        for each in self._seats.values():
            watch, turn = fallen_silent(each.known.watch, each.pace, at)
            each.known = replace(each.known, watch=watch) if turn else each.known
            self._tell(each.defined, turn)

    def _tell(self, probe: ProbeDefined, turn: Turn | None) -> None:
        """One of those who look has changed its mind: what all of them say now. Together they count, too."""
        if turn and probe.component:
            said = [self._seats[seat_of(probe.key, prober)].known.watch for prober in probe.seats]
            turn = Turn(agreed(each.status for each in said), turn.at, sum(each.number for each in said))
            self._changes.append(self._change(probe.component, probe.key, turn))

    def _change(self, component: str, probe: str, turn: Turn | None) -> Change:
        at = turn.at if turn else self._desk.now()
        return Change(component, probe, turn, Command(self._desk.new_id()), at)

    def _look(self, begin: Begin) -> None:
        """Whatever is due; one that was due several times looks once."""
        now, at = self._clock(), self._desk.now()
        due = [each for each in self._seats.values() if each.is_here and each.look is None and each.due <= now]
        if any(isinstance(each.defined.check, HeartbeatCheck) for each in due):
            begin = self._listening(begin)
        for each in due:
            each.due, each.began_at = after(each.defined.key, each.defined.every, now), at
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
        told = [each for each in self._seats.values() if each.defined.key not in untold]
        news = [each for each in told if each.known is not each.kept]
        with self._going_on("the memory of probes"):
            if news:
                watches.remember(self._views, [each.known for each in news])
            for each in news:
                each.kept = each.known
            self._forget(each for each in self._heard if each.probe not in untold)

    def _forget(self, heard: Iterable[Report]) -> None:
        """What was reported is remembered by now, and told."""
        reports.forget(self._views, heard)
        self._heard = ()

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
