"""Replay: a ticket as it stood, folded again from its events, each deadline reckoned from calendars and policies."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

from domain.calendar import CalendarEnded
from domain.clock import Clocks, Run, Verdict
from domain.deadline import Explanation, Standing, explain, standing
from domain.event import Source
from domain.instant import Instant
from domain.policy import Book, Clock
from domain.ticket import Event, Ticket, evolve
from domain.ticket.joining import Merged
from domain.ticket.opening import TicketOpened
from domain.ticket.promise import next_act
from domain.ticket.provenance import AttributesImported
from domain.ticket.waiting import until_promised
from projections.ticket import SAID
from store.log import Recorded

Past: TypeAlias = Sequence[Recorded[Event]]
Key: TypeAlias = tuple[Clock, int]
ORDER: Final = {clock: number for number, clock in enumerate(Clock)}


@dataclass(frozen=True)
class Reckoned:
    """One instance of a clock, reckoned as of an instant."""

    run: Run
    standing: Standing
    explanation: Explanation


@dataclass(frozen=True)
class Unknown:
    """One instance of a clock that reaches beyond the calendar known then: it has no answer, and says so."""

    run: Run
    ended: CalendarEnded


Known: TypeAlias = Mapping[Key, Reckoned | Unknown]


@dataclass(frozen=True)
class Replay:
    """A ticket after some of its events, as of an instant."""

    past: Past
    as_of: Instant
    ticket: Ticket
    clocks: tuple[Reckoned | Unknown, ...]
    """In the order in which they started; a merge makes those void that were not decided."""
    next_act: Instant | None
    """When something is to happen next; None too if that lies beyond the calendar."""

    @property
    def opened(self) -> TicketOpened:
        """Its first event."""
        opening = self.past[0].event
        assert isinstance(opening, TicketOpened)  # noqa: S101 -- `known_then` has seen to it
        return opening

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What was judged by then."""
        return self.ticket.clocks.verdicts

    @property
    def said(self) -> list[tuple[int, Recorded[Event]]]:
        """What was said, internal notes too, each with the number of its event."""
        return [(number, each) for number, each in enumerate(self.past, start=1) if isinstance(each.event, SAID)]

    @property
    def asserted(self) -> int:
        """How many events are imported or simulated: asserted by the operator, not bounded in time."""
        return sum(each.envelope.source is not Source.LIVE for each in self.past)

    @property
    def imported(self) -> Mapping[str, str]:
        """What the source of an imported ticket had recorded, by its own names."""
        told = (each.event for each in self.past if isinstance(each.event, AttributesImported))
        return {name: value for each in told for name, value in each.attributes.items()}


def known_then(past: Past, *, position: int, happened: Instant | None = None) -> Past:
    """What was known at the position and had happened by the instant; nothing if the ticket was not opened by then."""
    known = [each for each in past if each.position <= position]
    known = [each for each in known if happened is None or each.event.at <= happened]
    return known if known and isinstance(known[0].event, TicketOpened) else []


def replay(past: Past, book: Book, as_of: Instant) -> Replay:
    """The ticket after these events, its clocks running on until `as_of`."""
    state, over = deque(_states(past, book), maxlen=1).pop()
    return _stood(past, state, over, book, as_of)


def steps(past: Past, book: Book, as_of: Instant) -> Iterator[Replay]:
    """The ticket after each of its events, as of the latest instant told so far, and at last as of `as_of`."""
    told = past[0].event.at
    for number, (state, over) in enumerate(_states(past, book), start=1):
        told = max(told, past[number - 1].event.at)
        yield _stood(past[:number], state, over, book, told)
    yield replay(past, book, as_of)


def _stood(past: Past, state: Ticket, over: Known, book: Book, as_of: Instant) -> Replay:
    following = None
    with suppress(CalendarEnded):
        following = next_act(state, book)
    clocks = until_promised(state, as_of).clocks
    running = {key: _reckoned(clocks, run, book, as_of) for key, run in _by_identity(clocks).items()}
    known = sorted({**over, **running}.values(), key=lambda each: (each.run.started, ORDER[each.run.clock]))
    return Replay(past, as_of, state, tuple(known), following)


def _reckoned(clocks: Clocks, run: Run, book: Book, as_of: Instant) -> Reckoned | Unknown:
    try:
        return Reckoned(run, standing(clocks, run, book, as_of), explain(clocks, run, book, as_of))
    except CalendarEnded as ended:
        return Unknown(run, ended)


def _states(past: Past, book: Book) -> Iterator[tuple[Ticket, Known]]:
    """The ticket after each event, and the clocks that were over by then, which it forgets itself once they are judged.

    Those do not change any more, and are reckoned once, among the clocks that they were last among.
    """
    over: dict[Key, Reckoned | Unknown] = {}
    state = Ticket()
    for each in past:
        before = until_promised(state, each.event.at).clocks
        state = evolve(state, each.event)
        left = _by_identity(state.clocks)
        gone = {} if isinstance(each.event, Merged) else _by_identity(before)
        ended = {key: _stopped(run, each.event.at) for key, run in gone.items() if key not in left}
        over |= {key: _reckoned(before, run, book, run.stopped or each.event.at) for key, run in ended.items()}
        yield state, over


def _by_identity(clocks: Clocks) -> Mapping[Key, Run]:
    return {(run.clock, run.instance): run for run in clocks.runs}


def _stopped(run: Run, at: Instant) -> Run:
    """A run that was judged while it ran is forgotten at the very event that stops it."""
    return run if run.stopped is not None else run._replace(stopped=max(at, run.started), final=True)
