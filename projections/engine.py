"""The engine: each projection follows the log at its own pace, each event exactly once.

A batch and its checkpoint are one transaction. An event that fails stops its projection in front of it, for all to
see, and is tried again at every wake-up; nothing is ever skipped, and the others go on.
"""

import logging
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from threading import Condition, Event
from time import monotonic
from typing import Final, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from domain.event import Id
from domain.instant import Duration, Instant
from projections.batch import PAGE, Projection, Reading, State, advance, checkpoint, note, prepare, states_of
from projections.database import at_once, for_writing, is_overtaken
from projections.past import Past, Unprojectable
from projections.rebuild import rebuild_together
from store.codec import UnknownEvent
from store.log import Log

POLL: Final = 0.05
"""Seconds after which whoever waits looks for what another process projected."""
FALLBACK: Final = 0.5
"""Seconds after which to look all the same, where this process projects."""

LOGGER: Final = logging.getLogger("glasno.projections")


class Bell(Protocol):
    """What wakes a projector up."""

    def wait(self, stopping: Event) -> None:
        """Return when something was appended, when `stopping` is set, or after a while all the same."""
        ...


@dataclass(frozen=True)
class Lag:
    """How far a projection is behind: positions, and the time since the oldest missing event was stored."""

    events: int
    milliseconds: Duration


def lag_of(log: Log, state: State, now: Instant) -> Lag:
    """How far behind the end of the log a projection is; an unreadable event is as old as the one before it."""
    unreadable = state.error is not None and state.failing is None
    missing = log.read_all(after=state.position - unreadable, limit=1)
    if not missing:
        return Lag(0, 0)
    return Lag(max(0, log.head() - state.position), max(0, now - missing[0].envelope.rec))


class Projector:
    """Keeps the views of one database up to date; `configuration` is the stream of that kind."""

    def __init__(
        self,
        log: Log,
        configuration: Id,
        engine: Engine,
        projections: Sequence[Projection],
        *,
        urgent: Collection[Projection] = (),
    ) -> None:
        self.log = log
        self.configuration = configuration
        self.engine = engine
        self.projections = projections
        self._urgent = urgent
        self._past = Past(log, configuration)
        self._failures: dict[str, State] = {}
        self._moved = Condition()
        self.moves = 0
        """How often this process projected something."""
        self._is_following = False
        self._stopping = Event()
        prepare(engine, projections)

    def run(self, bell: Bell, stopping: Event) -> None:
        """Follow the log until told to stop."""
        self._stopping, self._is_following = stopping, True
        try:
            while not stopping.is_set():
                self.catch_up()
                bell.wait(stopping)
        finally:
            self._stopping, self._is_following = Event(), False

    def catch_up(self) -> None:
        """Bring every projection to the end of the log, or to the event at which it fails.

        Those that are furthest behind go first, up to where the next ones are; from there on they read it once for all.
        """
        self._build_new()
        going = list(self.projections)
        while going and not self._stopping.is_set():
            going = self._step(going)

    def states(self) -> list[State]:
        """Where each projection stands; a failure that could not be written down is told all the same."""
        with at_once(self.engine).connect() as connection:
            states = self._known(connection, self.projections)
        return [self._failures.get(state.name, state) for state in states]

    def lag(self, state: State, now: Instant) -> Lag:
        """As `lag_of` has it."""
        return lag_of(self.log, state, now)

    def wait_for(self, position: int, timeout: float, names: Collection[str] | None = None) -> bool:
        """Wait until the projections, all or those named, include the position; whether they do within `timeout` s."""
        deadline = monotonic() + timeout
        while not self._includes(position, names):
            left = deadline - monotonic()
            if left <= 0:
                return False
            with self._moved:
                self._moved.wait(min(left, POLL))
        return True

    def wait(self, moves: int) -> None:
        """Until this process projected something since those `moves`; not for long, for others may do so, too."""
        with self._moved:
            self._moved.wait_for(lambda: self.moves != moves, FALLBACK if self._is_following else POLL)

    def _includes(self, position: int, names: Collection[str] | None) -> bool:
        awaited = (state for state in self.states() if names is None or state.name in names)
        return all(state.position >= position for state in awaited)

    def _build_new(self) -> None:
        """What is new to a long log is built before anybody can read the half of it, the urgent views first.

        A view of a newer log, such as one beside a log that was restored, is of another past: it is built anew, too.
        """
        with at_once(self.engine).connect() as connection:
            known = {state.name: state.position for state in self._known(connection, self.projections)}
        head = self.log.head()
        is_long = head > PAGE
        new = [each for each in self.projections if known[each.NAME] > head or (is_long and not known[each.NAME])]
        self._build([each for each in new if each in self._urgent])
        self._build([each for each in new if each not in self._urgent])

    def _build(self, new: Sequence[Projection]) -> None:
        """All at once, else each alone; what fails again is followed, which stops it in front of the fault."""
        try:
            if new:
                rebuild_together(self, new)
        except Exception:  # noqa: BLE001 -- whatever it is, the others go on
            if len(new) > 1:
                for each in new:
                    self._build([each])

    def _step(self, going: Sequence[Projection]) -> list[Projection]:
        """One batch for those that are furthest behind; who has more to do."""
        with at_once(self.engine).connect() as connection:
            known = self._known(connection, going)
        behind = min(state.position for state in known)
        until = min((state.position for state in known if state.position > behind), default=None)
        last = [each for each, state in zip(going, known, strict=True) if state.position == behind]
        more = self._follow_together(last, cache(self._past.after), until)
        return [each for each in going if each not in last or each in more]

    def _follow_together(
        self, projections: Sequence[Projection], reading: Reading, until: int | None
    ) -> Sequence[Projection]:
        """One batch for all in one transaction; if that fails, each alone. Those that may have more to do."""
        if not any(each.NAME in self._failures for each in projections):
            with suppress(Exception):
                return projections if self._advance(projections, reading, until) else ()
        return [each for each in projections if self._follow(each, reading, until)]

    def _follow(self, projection: Projection, reading: Reading, until: int | None) -> bool:
        """One batch; if that fails, event by event up to the one that does. Whether there may be more."""
        if projection.NAME in self._failures:
            return self._follow_singly(projection)
        with suppress(Exception):
            return self._advance([projection], reading, until)
        return self._follow_singly(projection)

    def _advance(self, projections: Sequence[Projection], reading: Reading, until: int | None) -> bool:
        done = advance(self.engine, projections, reading, until=until)
        self._go_on(projections)
        return done == PAGE or (done > 0 and until is not None)

    def _follow_singly(self, projection: Projection) -> bool:
        """With a reading of its own, so that nobody else has to go back."""
        reading = Past(self.log, self.configuration).after
        try:
            more = all(advance(self.engine, [projection], reading, limit=1) for _ in range(PAGE))
        except Exception as fault:  # noqa: BLE001 -- whatever it is, the others go on
            if is_overtaken(fault):
                return True
            self._stop(projection, fault)
            return False
        self._go_on([projection])
        return more

    def _stop(self, projection: Projection, fault: Exception) -> None:
        """Say so once, keep it readable for this process and, if the database can be written, for all others.

        Who is told to stop says nothing: another process may have taken its place, and come between.
        """
        if self._stopping.is_set():
            return
        failing = fault.position if isinstance(fault, Unprojectable) else None
        error = str(fault) if isinstance(fault, Unprojectable) else f"{type(fault).__name__}: {fault}"
        known = self._failures.get(projection.NAME)
        position = known.position if known else 0
        try:
            with for_writing(self.engine).begin() as connection:
                position = checkpoint(connection, projection.NAME, lock=True)
                if self._is_passed(position, fault):
                    return
                note(connection, projection.NAME, failing=failing, error=error)
        except SQLAlchemyError as hindrance:
            if is_overtaken(hindrance):
                return
        if known is None or (known.failing, known.error) != (failing, error):
            LOGGER.error("%s stopped at position %s: %s", projection.NAME, failing, error, exc_info=fault)
        self._failures[projection.NAME] = State(projection.NAME, position, failing, error)

    def _is_passed(self, position: int, fault: Exception) -> bool:
        """Whether another process, of a newer version perhaps, has come past the event meanwhile."""
        if isinstance(fault, Unprojectable):
            return position >= fault.position
        if isinstance(fault, UnknownEvent):
            with suppress(Exception):
                self.log.read_all(after=position, limit=1)  # which fails in front of what cannot be read
                return True
        return False

    @staticmethod
    def _known(connection: Connection, projections: Sequence[Projection]) -> list[State]:
        return states_of(connection, [each.NAME for each in projections])

    def _go_on(self, projections: Sequence[Projection]) -> None:
        for each in projections:
            self._failures.pop(each.NAME, None)
        with self._moved:
            self.moves += 1
            self._moved.notify_all()


__all__ = ["Bell", "Lag", "Projection", "Projector", "State", "checkpoint", "lag_of"]
