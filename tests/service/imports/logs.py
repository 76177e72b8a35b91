"""Small incident logs, and where the real one is."""

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from service.imports.servicenow import COLUMNS, MISSING, Incident, LogFile, Note, incidents, survey

REAL: Final = Path(__file__).resolve().parents[4] / "shared" / "data" / "servicenow_incident_log.csv"
UTC: Final = ZoneInfo("Etc/UTC")

USUAL: Final = dict.fromkeys(COLUMNS, MISSING) | {
    "number": "INC1",
    "incident_state": "New",
    "caller_id": "Caller 1",
    "opened_by": "Opened by  1",
    "opened_at": "01-03-2016 09:00",
    "sys_updated_by": "Updated by 1",
    "sys_updated_at": "01-03-2016 09:00",
    "impact": "2 - Medium",
    "urgency": "2 - Medium",
    "priority": "3 - Moderate",
    "assignment_group": "Group 1",
    "made_sla": "TRUE",
    "contact_type": "Phone",
    "reassignment_count": "0",
    "reopen_count": "0",
    "sys_mod_count": "0",
}


def row(time: str = "09:00", state: str = "New", **changes: str) -> dict[str, str]:
    """A row of the first of March 2016."""
    return USUAL | {"sys_updated_at": f"01-03-2016 {time}", "incident_state": state} | changes


def lived(number: str = "INC1", **changes: str) -> list[dict[str, str]]:
    """An incident from beginning to end."""
    steps = [("09:00", "New"), ("09:30", "Active"), ("11:00", "Resolved"), ("18:00", "Closed")]
    return [row(time, state, number=number, sys_mod_count=str(n), **changes) for n, (time, state) in enumerate(steps)]


def log_of(path: Path, rows: Sequence[Mapping[str, str]]) -> LogFile:
    """The rows as a file; the first one is line 2."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([each[column] for column in COLUMNS] for each in rows)
    return LogFile(path, UTC)


def read(file: LogFile) -> list[Incident | Note]:
    """What becomes of each incident."""
    known = survey(file)
    return [*known.faults, *incidents(file, known)]


def real_log() -> LogFile:
    if not REAL.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("the shared incident log is not there")
    return LogFile(REAL, UTC)
