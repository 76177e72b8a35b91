"""What may be said on a ticket: in its order, with agreements that the client gave, for reasons that events show."""

from typing import Any, Final

from audit.verifier.entry import Entry
from audit.verifier.report import Fault, Report
from audit.verifier.rules import Rules
from audit.verifier.timed import Timed
from domain.calendar import CalendarEnded
from domain.clock import Exclusion, Outcome
from domain.event import Source
from domain.instant import Instant
from domain.policy import Book
from domain.ticket.classing import TermsMoved
from domain.ticket.opening import TicketOpened
from domain.ticket.outcome import Closed, Closing
from domain.ticket.promise import VerdictExcluded

AGREED: Final = (Closing.CONFIRMED, Closing.WITHDRAWN)
"""Closings after which what the client had no more need of counts for nobody."""


def demand_allowed(entry: Entry, event: Any, timed: Timed, rules: Rules, report: Report) -> None:
    """Note what could not be said of the ticket as it stands before."""
    kind, is_open = type(event), bool(timed.clocks.terms or timed.merged)
    is_opening = kind is TicketOpened
    if is_opening == is_open or is_opening != (entry.number == 1):
        report.find(Fault.ORDER, "a ticket begins with its opening, and is opened once", entry.place)
    agreed = getattr(event, "agreed", None)
    if agreed is not None and agreed not in timed.client_messages:
        report.find(Fault.AGREEMENT, f"{entry.name}: the client never sent the message that agrees to it", entry.place)
    if is_opening:
        rules.demand_in_force(entry, event.level, event.policy)
    elif kind is TermsMoved:
        rules.demand_known(entry, event.level, event.policy)
    elif kind is Closed and event.how is Closing.SILENCE and entry.source is not Source.IMPORT:
        if not _is_silent(timed, rules.configured.book(), event.at):
            report.find(Fault.ORDER, "it is closed by silence while the client may still object", entry.place)
    elif kind is VerdictExcluded:
        _demand_excusable(entry, event, timed, report)


def _is_silent(timed: Timed, book: Book, at: Instant) -> bool:
    if timed.silent_since is None or timed.owes_answer:
        return False
    terms = timed.clocks.terms[-1]
    policy = book.policies[terms.level, terms.policy]
    try:
        return book.calendars[policy.confirmation_calendar].after(timed.silent_since, policy.confirmation) <= at
    except CalendarEnded:
        return False


def _demand_excusable(entry: Entry, told: VerdictExcluded, timed: Timed, report: Report) -> None:
    """There is a verdict, and that the client agreed is shown: by a message, or as the client closed the ticket."""
    key = told.clock, told.instance
    verdict = next((each for each in timed.clocks.verdicts if (each.clock, each.instance) == key), None)
    if verdict is None:
        report.find(Fault.EXCLUSION, f"{told.clock} #{told.instance} is excluded, but has no verdict", entry.place)
        return
    is_closed_so = timed.closed in [(how, told.at) for how in AGREED] and verdict.outcome is Outcome.MET
    if told.reason is Exclusion.AGREED_WITH_CLIENT and told.agreed is None and not is_closed_so:
        report.find(Fault.EXCLUSION, f"{told.clock} #{told.instance}: the client never agreed", entry.place)
    report.excluded[told.reason.value] += 1
