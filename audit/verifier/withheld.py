"""What would have to be in the log by its end and is not: verdicts, corrections, and what exclusions refer to."""

from collections.abc import Iterator
from typing import Final

from audit.verifier.decode import UNREADABLE
from audit.verifier.figures import window
from audit.verifier.months import differences
from audit.verifier.replay import Replay
from audit.verifier.report import Fault
from audit.verifier.tickets import verdict_at
from audit.verifier.timed import Timed, waited
from domain.clock import Exclusion, Verdict
from domain.instant import DAY, Duration, Instant
from domain.month import Month
from domain.policy import Book

PATIENCE: Final[Duration] = DAY
"""How long before its end the log is looked at: a desk that was at rest for a while has that to catch up."""


def find_withheld(replay: Replay) -> None:
    """Note in the report what is missing at the end."""
    until, book = replay.report.last - PATIENCE, replay.rules.configured.book()
    for stream, timed in replay.tickets.tickets.items():
        if timed.rec < until:
            _find_of_ticket(replay, stream, timed, book, until)
    for month, state in replay.months.state.items():
        told = replay.components.changed(window(month, replay.months.zone)[1])
        if max(replay.tickets.changed.get(month, 0), told) < until:
            _find_of_month(replay, month, state)


def _find_of_ticket(replay: Replay, stream: str, timed: Timed, book: Book, until: Instant) -> None:
    try:
        for verdict in _missing(timed, book, until):
            said = f"ticket {stream}: {verdict.clock} #{verdict.instance} is {verdict.outcome}, and has no verdict"
            replay.report.find(Fault.WITHHELD, said)
    except UNREADABLE as fault:
        replay.report.find(Fault.UNKNOWN, f"ticket {stream}: {type(fault).__name__}: {fault}")
    for verdict in timed.clocks.verdicts:
        if verdict.excluded is Exclusion.MERGED and timed.merged is None:
            said = f"ticket {stream}: {verdict.clock} is excluded as merged, which the ticket never was"
            replay.report.find(Fault.EXCLUSION, said)


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
        is_open = not timed.clocks.is_decided(run.clock, run.instance)
        if is_open and (verdict := verdict_at(clocks, run, book, at)):
            yield verdict
