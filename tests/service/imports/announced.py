"""Small histories of status pages, and where the real ones are."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from domain.instant import Instant
from service.imports import statuspage
from service.imports.announced import Import, Report, bring_in
from service.imports.github_incidents import IMPACTS, Reading, read
from service.imports.told import Told
from store.desk import Desk
from store.log import Recorded

SHARED: Final = Path(__file__).resolve().parents[4] / "shared" / "data"

INCIDENT: Final[Mapping[str, Any]] = {
    "id": "1",
    "title": "Nothing builds",
    "url": "https://www.example.org/incidents/1",
    "impact": "minor",
    "started_at": "2026-03-01T10:00:00Z",
    "resolved_at": "2026-03-01T12:00:00Z",
    "components": ["Actions"],
    "updates": [
        {"at": "2026-03-01T10:00:00Z", "status": "Investigating", "message": "We are looking."},
        {"at": "2026-03-01T11:00:00Z", "status": "Update", "message": "Still looking."},
        {"at": "2026-03-01T12:00:00Z", "status": "Resolved", "message": "Mended."},
    ],
}
WORKS: Final[Mapping[str, Any]] = {
    **INCIDENT,
    "id": "2",
    "title": "Maintenance",
    "impact": "maintenance",
    "started_at": "2026-03-02T10:00:00Z",
    "resolved_at": "2026-03-03T12:00:00Z",
    "updates": [
        {"at": "2026-03-02T10:00:00Z", "status": "Scheduled", "message": "On Tuesday."},
        {"at": "2026-03-03T10:00:00Z", "status": "In progress", "message": "It begins."},
        {"at": "2026-03-03T12:00:00Z", "status": "Completed", "message": "Done."},
    ],
}
TEN: Final[Instant] = 1_772_359_200_000
"""2026-03-01 10:00 UTC."""


def lines(path: Path, *records: object) -> Path:
    """The records as a file; text is a line as it is."""
    told = (each if isinstance(each, str) else json.dumps(each) for each in records)
    path.write_text("\n".join(told) + "\n")
    return path


def updates(*told: tuple[str, str]) -> list[dict[str, str]]:
    """Updates of the first of March by time of day and status."""
    return [{"at": f"2026-03-01T{time}:00Z", "status": status, "message": status} for time, status in told]


def reading(desk: Desk, path: Path) -> Told:
    return read(path, Reading(IMPACTS, "imported", desk.now()))


def brought_in(desk: Desk, path: Path) -> Report:
    """The report of an import of GitHub's records."""
    return imported(desk, reading(desk, path))


def page_brought_in(desk: Desk, path: Path) -> Report:
    """The report of an import of a page of Statuspage."""
    return imported(desk, statuspage.read(path, desk.now()))


def imported(desk: Desk, told: Told) -> Report:
    heard: list[int] = []
    report = bring_in(Import(desk, told, "en"), heard.append)
    assert heard == sorted(heard)
    assert heard[-1:] == ([len(told.records)] if told.records else [])
    return report


def said(desk: Desk, component: str) -> list[Recorded[Any]]:
    """All that stands in the stream of a component."""
    return desk.log.read(desk.name("component", component))


def told_of(desk: Desk, external: str, noun: str = "incident", source: str = "github") -> list[Recorded[Any]]:
    """All that stands in the stream of an incident or of works."""
    return desk.log.read(desk.name(noun, source, external))


def real(name: str) -> Path:
    found = SHARED / name
    if not found.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"the shared {name} is not there")
    return found
