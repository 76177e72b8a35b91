"""What came of an import: counts, what was left out and why, and the source's own figures beside ours."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, TypeAlias

from domain.clock import Outcome
from domain.policy import Clock
from domain.ticket.assignment import HandedOver
from domain.ticket.outcome import Reopened
from service.imports.history import History
from service.imports.servicenow import Incident, Note, Row, State, Survey

Table: TypeAlias = Counter[tuple[str, str]]
"""How many incidents have this value in the log and that one here."""

NO_VERDICT: Final = "undecided"


@dataclass(frozen=True)
class Report:
    """The counts of one import; whole numbers of what their names say."""

    rows: int = 0
    incidents: int = 0
    tickets: int = 0
    """New ones."""
    continued: int = 0
    """Known ones that went on."""
    unchanged: int = 0
    later: int = 0
    """Incidents that were not there yet at `until`."""
    events: int = 0
    """Of tickets, stored by this import."""
    open: int = 0
    """Tickets of the log that are not closed now."""
    reopened: int = 0
    reopenings: int = 0
    rejected: tuple[Note, ...] = ()
    differences: tuple[Note, ...] = ()
    corrected: tuple[Note, ...] = ()
    made_sla: Table = field(default_factory=Table)
    reassignments: Table = field(default_factory=Table)


def begun(survey: Survey) -> Report:
    """The report before the first incident: the rows that cannot be read."""
    return Report(rows=survey.rows, incidents=len(survey.last_lines), rejected=survey.faults)


def counted(report: Report, incident: Incident, told: History, *, is_new: bool, stored: int) -> Report:
    """The report with one more incident that is on the desk."""
    reopenings = sum(isinstance(each, Reopened) for each in told.events)
    last = incident.rows[-1]
    return replace(
        report,
        tickets=report.tickets + is_new,
        continued=report.continued + (stored > 0 and not is_new),
        unchanged=report.unchanged + (stored == 0),
        events=report.events + stored,
        open=report.open + told.ticket.is_live,
        reopened=report.reopened + (reopenings > 0),
        reopenings=report.reopenings + reopenings,
        differences=(*report.differences, *_differences(last, told, reopenings)),
        corrected=(*report.corrected, *incident.corrected),
        made_sla=report.made_sla + Table([(last.values["made_sla"], _outcome(told))]),
        reassignments=report.reassignments + Table([(last.values["reassignment_count"], _hand_overs(told))]),
    )


def summary_of(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    rejected = {note.number for note in report.rejected}
    return {
        **asdict(report),
        "rejected": len(rejected),
        "rejections": [asdict(note) for note in report.rejected],
        "differences": len(report.differences),
        "different": [asdict(note) for note in report.differences],
        "corrected": [asdict(note) for note in report.corrected],
        "made_sla": _nested(report.made_sla),
        "reassignments": _nested(report.reassignments),
    }


def lines_of(report: Report) -> list[str]:
    """What people have to know, line by line."""
    return [
        *(f"line {each.line}: {each.number} is left out: {each.reason}" for each in report.rejected),
        *(f"line {each.line}: {each.number}: {each.reason}" for each in report.corrected),
        *(f"line {each.line}: {each.number} differs: {each.reason}" for each in report.differences),
        *_told("made_sla", "our resolution", report.made_sla),
        *_told("reassignment_count", "our hand-overs", report.reassignments),
    ]


def in_words(report: Report) -> str:
    """The summary."""
    if not (report.events or report.rejected):
        return f"nothing new: {report.unchanged} incidents are here already, {report.later} come later"
    return (
        f"{report.tickets} tickets imported, {report.continued} continued, {report.unchanged} were here already, "
        f"{len({each.number for each in report.rejected})} left out; {report.events} events"
    )


def _differences(last: Row, told: History, reopenings: int) -> Sequence[Note]:
    states = [
        Note(row.line, row.number, f"the state is {row.state}, but that is not what the events lead to")
        for row in told.differences
    ]
    said = last.values["reopen_count"]
    if last.state is State.UNRECORDED or int(said) == reopenings:
        return states
    return [*states, Note(last.line, last.number, f"reopen_count is {said}, the states tell of {reopenings}")]


def _outcome(told: History) -> str:
    verdicts = {each.outcome for each in told.ticket.clocks.verdicts if each.clock is Clock.RESOLUTION}
    if Outcome.BREACHED in verdicts:
        return Outcome.BREACHED
    return Outcome.MET if verdicts else NO_VERDICT


def _hand_overs(told: History) -> str:
    return str(sum(isinstance(each, HandedOver) for each in told.events))


def _nested(table: Table) -> dict[str, dict[str, int]]:
    """Their value, then ours, then how often."""
    theirs = sorted({theirs for theirs, _ in table}, key=_number)
    return {each: {ours: table[each, ours] for said, ours in sorted(table) if said == each} for each in theirs}


def _told(theirs: str, ours: str, table: Table) -> list[str]:
    nested = _nested(table).items()
    return [f"{theirs} {said}: {ours} {_counts(counts)}" for said, counts in nested]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{ours} ({number})" for ours, number in sorted(counts.items(), key=lambda each: _number(each[0])))


def _number(said: str) -> tuple[int, str]:
    return (int(said) if said.isdecimal() else 0, said)
