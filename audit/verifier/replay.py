"""The log, taken in entry by entry: each kind of event goes to what it concerns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from audit.verifier.allowed import demand_allowed
from audit.verifier.components import Components
from audit.verifier.decode import UNREADABLE, Decoder
from audit.verifier.entry import Courses, Entry
from audit.verifier.erasures import Erasures
from audit.verifier.forms import Forms
from audit.verifier.months import Claim, Months
from audit.verifier.report import Fault, Report
from audit.verifier.rules import Rules
from audit.verifier.tickets import Tickets
from domain import component, configuration, erasure, month, ticket
from domain.attainment import month_of
from domain.desk import DeskFounded, DeskLogSucceeded, DeskSetUp
from domain.ticket.opening import TicketOpened


@dataclass
class Replay:
    """What the entries so far lead to."""

    report: Report
    claims: dict[int, Claim]
    decoder: Decoder
    streams: dict[str, str] = field(default_factory=dict)
    """Of what is told in one stream, its pseudonym; tickets have none of their own beside it."""
    subjects: dict[str, str] = field(default_factory=dict)
    """The other way round."""

    def __post_init__(self) -> None:
        report = self.report
        self.courses, self.rules = Courses(report, Forms(self.decoder.classes.values()).entry), Rules(report)
        self.tickets, self.components = Tickets(report), Components(report)
        self.erasures = Erasures(report)
        self.months = Months(report, self.claims, self.rules, self.tickets, self.components)
        self._followed: dict[type, Callable[[Entry, Any], None]] = {
            **dict.fromkeys(_classes(ticket.Event), self._ticket),
            **dict.fromkeys(_classes(component.Event), self._component),
            **dict.fromkeys(_classes(configuration.Event), self._configuration),
            **dict.fromkeys(_classes(month.Event), self._month),
            **dict.fromkeys(_classes(erasure.Event), self.erasures.follow),
            **dict.fromkeys((DeskFounded, DeskSetUp), self._desk),
            DeskLogSucceeded: lambda entry, _: self._demand_stream(entry, "the desk"),
        }

    def take(self, first: int, entries: Sequence[bytes]) -> None:
        """Entries, the first one at that index; what cannot be read is noted, and the next one is read.

        All are read before the first one is followed: that takes less time than to change over with each of them.
        """
        known = [self.courses.read(index, raw) for index, raw in enumerate(entries, first)]
        for index, entry in enumerate(known, first):
            if index in self.months.cuts:
                self.months.compute(index)
            if entry:
                self._follow(index, entry)

    def _follow(self, index: int, entry: Entry) -> None:
        if self.months.waiting:
            self.months.hear(entry.rec)
        try:
            event = entry.event or self.decoder.event(entry.name, entry.values)
            if follow := self._followed.get(type(event)):
                follow(entry, event)
        except UNREADABLE as fault:
            self.report.find(Fault.UNKNOWN, f"{entry.name}: {type(fault).__name__}: {fault}", index)

    def finish(self) -> None:
        """There are no more entries."""
        report, courses = self.report, self.courses
        report.first, report.last, report.tickets = courses.first, courses.latest, len(self.tickets.tickets)
        report.entries |= {"clear": report.events.total(), "opaque": courses.opaque}

    def _ticket(self, entry: Entry, event: Any) -> None:
        if isinstance(event, TicketOpened) and entry.stream in self.subjects:
            self._tell_of_two(entry, self.subjects[entry.stream], f"ticket {entry.stream}")
        timed = self.tickets.of(entry)
        demand_allowed(entry, event, timed, self.rules, self.report)
        self.tickets.follow(entry, event, timed, self.rules.configured.book(), self.months.zone)

    def _component(self, entry: Entry, event: Any) -> None:
        self._demand_stream(entry, f"component {event.component}")
        self.components.follow(entry, event, self.rules.configured.uptime_rule.notice)

    def _configuration(self, entry: Entry, event: Any) -> None:
        self._demand_stream(entry, "the configuration")
        self.rules.follow(entry, event)

    def _month(self, entry: Entry, event: Any) -> None:
        self._demand_stream(entry, event.month)
        self.months.check(entry, event)

    def _desk(self, entry: Entry, event: DeskFounded | DeskSetUp) -> None:
        self._demand_stream(entry, "the desk")
        if isinstance(event, DeskFounded) and entry.place:
            self.report.find(Fault.ORDER, "the desk was founded before", entry.place)
        if len(self.tickets.tickets) and event.zone != self.months.zone:
            self.report.find(Fault.RULES, "the zone of the months was changed after the first ticket", entry.place)
        month_of(entry.at, event.zone)  # where there is no such zone it is unreadable, and the one before stays
        self.months.zone = event.zone

    def _demand_stream(self, entry: Entry, subject: str) -> None:
        stream, told = self.streams.setdefault(subject, entry.stream), self._subject(entry.stream, subject)
        if (stream, told) != (entry.stream, subject):
            self._tell_of_two(entry, told, subject)

    def _subject(self, stream: str, subject: str) -> str:
        """What the stream told of first; of tickets only those are asked of which nothing else was told."""
        if stream not in self.subjects and (timed := self.tickets.tickets.get(stream)) and timed.is_opened:
            return f"ticket {stream}"
        return self.subjects.setdefault(stream, subject)

    def _tell_of_two(self, entry: Entry, told: str, subject: str) -> None:
        self.report.find(Fault.STREAM, f"the stream of {told} tells of {subject}", entry.place)


def _classes(union: Any) -> tuple[type, ...]:
    return get_args(union) or (union,)
