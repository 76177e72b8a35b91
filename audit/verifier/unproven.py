"""What nobody can tell from the evidence, in words: a report that keeps quiet about that says too much."""

from collections.abc import Iterator
from typing import Final

from audit.verifier.replay import Replay
from audit.verifier.report import Report
from audit.verifier.timed import Timed
from audit.verifier.withheld import PATIENCE
from domain.attainment import freezes_at, month_of
from domain.clock import Exclusion
from domain.ticket.outcome import Closing

NEVER: Final = (
    "that everything was told to the desk that happened: what was left out only a receipt can show",
    "that people and probes told the truth when they told it",
)
WITH_TICKETS: Final = (
    "that tickets are held to the levels of their clients' contracts: who has which contract is not published",
    "who wrote what: that a message of a client is the client's own, that client can tell",
)
ASSERTED: Final = {"import": "imported", "simulation": "simulated", "late": "told late"}


def unproven(replay: Replay) -> list[str]:
    """Of a log whose entries are published."""
    report = replay.report
    named = [*of_names(report), *_of_signatures(report)]
    return [*_of_entries(replay), *_of_tickets(replay), *_of_figures(replay), *named]


def of_names(report: Report) -> Iterator[str]:
    """Of a log that goes on under another name."""
    for each in report.successions:
        if not each.is_shown:
            yield f"that the first {each.kept} entries are those of {each.former}: the log says so, nothing shows it"
        if each.lost:
            last = each.former_size - 1
            yield f"what entries {each.kept} to {last} of {each.former} said: they are lost, and so may be newer ones"


def _of_entries(replay: Replay) -> Iterator[str]:
    report = replay.report
    for name, words in ASSERTED.items():
        if count := report.entries[name]:
            yield f"when {count} entries happened: they were {words}, and their time is asserted"
    if count := report.entries["opaque"]:
        yield f"what {count} opaque entries say: they belong to clients, who can verify their own"
    if count := replay.erasures.unfinished:
        yield f"that {count} erasures are completed"
    if report.erased:
        yield f"what {sum(each.sections for each in report.erased)} texts said that are erased: only that they were"


def _of_tickets(replay: Replay) -> Iterator[str]:
    tickets = replay.tickets.tickets
    yield from WITH_TICKETS if len(tickets) else ()
    if count := replay.report.excluded[Exclusion.CLOCK_ERROR.value]:
        yield f"that clocks were wrong: {count} verdicts do not count for that reason"
    if count := sum(_is_no_spam(timed) for timed in tickets.marked()):
        yield f"that {count} tickets were spam: their verdicts do not count, but they were not closed for that reason"


def _is_no_spam(timed: Timed) -> bool:
    is_excluded = any(verdict.excluded is Exclusion.SPAM for verdict in timed.clocks.verdicts)
    return is_excluded and (timed.closed is None or timed.closed[0] is not Closing.SPAM)


def _of_figures(replay: Replay) -> Iterator[str]:
    months, last = replay.months, replay.report.last
    for month in sorted(_months(replay) - months.state.keys()):
        if freezes_at(month, months.zone) < last - PATIENCE:
            yield f"figures of {month}: none were fixed, though the month is over"
    for month, state in months.state.items():
        if state.opaque:
            yield f"that {state.opaque} tickets with clocks due in {month} are counted in no row: they are opaque"


def _of_signatures(report: Report) -> Iterator[str]:
    if not report.is_key_trusted:
        yield f"that the key is the provider's: it was taken from the log itself ({report.key})"
    if not report.seen_at:
        yield "that others were shown the same log, and when: no witness that was named cosigned it"


def _months(replay: Replay) -> set[str]:
    """Those of which anything was told."""
    told = {month_of(at, replay.months.zone) for at, _ in replay.components.told}
    return told | replay.tickets.changed.keys()
