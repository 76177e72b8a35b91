"""What came before an event: the ticket and the configuration, folded from the log and remembered.

What is remembered is only ever a shortcut: the answer is a function of the log up to the event, so that a restart, a
rolled-back batch and a rebuild all get the same one.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import attrgetter
from typing import Any, Final, TypeAlias, get_args

from domain import configuration, ticket
from domain.configuration import Configuration
from domain.event import Id
from domain.policy import Book
from domain.ticket import Ticket
from domain.ticket.waiting import until_promised
from projections.outlook import Outlook, outlook
from store.log import Log, Recorded

REMEMBERED: Final = 2_000
"""Tickets that are kept folded: memory stays flat however many there are."""

CONFIGURING: Final = frozenset(get_args(configuration.Event))
ON_TICKETS: Final = frozenset(ticket.EVOLVE)


DECISIVE: Final = attrgetter(
    *("clocks", "stage", "acts_at", "waits_until", "silent_since", "escalated"),
    *("level", "policy", "kind", "priority", "organisation", "published"),
)
"""What its clocks, and what lies ahead of it, depend on, beside the book."""


class Unprojectable(Exception):
    """A projection failed at an event; the cause is the fault."""

    def __init__(self, recorded: Recorded[Any], fault: Exception) -> None:
        super().__init__(f"{recorded.envelope.name}: {type(fault).__name__}: {fault}")
        self.position = recorded.position


@dataclass(frozen=True)
class Moment:
    """How things stood around an event; a ticket that the event is not about was never opened."""

    before: Ticket
    """At the instant of the event: a wait that had ended by then pauses nothing any more."""
    after: Ticket
    book: Book
    ticket_at: Callable[[Id, int], Ticket]
    """Any ticket as it stood at a position."""
    like: "Moment | None" = None
    """An earlier one from which on nothing changed that its clocks, or what lies ahead of it, depend on."""

    @cached_property
    def ahead(self) -> Outlook:
        """What time will bring to the ticket after the event: several views ask."""
        return self.like.ahead if self.like else outlook(self.after, self.book)


Known: TypeAlias = tuple[Recorded[Any], Moment]


class Past:
    """Reads the log in order; `configuration` is the stream of that kind."""

    def __init__(self, log: Log, configuration: Id) -> None:
        self._log = log
        self._stream = configuration
        self._moments: OrderedDict[Id, tuple[int, Moment]] = OrderedDict()
        self._reached: int | None = None
        self._configuration = Configuration()
        self._book = Book({}, {})

    def after(self, position: int, until: int | None, limit: int) -> Sequence[Known]:
        """The events after a position, until another one if it is told, each with its moment.

        Whoever goes on where the last answer ended gets the next one at little cost.
        """
        recorded = self._log.read_all(after=position, until=until, limit=limit)
        if position != self._reached:
            self._configure(position)
        self._reached = None  # for as long as it is not certain
        known = [(each, self._moment(each)) for each in recorded]
        self._reached = recorded[-1].position if recorded else position
        return known

    def _configure(self, position: int) -> None:
        known = (each.event for each in self._log.read(self._stream) if each.position <= position)
        self._configuration = reduce(configuration.evolve, known, Configuration())
        self._book = self._configuration.book()

    def _moment(self, recorded: Recorded[Any]) -> Moment:
        try:
            return self._around(recorded)
        except Exception as fault:
            raise Unprojectable(recorded, fault) from fault

    def _around(self, recorded: Recorded[Any]) -> Moment:
        if type(recorded.event) in CONFIGURING:
            self._configuration = configuration.evolve(self._configuration, recorded.event)
            self._book = self._configuration.book()
        if type(recorded.event) not in ON_TICKETS:
            return Moment(Ticket(), Ticket(), self._book, self._ticket_at)
        known = self._last(recorded)
        before = until_promised(known.after, recorded.event.at)
        after = ticket.evolve(before, recorded.event)
        same = known.book is self._book and DECISIVE(known.after) == DECISIVE(after)
        moment = Moment(before, after, self._book, self._ticket_at, (known.like or known) if same else None)
        self._remember(recorded.stream, recorded.version, moment)
        return moment

    def _last(self, recorded: Recorded[Any]) -> Moment:
        """That of the event before; folded from the log, nothing is known of the book of that time."""
        version, known = self._moments.get(recorded.stream, (0, NEVER))
        if version == recorded.version - 1:
            return known
        past = [each for each in self._log.read(recorded.stream) if each.version < recorded.version]
        return Moment(Ticket(), _folded(past), NEVER.book, self._ticket_at)

    def _remember(self, stream: Id, version: int, moment: Moment) -> None:
        self._moments[stream] = version, moment
        self._moments.move_to_end(stream)
        if len(self._moments) > REMEMBERED:
            self._moments.popitem(last=False)

    def _ticket_at(self, stream: Id, position: int) -> Ticket:
        return _folded([each for each in self._log.read(stream) if each.position <= position])


def _never(_: Id, __: int) -> Ticket:
    return Ticket()


NEVER: Final = Moment(Ticket(), Ticket(), Book({}, {}), _never)
"""Before the first event of a ticket."""


def _folded(recorded: Sequence[Recorded[ticket.Event]]) -> Ticket:
    return ticket.folded([each.event for each in recorded])
