"""What would have to be in the log by its end and is not: verdicts, corrections, and what exclusions refer to."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from audit.verifier.decode import UNREADABLE
from audit.verifier.figures import window
from audit.verifier.months import differences
from audit.verifier.replay import Replay
from audit.verifier.report import Fault
from audit.verifier.timed import Timed, waited
from domain.clock import Clocks, Exclusion, Verdict
from domain.instant import DAY, Duration, Instant
from domain.month import Month
from domain.policy import Book
from domain.verdict import verdicts_of

PATIENCE: Final[Duration] = DAY
"""How long before its end the log is looked at: a desk that was at rest for a while has that to catch up."""


def find_withheld(replay: Replay) -> None:
    """Note in the report what is missing at the end."""
    until, book = replay.report.last - PATIENCE, replay.rules.configured.book()
    of_tickets = [
        (timed.place, fault, f"ticket {timed.stream}: {what}")
        for timed in replay.tickets.tickets.marked()
        if timed.rec < until
        for fault, what in _of_ticket(timed, book, until)
    ]
    for _, fault, what in sorted(of_tickets, key=itemgetter(0)):
        replay.report.find(fault, what)
    for month, state in replay.months.state.items():
        told = replay.components.changed(window(month, replay.months.zone)[1])
        if max(replay.tickets.changed.get(month, (0, 0))[1], told) < until:
            _find_of_month(replay, month, state)


def _of_ticket(timed: Timed, book: Book, until: Instant) -> Iterator[tuple[Fault, str]]:
    try:
        for verdict in _missing(timed, book, until):
            yield Fault.WITHHELD, f"{verdict.clock} #{verdict.instance} is {verdict.outcome}, and has no verdict"
    except UNREADABLE as fault:
        yield Fault.UNKNOWN, f"{type(fault).__name__}: {fault}"
    for verdict in timed.clocks.verdicts:
        if verdict.excluded is Exclusion.MERGED and timed.merged is None:
            yield Fault.EXCLUSION, f"{verdict.clock} is excluded as merged, which the ticket never was"


def _find_of_month(replay: Replay, month: str, state: Month) -> None:
    try:
        for what in differences(month, state, replay.months.figures(month)):
            replay.report.find(Fault.WITHHELD, f"{what}, and that was never corrected")
    except UNREADABLE as fault:
        replay.report.find(Fault.UNKNOWN, f"{month}: {type(fault).__name__}: {fault}")


def _missing(timed: Timed, book: Book, until: Instant) -> Iterator[Verdict]:
    """Verdicts that were to be given."""
    clocks, at = timed.merged or (waited(timed, until), until)
    for run in clocks.runs:
        if not timed.clocks.is_decided(run.clock, run.instance):
            yield from verdicts_of(Clocks(clocks.terms, clocks.gaps, (run,)), book, at)
