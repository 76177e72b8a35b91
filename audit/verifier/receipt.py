"""Receipts that whoever verifies brings along: what the log promised to have must be in it.

This is the one thing that no log shows by itself: an entry that was kept out of it from the beginning leaves no trace
there, but whoever caused it holds a receipt.
"""

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from audit.tlog.merkle import Hash
from audit.tlog.note import Malformed, Unverified, read_key
from audit.tlog.receipt import Receipt, read_receipt, unverified
from audit.verifier.entry import TOLERATED
from audit.verifier.report import Fault, Report
from domain.instant import SECOND, Instant


@dataclass
class Owed:
    """What was promised, and what of it was found."""

    receipts: Sequence[bytes]
    """Signed notes."""
    is_part: bool = False
    """They are held against some events of the log, as a client is shown them, not against all."""
    found: set[Hash] = field(default_factory=set)

    def among(self, tiles: Iterable[list[Hash]]) -> Iterator[list[Hash]]:
        """The same tiles; leaves that were promised are noted as they pass."""
        for leaves in tiles:
            self.look(leaves)
            yield leaves

    @cached_property
    def promised(self) -> set[Hash]:
        return {unverified(each).leaf for each in self.receipts}

    def look(self, leaves: Iterable[Hash]) -> None:
        """Note those of the leaves that were promised."""
        self.found.update(self.promised.intersection(leaves))

    def settle(self, report: Report, read_at: Instant) -> None:
        """Tell what was kept; `read_at`: when the evidence was read where it is published, 0 if that is not known."""
        latest = max([report.last, *report.seen_at, read_at - TOLERATED])
        for raw in self.receipts:
            told = _told(raw, report)
            if told and told.leaf in self.found:
                report.receipts += 1
                report.former_receipts += told.origin != report.origin
            elif told:
                _miss(told, latest, report, is_part=self.is_part)


def _told(raw: bytes, report: Report) -> Receipt | None:
    """What the log promised; None if this is none of its promises, which is told."""
    if not report.key:
        report.unproven.append("whether a receipt is one of this log: nobody told the key of the log")
        return None
    keys = {each.former: each.former_key for each in report.successions} | {report.origin: report.key}
    try:
        told = read_receipt(raw, [read_key(keys.get(unverified(raw).origin, report.key))])
    except (Malformed, Unverified) as fault:
        report.find(Fault.RECEIPT, f"a receipt is none of this log: {fault}")
        return None
    if told.origin not in keys:
        report.find(Fault.RECEIPT, f"a receipt is of the log {told.origin}")
        return None
    return told


def _miss(told: Receipt, latest: Instant, report: Report, *, is_part: bool) -> None:
    leaf, due = base64.b64encode(told.leaf).decode(), datetime.fromtimestamp(told.due / SECOND, UTC)
    what = f"the entry {leaf}, promised for {due:%Y-%m-%d %H:%M:%S} UTC"
    if told.origin != report.origin:
        former = f"the former log {told.origin} promised it, and it is not in what is kept of that"
        report.find(Fault.RECEIPT, f"{what}, is not there: {former}; it was lost with the rest, or kept out before")
    elif latest > told.due and is_part:
        other = "or is of a ticket or an act that is not shown here: the evidence of the site tells which"
        report.find(Fault.RECEIPT, f"{what}, is not among the events in this file: it was kept out, {other}")
    elif latest > told.due:
        report.find(Fault.RECEIPT, f"{what}, is not there: it was kept out")
    else:
        report.unproven.append(f"{what}, is not there, and nothing shows that this was signed later than that")
