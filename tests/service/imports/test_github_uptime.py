"""The uptime of GitHub's real history: what the API tells, and what the file says minute by minute."""

import json
from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from api.limits import Limits
from domain.instant import MINUTE, Instant
from service.settings import Settings
from tests.api.office import open_office
from tests.service.imports.announced import brought_in, real

WEIGHTS: Final = {"none": 0, "minor": 300, "major": 1000, "critical": 1000}
EXCUSED: Final = -1
UNKNOWN: Final = -2
FIRST: Final = datetime(2022, 3, 1, tzinfo=UTC)
NOW: Final = datetime(2026, 8, 25, 12, tzinfo=UTC)
PATIENCE: Final = Limits(burst=1_000_000, rate=1_000)


def minute(time: str | datetime) -> int:
    at = datetime.fromisoformat(time) if isinstance(time, str) else time
    whole, rest = divmod((at - FIRST).total_seconds(), 60)
    assert rest == 0
    return int(whole)


def course_of(name: str, records: Sequence[Mapping[str, Any]]) -> "array[int]":
    """Works win over incidents, of incidents the worst counts, nothing is known before the first record."""
    mine = [each for each in records if name in each.get("components", ())]
    course = array("i", [UNKNOWN]) * minute(NOW)
    for at in range(min(minute(each["started_at"]) for each in mine), len(course)):
        course[at] = 0
    for each in sorted(mine, key=lambda each: each["impact"] == "maintenance"):
        weight = WEIGHTS.get(each["impact"], EXCUSED)
        for at in range(*window(each)):
            course[at] = weight if weight == EXCUSED else max(course[at], weight)
    return course


def window(record: Mapping[str, Any]) -> tuple[int, int]:
    if record["impact"] != "maintenance":
        return minute(record["started_at"]), minute(record["resolved_at"])
    told = {each["status"]: each["at"] for each in record["updates"]}
    return minute(told["In progress"]), minute(told["Completed"])


def months() -> Iterator[tuple[str, slice]]:
    first = FIRST
    while first < NOW:
        following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        yield f"{first:%Y-%m}", slice(minute(first), min(minute(following), minute(NOW)))
        first = following


def figures(course: "array[int]") -> tuple[float | None, float | None, float, float, float, float]:
    """Uptime, coverage, and the seconds that are unavailable, accountable, excused and unknown."""
    counted = [each for each in course if each >= 0]
    lost, unknown = sum(counted), course.count(UNKNOWN)
    uptime = (100_000 * (1000 * len(counted) - lost) // (1000 * len(counted))) / 1000 if counted else None
    covered = len(counted) + unknown
    coverage = (100_000 * len(counted) // covered) / 1000 if covered else None
    return uptime, coverage, lost * 60 / 1000, len(counted) * 60, course.count(EXCUSED) * 60, unknown * 60


FIGURES: Final = (
    "uptime", "coverage", "unavailable_seconds", "accountable_seconds", "excused_seconds", "unknown_seconds"
)  # fmt: skip


def test_every_month_of_every_component_is_right_to_the_last_digit(
    sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = real("github_incidents.jsonl")
    records = [json.loads(line) for line in path.read_text().splitlines()]
    with open_office(sqlite_settings, monkeypatch, PATIENCE) as office:
        office.clock.now = instant(NOW)
        brought_in(office.desk, path)
        office.views.catch_up()
        items = office.client.get("/v1/components").json()["items"]
        names = {each["key"]: each["name"] for each in items if each["group"] == "imported"}
        assert len(names) == 12
        for key, name in names.items():
            course = course_of(name, records)
            for month, part in months():
                told = office.client.get(f"/v1/components/{key}/uptime?month={month}").json()
                assert tuple(told[each] for each in FIGURES) == figures(course[part]), (key, month)


def instant(at: datetime) -> Instant:
    return int(at.timestamp()) * 1000 // MINUTE * MINUTE
