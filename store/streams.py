"""Acting on a stream: load, fold, decide, append at the version that was read; decide again if somebody was faster."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Concatenate, Final, Generic, ParamSpec, Protocol, TypeVar

from domain.event import Id, Source
from domain.refusal import Refused
from store.log import Change, Conflict, Log, Recorded

S = TypeVar("S")
E = TypeVar("E")
P = ParamSpec("P")

ATTEMPTS: Final = 5
"""How often a decision is taken anew when others keep being faster."""
LATE: Final = "late"
"""Whose turn it is of those who were too late; no stream has that id."""


class Intent(Protocol):
    """A decision about one stream, not yet taken."""

    def attempt(self, expected: int | None) -> "Attempt[Any, Any]":
        """Load, fold and decide; `Refused` if it may not be, or if the stream is not at the expected version."""
        ...


class Memory(Protocol):
    """Where streams are kept that were read lately."""

    def folded(self, streams: "Streams[S, E]", stream: Id) -> tuple[Sequence[Recorded[E]], S]:
        """The events, and the state after them, as the log has them at the moment of asking."""
        ...


@dataclass(frozen=True)
class Command:
    """What somebody asked for: the same id again is the same request again, not another one."""

    id: Id
    source: Source = Source.LIVE
    expected: int | None = None
    """The version that the asker saw (`If-Match`); None if any will do."""
    along: tuple[Intent, ...] = ()
    """What has to be stored in the same commit, or not at all: reservations, receipts."""

    def with_also(self, *intents: Intent) -> "Command":
        """The same command with more to store in its commit."""
        return replace(self, along=(*self.along, *intents))


@dataclass(frozen=True)
class Acted(Generic[S, E]):
    """What came of it: the state now, and the events of this command (none if it was already so)."""

    state: S
    version: int
    events: Sequence[Recorded[E]]
    is_repeated: bool = False
    """They were stored before this was asked, or by whoever asked for the same at once."""

    @property
    def position(self) -> int:
        """The log position that a reader must have reached to see this; 0 if nothing was stored."""
        return max((each.position for each in self.events), default=0)


@dataclass(frozen=True)
class Attempt(Generic[S, E]):
    """One try: what was read and what was decided."""

    past: Sequence[Recorded[E]]
    state: S
    change: Change
    elsewhere: Sequence[Intent] = ()

    def changes(self) -> Iterator[Change]:
        """Here and in other streams."""
        yield self.change
        for intent in self.elsewhere:
            yield from intent.attempt(None).changes()


@dataclass(frozen=True)
class Streams(Generic[S, E]):
    """All streams of one kind, held by what folds them."""

    log: Log
    initial: S
    evolve: Callable[[S, E], S]
    published: Callable[[S], bool] = lambda _: False
    consequences: Callable[[S, Sequence[E]], Sequence[E]] = lambda _, __: ()
    """What the events of a decision bring with them, given the state before; stored in the same commit."""
    elsewhere: Callable[[Id, S, Sequence[E]], Iterable[Intent]] = lambda _, __, ___: ()
    """What they bring with them in other streams, given their own and the state before; in the same commit."""

    memory: "Memory | None" = None
    """Of a kind that is acted on again and again: only what is new is asked for, and folded."""

    def load(self, stream: Id) -> tuple[S, int]:
        """The state and its version; version 0 if there is no such stream."""
        past, state = self.seen(stream)
        return state, len(past)

    def seen(self, stream: Id) -> tuple[Sequence[Recorded[E]], S]:
        """The events, and the state after them."""
        if self.memory:
            return self.memory.folded(self, stream)
        past = self.log.read(stream)
        return past, self.fold(past)

    def fold(self, recorded: Sequence[Recorded[E]], state: S | None = None) -> S:
        """The state after these events."""
        return reduce(self.evolve, (each.event for each in recorded), self.initial if state is None else state)

    def act(
        self,
        command: Command,
        stream: Id,
        decide: Callable[Concatenate[S, P], Sequence[E]],
        /,
        *args: P.args,
        **facts: P.kwargs,
    ) -> Acted[S, E]:
        """Decide and store. Raises `Refused` as the decision does, `Conflict` if others were faster every time."""
        intent = Deciding(self, stream, lambda state: decide(state, *args, **facts))
        return intent.settle(command)

    def intend(
        self, stream: Id, decide: Callable[Concatenate[S, P], Sequence[E]], /, *args: P.args, **facts: P.kwargs
    ) -> "Deciding[S, E]":
        """The decision, to be taken and stored together with another one."""
        return Deciding(self, stream, lambda state: decide(state, *args, **facts))


@dataclass(frozen=True)
class Deciding(Generic[S, E]):
    """A decision about one stream of a kind."""

    streams: Streams[S, E]
    stream: Id
    decide: Callable[[S], Sequence[E]]

    def settle(self, command: Command, attempts: int = ATTEMPTS) -> Acted[S, E]:
        """Attempt until it is stored. The threads of this process take turns; attempts are for other processes.

        Who was too late because of a stream elsewhere tries again in a turn that all of those share. It is taken last:
        nobody waits in a circle.

        A command that was stored before answers with what it stored then. That holds for a request that is sent again,
        and for a COMMIT whose reply was lost: the library tries it again and reports a conflict.
        """
        with self.streams.log.turns.on(self.stream) as has_waited:
            if has_waited:
                self.streams.log.look_again()
            return self._settled(command, attempts)

    def attempt(self, expected: int | None) -> Attempt[S, E]:
        """Load, fold and decide."""
        return self._decided(*self.streams.seen(self.stream), expected)

    def _settled(self, command: Command, attempts: int) -> Acted[S, E]:
        past, state = self.streams.seen(self.stream)
        if mine := [each for each in past if each.envelope.command == command.id]:
            return Acted(state, len(past), mine, is_repeated=True)
        if not attempts:
            raise Conflict(f"{self.stream}: others were faster {ATTEMPTS} times")
        with suppress(Conflict):
            return self._store(command, self._decided(past, state, command.expected))
        with self.streams.log.turns.on(LATE):
            return self._settled(command, attempts - 1)

    def _decided(self, past: Sequence[Recorded[E]], state: S, expected: int | None) -> Attempt[S, E]:
        if expected is not None and expected != len(past):
            raise Refused("changed_meanwhile", expected=expected, version=len(past))
        events = self.decide(state)
        events = [*events, *self.streams.consequences(state, events)]
        after = reduce(self.streams.evolve, events, state)
        change = Change(self.stream, past, events, self.streams.published(after))
        return Attempt(past, after, change, tuple(self.streams.elsewhere(self.stream, state, events)))

    def _store(self, command: Command, attempt: Attempt[S, E]) -> Acted[S, E]:
        changes = [*attempt.changes()]
        changes += (change for intent in command.along for change in intent.attempt(None).changes())
        events: list[Recorded[Any]] = []
        if any(change.events for change in changes):
            events = self.streams.log.append(changes, command.id, command.source)
        mine = events[: len(attempt.change.events)]
        return Acted(attempt.state, len(attempt.past) + len(mine), mine)
