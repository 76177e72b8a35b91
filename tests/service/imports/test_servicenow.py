from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.instant import HOUR, MINUTE
from service.imports.servicenow import BadFile, Incident, LogFile, Note, incidents, survey
from tests.service.imports.logs import UTC, lived, log_of, read, real_log, row

NINE = 1_456_822_800_000
"""2016-03-01 09:00 UTC."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def edited(file: LogFile, line: int, old: bytes, new: bytes) -> LogFile:
    lines = file.path.read_bytes().splitlines(keepends=True)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new)
    file.path.write_bytes(b"".join(lines))
    return file


def fault(file: LogFile) -> tuple[int, str, str]:
    (note,) = [each for each in read(file) if isinstance(each, Note)]
    return note.line, note.number, note.reason


def good(file: LogFile) -> list[str]:
    return [each.number for each in read(file) if isinstance(each, Incident)]


def test_the_real_log_is_sound_but_for_the_order_of_a_few_rows() -> None:
    file = real_log()
    known = survey(file)
    found = [each for each in incidents(file, known) if isinstance(each, Incident)]
    assert (known.rows, len(known.last_lines), known.faults, len(found)) == (5998, 890, (), 890)
    assert sum(len(each.rows) for each in found) == 5998
    assert [note.line for each in found for note in each.corrected] == [330, 336, 346, 351, 359, 438]


def test_an_incident_is_its_rows_at_their_own_times(path: Path) -> None:
    (incident,) = read(log_of(path, lived()))
    assert isinstance(incident, Incident)
    assert (incident.number, incident.opened_at) == ("INC1", NINE)
    assert [each.at - NINE for each in incident.rows] == [0, 30 * MINUTE, 2 * HOUR, 9 * HOUR]
    assert [each.line for each in incident.rows] == [2, 3, 4, 5]


def test_dates_are_local(path: Path) -> None:
    file = log_of(path, lived())
    (incident,) = read(LogFile(file.path, ZoneInfo("America/Sao_Paulo")))
    assert isinstance(incident, Incident)
    assert incident.opened_at == NINE + 3 * HOUR


def test_rows_of_an_incident_need_not_be_adjacent(path: Path) -> None:
    rows = [each for pair in zip(lived("INC1"), lived("INC2"), strict=True) for each in pair]
    assert good(log_of(path, rows)) == ["INC1", "INC2"]


def test_a_byte_order_mark_and_empty_lines_are_no_fault(path: Path) -> None:
    file = log_of(path, lived())
    file.path.write_bytes(b"\xef\xbb\xbf" + file.path.read_bytes() + b"\r\n\r\n")
    assert good(file) == ["INC1"]


def test_a_header_that_lacks_a_column_refuses_the_file(path: Path) -> None:
    with pytest.raises(BadFile, match=r"^line 1: the header lacks made_sla$"):
        survey(edited(log_of(path, lived()), 1, b"made_sla", b"sla"))


def test_a_header_that_names_a_column_twice_refuses_the_file(path: Path) -> None:
    with pytest.raises(BadFile, match=r"^line 1: the header names made_sla twice$"):
        survey(edited(log_of(path, lived()), 1, b"made_sla", b"made_sla,made_sla"))


@pytest.mark.parametrize("text", [b"", b"number;state\nINC1;New\n", "number,incident_state\n".encode("utf-16")])
def test_what_is_no_log_at_all_refuses_the_file(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    with pytest.raises(
        BadFile, match=r"^line 1: this is no header of such a log: number, .* in UTF-8, between commas$"
    ):
        survey(LogFile(path, UTC))


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (b"", "line 4: it cannot be told whose row this is"),
        (b" ", "line 4: it cannot be told whose row this is"),
        (b"?", "line 4: it cannot be told whose row this is"),
        (b"INC\x1b[31m1", "line 4: it cannot be told whose row this is"),
        (b'"INC1', "line 5: unexpected end of data"),
    ],
)
def test_a_row_that_could_be_anybodys_refuses_the_file(path: Path, new: bytes, reason: str) -> None:
    with pytest.raises(BadFile, match=f"^{reason}$"):
        survey(edited(log_of(path, lived()), 4, b"INC1", new))


def test_a_file_that_was_cut_within_a_number_is_refused(path: Path) -> None:
    file = log_of(path, lived())
    file.path.write_bytes(file.path.read_bytes() + b"INC")
    with pytest.raises(BadFile, match=r"^line 6: it cannot be told whose row this is$"):
        survey(file)


def test_a_row_that_was_cut_leaves_out_its_incident_and_no_other(path: Path) -> None:
    file = log_of(path, [*lived("INC1"), *lived("INC2")])
    file.path.write_bytes(file.path.read_bytes()[:-40])
    assert fault(file)[:2] == (9, "INC2")
    assert "columns instead of 36" in fault(file)[2]
    assert good(file) == ["INC1"]


NO_DATE = "is no date DD-MM-YYYY HH:MM from 1970 on"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"01-03-2016 11:00", b"31-02-2016 11:00", f"sys_updated_at: '31-02-2016 11:00' {NO_DATE}"),
        (b"01-03-2016 11:00", b"2016-03-01 11:00", f"sys_updated_at: '2016-03-01 11:00' {NO_DATE}"),
        (b"01-03-2016 11:00", b"31-12-1969 11:00", f"sys_updated_at: '31-12-1969 11:00' {NO_DATE}"),
        (b"01-03-2016 11:00", b"?", "sys_updated_at is missing"),
        (b"Caller 1", b"", "caller_id is missing"),
        (b"Caller 1", b"Caller\x00 1", "caller_id: it holds control characters"),
        (b"Caller 1", b"?", "caller_id is missing"),
        (b"3 - Moderate", b"9 - Odd", "priority: '9 - Odd' is none of 1 - Critical, 2 - High, 3 - Moderate, 4 - Low"),
        (b"Caller 1", b"Caller \xff", "caller_id: it is not UTF-8"),
        (b"Phone", b"Ph\xf6ne", "contact_type: it is not UTF-8"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_its_line(path: Path, old: bytes, new: bytes, reason: str) -> None:
    file = edited(log_of(path, [*lived("INC1"), *lived("INC2")]), 4, old, new)
    assert fault(file) == (4, "INC1", reason)
    assert good(file) == ["INC2"]


def test_an_unknown_state_is_told_with_its_line(path: Path) -> None:
    line, number, reason = fault(edited(log_of(path, lived()), 3, b"Active", b"Dormant"))
    assert (line, number) == (3, "INC1")
    assert reason.startswith("incident_state: 'Dormant' is none of -100, Active")


def test_a_count_that_is_no_number_is_told_with_its_line(path: Path) -> None:
    rows = lived()
    rows[1]["reopen_count"] = "many"
    assert fault(log_of(path, rows)) == (3, "INC1", "reopen_count: 'many' is no number")


def test_a_row_that_is_there_twice_leaves_out_its_incident(path: Path) -> None:
    rows = lived()
    assert fault(log_of(path, [*rows[:2], rows[1], *rows[2:]])) == (4, "INC1", "the same as line 3")


def test_an_incident_is_opened_once(path: Path) -> None:
    rows = lived()
    rows[2]["opened_at"] = "01-03-2016 08:00"
    assert fault(log_of(path, rows)) == (4, "INC1", "opened_at is not that of line 2")


def test_a_row_is_never_later_than_the_one_after_it(path: Path) -> None:
    (incident,) = read(log_of(path, [row("12:00"), row("09:30", "Active"), row("11:00", "Resolved")]))
    assert isinstance(incident, Incident)
    assert [each.at - NINE for each in incident.rows] == [30 * MINUTE, 30 * MINUTE, 2 * HOUR]
    assert incident.corrected == (Note(2, "INC1", "later than the row after it, line 3: taken as that"),)


def test_an_incident_is_opened_with_its_first_row_at_the_latest(path: Path) -> None:
    (incident,) = read(log_of(path, [row("08:00"), row("09:30", "Active")]))
    assert isinstance(incident, Incident)
    assert incident.opened_at == NINE - HOUR
    assert incident.corrected == (Note(2, "INC1", "before opened_at: taken as opened then"),)
