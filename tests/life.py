"""Lives of tickets for property tests: whatever people may do, in any order, while time passes."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st

from domain.classification import Complexity, Impact, Kind, Priority, Urgency
from domain.clock import Exclusion
from domain.instant import HOUR, MINUTE, Instant
from domain.person import Person
from domain.policy import Book, Clock
from domain.refusal import Refused
from domain.ticket import Event, Ticket, folded
from domain.ticket.assignment import accept, assign, hand_over
from domain.ticket.classing import Move, categorise, move_terms, reclassify, reprioritise
from domain.ticket.consequences import consequences, next_tick, tick
from domain.ticket.conversation import answer, note, reply_automatically, write
from domain.ticket.feedback import rate
from domain.ticket.joining import join_duplicate, link, merge, unlink
from domain.ticket.notices import give_up, told
from domain.ticket.opening import TicketOpened, open_ticket
from domain.ticket.outcome import Closing, close, object_to, refuse, reopen, resolve
from domain.ticket.promise import (
    exclude,
    finish_next_act,
    state_next_act,
    tighten,
)
from domain.ticket.state import WaitFor
from domain.ticket.upkeep import stand_in
from domain.ticket.waiting import answer_and_wait, go_on, wait
from tests.cast import (
    ACME,
    ANN,
    AROUND_THE_CLOCK,
    AT,
    BORIS,
    CAUSES,
    CY,
    DORA,
    LEVEL,
    LINES,
    REASONS,
)

Deed: TypeAlias = Callable[[Ticket, int, Instant], Sequence[Event]]
"""What somebody may do; a number varies it."""

Act: TypeAlias = tuple[int, str, int]
"""Minutes until it is done, what is done, and which variety of it."""

WORDS: Final[dict[str, Any]] = {"channel": "mail", "body": "Words."}


def one_of(choices: Sequence[Any], which: int) -> Any:
    return choices[which % len(choices)]


def agreed(ticket: Ticket, which: int) -> Any:
    """A message of the client, or none."""
    return one_of([None, *sorted(ticket.client_messages)], which)


DEEDS: Final[dict[str, Deed]] = {
    "write": lambda ticket, which, at: write(ticket, message=f"client {which}", by=CY, at=at, **WORDS),
    "take down": lambda ticket, which, at: write(
        ticket, message=f"client {which}", by=CY, at=at, taken_down_by=ANN, **WORDS
    ),
    "answer": lambda ticket, which, at: answer(ticket, message=f"answer {which}", by=ANN, at=at, **WORDS),
    "reply automatically": lambda ticket, which, at: reply_automatically(
        ticket, message=f"robot {which}", at=at, **WORDS
    ),
    "note": lambda ticket, which, at: note(ticket, message=f"note {which}", by=ANN, body="Words.", at=at),
    "accept": lambda ticket, which, at: accept(
        ticket, by=one_of([ANN, BORIS, DORA], which), teams=frozenset(LINES), at=at
    ),
    "assign": lambda ticket, which, at: assign(
        ticket,
        by=ANN,
        owner=one_of([ANN, BORIS, DORA], which),
        teams=frozenset(LINES),
        serves=False,
        team=one_of([None, *LINES], which),
        lines=LINES,
        at=at,
    ),
    "leave": lambda ticket, _, at: stand_in(ticket, people=lambda person: Person(id=person, deactivated=True), at=at),
    "hand over": lambda ticket, which, at: hand_over(
        ticket, by=ANN, team=one_of(list(LINES), which), reason="skill", reasons=REASONS, lines=LINES, at=at
    ),
    "reprioritise": lambda ticket, which, at: reprioritise(
        ticket,
        priority=one_of(list(Priority), which),
        impact=Impact.LOW,
        urgency=Urgency.HIGH,
        by=ANN,
        at=at,
        agreed=agreed(ticket, which // 4),
    ),
    "reclassify": lambda ticket, which, at: reclassify(
        ticket, kind=one_of(list(Kind), which), by=ANN, at=at, agreed=agreed(ticket, which // 3)
    ),
    "categorise": lambda ticket, which, at: categorise(
        ticket, category=f"category {which}", complexity=Complexity.COMPLEX, by=ANN, at=at
    ),
    "move terms": lambda ticket, which, at: move_terms(
        ticket,
        level=LEVEL,
        policy=1 + which % 2,
        published=True,
        reason=Move.CONTRACT,
        book=AROUND_THE_CLOCK,
        by=ANN,
        at=at,
        agreed=agreed(ticket, which // 2),
    ),
    "wait": lambda ticket, which, at: wait(
        ticket,
        what=one_of(list(WaitFor), which),
        until=at + (1 + which % 9) * 20 * MINUTE,
        by=ANN,
        at=at,
        agreed=agreed(ticket, which // 3),
    ),
    "answer and wait": lambda ticket, which, at: answer_and_wait(
        ticket, message=f"answer {which}", by=ANN, what=WaitFor.CLIENT, until=at + HOUR, at=at, **WORDS
    ),
    "go on": lambda ticket, _, at: go_on(ticket, by=ANN, at=at),
    "resolve": lambda ticket, which, at: resolve(ticket, message=f"end {which}", by=ANN, body="Done.", at=at),
    "refuse": lambda ticket, which, at: refuse(
        ticket,
        message=f"end {which}",
        by=ANN,
        cause="out_of_scope",
        causes=CAUSES,
        explanation="Not ours.",
        alternatives="The carrier.",
        at=at,
    ),
    "reopen": lambda ticket, _, at: reopen(ticket, by=CY, at=at),
    "object": lambda ticket, which, at: object_to(ticket, message=f"client {which}", by=CY, at=at, **WORDS),
    "close": lambda ticket, which, at: close(
        ticket, how=one_of(list(Closing), which), book=AROUND_THE_CLOCK, by=CY, at=at
    ),
    "merge": lambda ticket, _, at: merge(ticket, ticket_id="11" * 16, into="22" * 16, organisation=ACME, by=ANN, at=at),
    "join a duplicate": lambda ticket, which, at: join_duplicate(ticket, duplicate=f"{which:032x}", by=ANN, at=at),
    "link": lambda ticket, which, at: link(
        ticket, ticket_id="11" * 16, to=f"{which % 2:032x}", how="causes", by=ANN, at=at
    ),
    "unlink": lambda ticket, which, at: unlink(ticket, to=f"{which % 2:032x}", how="causes", by=ANN, at=at),
    "exclude": lambda ticket, which, at: exclude(
        ticket,
        clock=one_of(list(Clock), which),
        instance=1,
        reason=one_of(list(Exclusion), which),
        by=ANN,
        at=at,
        agreed=agreed(ticket, which),
    ),
    "tighten": lambda ticket, which, at: tighten(
        ticket,
        clock=one_of(list(Clock), which),
        due=at + (which // 5) * 10 * MINUTE,
        book=AROUND_THE_CLOCK,
        by=ANN,
        at=at,
    ),
    "state the next act": lambda ticket, which, at: state_next_act(
        ticket, what="Call", due=at + (1 + which) * MINUTE, by=ANN, at=at
    ),
    "finish the next act": lambda ticket, _, at: finish_next_act(ticket, by=ANN, at=at),
    "rate": lambda ticket, which, at: rate(ticket, by=CY, at=at, csat=1 + which % 5),
    "tell": lambda ticket, which, at: told(ticket, notice=which % 5, attempts=1, at=at),
    "give up telling": lambda ticket, which, at: give_up(
        ticket, notice=which % 5, attempts=9, why="no such address", at=at
    ),
}

ACTS: Final = st.tuples(st.integers(0, 150), st.sampled_from(list(DEEDS)), st.integers(0, 40))


@dataclass
class Life:
    """A ticket as it is lived: what is allowed is done, and stored with its consequences."""

    book: Book
    past: list[Event] = field(default_factory=list)
    ticket: Ticket = field(default_factory=Ticket)
    now: Instant = AT

    def open(self, opening: TicketOpened) -> None:
        self._store(open_ticket(self.ticket, opening))

    def act(self, deed: str, which: int) -> None:
        """Do it, if it is allowed."""
        with suppress(Refused):
            self._store(DEEDS[deed](self.ticket, which, self.now))

    def tick(self) -> None:
        """Look what time alone has brought."""
        self._store(tick(self.ticket, book=self.book, lines=LINES, at=self.now))

    def sleep_until(self, at: Instant) -> None:
        """The desk looks only when it says that it has to; then there is something to do."""
        while (due := next_tick(self.ticket, book=self.book)) is not None and due <= at:
            self.now = max(self.now, due)
            before = len(self.past)
            self.tick()
            assert len(self.past) > before
        self.now = at

    def watch_until(self, at: Instant) -> None:
        """The desk looks every minute."""
        while self.now < at:
            self.now = min(self.now + MINUTE, at)
            self.tick()

    def _store(self, events: Sequence[Event]) -> None:
        new = [*events, *consequences(self.ticket, events, book=self.book)]
        self.past += new
        self.ticket = folded(new, self.ticket)
