"""A ServiceNow incident log (CSV, one row a change of the record): its rows, checked and gathered by incident.

The form is that of the "incident management process enriched event log" (UCI Machine Learning Repository, no. 498).
"""

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from domain.classification import Impact, Priority, Urgency
from domain.instant import SECOND, Instant

MISSING: Final = "?"
"""As the log writes it; what is empty is taken for it."""


class State(StrEnum):
    """`incident_state`, as the log writes it."""

    NEW = "New"
    ACTIVE = "Active"
    AWAITING_USER_INFO = "Awaiting User Info"
    AWAITING_PROBLEM = "Awaiting Problem"
    AWAITING_VENDOR = "Awaiting Vendor"
    AWAITING_EVIDENCE = "Awaiting Evidence"
    RESOLVED = "Resolved"
    CLOSED = "Closed"
    UNRECORDED = "-100"
    """A number that ServiceNow has no name for: the state is taken not to have changed."""


PRIORITIES: Final = {
    "1 - Critical": Priority.CRITICAL,
    "2 - High": Priority.HIGH,
    "3 - Moderate": Priority.NORMAL,
    "4 - Low": Priority.LOW,
}
IMPACTS: Final = {"1 - High": Impact.HIGH, "2 - Medium": Impact.MEDIUM, "3 - Low": Impact.LOW}
URGENCIES: Final = {"1 - High": Urgency.HIGH, "2 - Medium": Urgency.MEDIUM, "3 - Low": Urgency.LOW}

PEOPLE: Final = ("caller_id", "opened_by", "sys_created_by", "sys_updated_by", "assigned_to", "resolved_by")
DATES: Final = ("opened_at", "sys_created_at", "sys_updated_at", "resolved_at", "closed_at")
COUNTS: Final = ("reassignment_count", "reopen_count", "sys_mod_count")
CHOICES: Final[Mapping[str, frozenset[str]]] = {
    "incident_state": frozenset(State),
    "impact": frozenset(IMPACTS),
    "urgency": frozenset(URGENCIES),
    "priority": frozenset(PRIORITIES),
    "made_sla": frozenset({"TRUE", "FALSE"}),
}
OTHERS: Final = (
    "active", "contact_type", "location", "category", "subcategory", "u_symptom", "cmdb_ci", "assignment_group",
    "knowledge", "u_priority_confirmation", "notify", "problem_id", "rfc", "vendor", "caused_by", "closed_code",
)  # fmt: skip
COLUMNS: Final = ("number", *PEOPLE, *DATES, *COUNTS, *CHOICES, *OTHERS)
NEEDED: Final = ("opened_at", "sys_updated_at", "caller_id", "sys_updated_by")
"""What a row must say; anything else but the choices and counts may be missing."""


class BadFile(Exception):
    """It cannot be told which rows belong to which incident: nothing of the file can be imported."""


@dataclass(frozen=True)
class Note:
    """Something about one line of the file that people have to know."""

    line: int
    number: str
    reason: str


@dataclass(frozen=True)
class Row:
    """The record of an incident as it was from `at` on."""

    line: int
    at: Instant
    opened_at: Instant
    values: Mapping[str, str]

    @property
    def number(self) -> str:
        return self.values["number"]

    @property
    def state(self) -> State:
        return State(self.values["incident_state"])

    def said(self, column: str) -> str | None:
        """The value, None if it is missing."""
        value = self.values[column]
        return None if value == MISSING else value


@dataclass(frozen=True)
class Incident:
    """All rows of one incident in the order of the file, at times that never decrease."""

    number: str
    opened_at: Instant
    rows: tuple[Row, ...]
    corrected: tuple[Note, ...] = ()
    """Rows whose times could not be true."""


@dataclass(frozen=True)
class Survey:
    """What has to be known of the whole file before the first incident is imported."""

    rows: int = 0
    last_lines: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[Note, ...] = ()
    groups: frozenset[str | None] = frozenset()
    opened: tuple[Instant, Instant] | None = None
    """When the first and the last incident were opened; None if no row is sound."""


@dataclass(frozen=True)
class LogFile:
    """A file, and the IANA time zone of its dates."""

    path: Path
    zone: ZoneInfo


Rows: TypeAlias = Iterator[Row | Note]


def survey(file: LogFile) -> Survey:
    """Read every row once; `BadFile` if the file is no such log."""
    last_lines: dict[str, int] = {}
    faults: list[Note] = []
    groups: set[str | None] = set()
    span: tuple[Instant, Instant] | None = None
    count = 0
    for count, row in enumerate(_rows(file), start=1):  # noqa: B007
        last_lines[row.number] = row.line
        if isinstance(row, Note):
            faults.append(row)
        else:
            groups.add(row.said("assignment_group"))
            first, last = span or (row.opened_at, row.opened_at)
            span = min(first, row.opened_at, row.at), max(last, row.opened_at)
    return Survey(count, last_lines, tuple(faults), frozenset(groups), span)


def incidents(file: LogFile, known: Survey) -> Iterator[Incident | Note]:
    """Each sound incident once its last row is read, and why another one is not; rows need not be adjacent."""
    bad = {fault.number for fault in known.faults}
    begun: dict[str, list[Row]] = {}
    for row in _rows(file):
        if isinstance(row, Row) and row.number not in bad:
            begun.setdefault(row.number, []).append(row)
            if row.line == known.last_lines[row.number]:
                yield incident_of(begun.pop(row.number))


def incident_of(rows: Sequence[Row]) -> Incident | Note:
    """The incident that the rows tell of, or what is wrong with it."""
    first = rows[0]
    lines: dict[tuple[str, ...], int] = {}
    for row in rows:
        said = lines.setdefault(tuple(row.values.values()), row.line)
        if said != row.line:
            return Note(row.line, row.number, f"the same as line {said}")
        if row.opened_at != first.opened_at:
            return Note(row.line, row.number, f"opened_at is not that of line {first.line}")
    return _in_time(first.number, first.opened_at, rows)


def _in_time(number: str, opened_at: Instant, rows: Sequence[Row]) -> Incident:
    """No row is later than the one that follows it, and none is earlier than the opening."""
    ordered: list[Row] = []
    notes: list[Note] = []
    for row in reversed(rows):
        at = min(row.at, ordered[-1].at) if ordered else row.at
        if at != row.at:
            notes.append(Note(row.line, number, f"later than the row after it, line {ordered[-1].line}: taken as that"))
        ordered.append(replace(row, at=at))
    if ordered[-1].at < opened_at:
        notes.append(Note(rows[0].line, number, "before opened_at: taken as opened then"))
    begun = min(opened_at, ordered[-1].at)
    return Incident(number, begun, tuple(reversed(ordered)), tuple(reversed(notes)))


def _rows(file: LogFile) -> Rows:
    with file.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        reader = csv.reader(lines, strict=True)
        try:
            header = next(reader, [])
            _demand_columns(header)
            yield from (_row(reader.line_num, header, fields, file.zone) for fields in reader if fields)
        except csv.Error as fault:
            raise BadFile(f"line {reader.line_num}: {fault}") from None


def _demand_columns(header: Sequence[str]) -> None:
    lacking = [column for column in COLUMNS if column not in header]
    twice = [column for column in COLUMNS if header.count(column) > 1]
    if len(lacking) == len(COLUMNS):
        raise BadFile(f"line 1: this is no header of such a log: {', '.join(COLUMNS[:3])}, … in UTF-8, between commas")
    if lacking:
        raise BadFile(f"line 1: the header lacks {', '.join(lacking)}")
    if twice:
        raise BadFile(f"line 1: the header names {', '.join(twice)} twice")


def _row(line: int, header: Sequence[str], fields: Sequence[str], zone: ZoneInfo) -> Row | Note:
    values = dict(zip(header, (field if field.strip() else MISSING for field in fields), strict=False))
    number = values.get("number", MISSING)
    # A row that was cut within the number would pass for another incident.
    if number == MISSING or not number.isprintable() or len(fields) == 1 or any("\n" in value for value in fields):
        raise BadFile(f"line {line}: it cannot be told whose row this is")
    if len(fields) != len(header):
        return Note(line, number, f"{len(fields)} columns instead of {len(header)}")
    if mistake := next(_mistakes(values, zone), None):
        return Note(line, number, mistake)
    return Row(line, _instant(values["sys_updated_at"], zone), _instant(values["opened_at"], zone), values)


def _mistakes(values: Mapping[str, str], zone: ZoneInfo) -> Iterator[str]:
    yield from (f"{column}: it is not UTF-8" for column, value in values.items() if _has("Cs", value))
    yield from (f"{column}: it holds control characters" for column, value in values.items() if _has("Cc", value))
    yield from (f"{column} is missing" for column in NEEDED if values[column] == MISSING)
    for column, known in CHOICES.items():
        if values[column] not in known:
            yield f"{column}: {values[column]!r} is none of {', '.join(sorted(known))}"
    yield from (f"{column}: {values[column]!r} is no number" for column in COUNTS if not values[column].isdecimal())
    for column in DATES:
        if values[column] != MISSING and not _is_date(values[column], zone):
            yield f"{column}: {values[column]!r} is no date DD-MM-YYYY HH:MM from 1970 on"


def _has(category: str, value: str) -> bool:
    """A Unicode category: `Cc` is control characters, `Cs` what stands for bytes that are no UTF-8."""
    return any(unicodedata.category(letter) == category for letter in value)


def _is_date(text: str, zone: ZoneInfo) -> bool:
    try:
        return _instant(text, zone) >= 0
    except (ValueError, OverflowError):
        return False


def _instant(text: str, zone: ZoneInfo) -> Instant:
    return int(datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=zone).timestamp()) * SECOND
