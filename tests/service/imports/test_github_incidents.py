import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from audit.check import check
from domain.component import ComponentStatus, StatusSet, Through, WorksBegun, WorksEnded, WorksPlanned, set_status
from domain.event import Address, Source
from domain.incident import IncidentImpact, IncidentImported, IncidentOpened, IncidentStatus, IncidentUpdated
from domain.instant import DAY, HOUR
from domain.maintenance import WorksAnnounced, WorksImported, WorksStatus, WorksUpdated
from service.build import build_desk
from service.imports.github_incidents import IMPACTS, Reading, read
from service.imports.told import Incident, Turn, Works
from service.settings import Settings
from store.desk import Desk
from store.log import Log
from store.streams import Command
from tests.service.imports.announced import (
    INCIDENT,
    TEN,
    WORKS,
    brought_in,
    imported,
    lines,
    reading,
    real,
    said,
    told_of,
    updates,
)


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    yield built
    built.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "incidents.jsonl"


def incident(desk: Desk, path: Path, **changes: Any) -> Incident:
    """The only record of a file, which is an incident."""
    told = reading(desk, lines(path, {**INCIDENT, **changes}))
    assert told.faults == []
    [found] = told.records
    assert isinstance(found, Incident)
    return found


def test_the_real_history_is_imported_whole_and_once(desk: Desk) -> None:
    path = real("github_incidents.jsonl")
    report = brought_in(desk, path)
    assert (report.incidents, report.works, report.updates, len(report.components)) == (801, 18, 4570, 12)
    assert (report.rejected, report.skipped_existing) == ([], 0)
    head = desk.log.head()
    again = brought_in(desk, path)
    assert (again.incidents, again.works, again.updates, again.components) == (0, 0, 0, [])
    assert (again.skipped_existing, desk.log.head()) == (819, head)
    assert check(desk).findings == []


def test_an_interrupted_import_is_continued(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path, append, calls = real("github_incidents.jsonl"), Log.append, iter(range(100))

    def failing(log: Log, *args: Any) -> Any:
        if next(calls) == 9:
            raise KeyboardInterrupt
        return append(log, *args)

    monkeypatch.setattr(Log, "append", failing)
    with pytest.raises(KeyboardInterrupt):
        brought_in(desk, path)
    own = [each for each in said(desk, "actions") if isinstance(each.event, StatusSet) and each.event.incident is None]
    assert own == []  # nothing claims that all went well while half of the history is missing
    rest = brought_in(desk, path)
    assert rest.skipped_existing + rest.incidents + rest.works == 819
    assert 0 < rest.skipped_existing < 819


def test_both_engines_take_an_import(settings: Settings, path: Path) -> None:
    built = build_desk(settings)
    report = brought_in(built, lines(path, INCIDENT, WORKS))
    assert (report.incidents, report.works, report.components) == (1, 1, ["actions"])
    built.close()


def test_an_incident_is_told_as_it_was(desk: Desk, path: Path) -> None:
    brought_in(desk, lines(path, INCIDENT))
    opened, origin, first, second, last = told_of(desk, "1")
    assert isinstance(opened.event, IncidentOpened)
    assert (opened.event.at, opened.event.impact) == (TEN, IncidentImpact.MINOR)
    assert isinstance(opened.event.title, Address)
    assert desk.log.text(opened.event.title) == {"en": "Nothing builds"}
    assert origin.event == IncidentImported(
        at=TEN, source="github", external="1", url="https://www.example.org/incidents/1"
    )
    statuses = [each.event.status for each in (first, second, last)]
    assert statuses == [IncidentStatus.INVESTIGATING, IncidentStatus.INVESTIGATING, IncidentStatus.RESOLVED]
    assert desk.log.text(second.event.text) == {"en": "Still looking."}
    assert {each.envelope.source for each in told_of(desk, "1")} == {Source.IMPORT}


def test_it_holds_of_its_components_from_its_start_to_its_end(desk: Desk, path: Path) -> None:
    brought_in(desk, lines(path, INCIDENT))
    begun, over, known = (each.event for each in said(desk, "actions"))
    stream = desk.name("incident", "github", "1")
    assert (begun.at, begun.status, begun.incident) == (TEN, ComponentStatus.PARTIAL_OUTAGE, stream)
    assert (over.at, over.status, over.incident) == (TEN + 2 * HOUR, ComponentStatus.OPERATIONAL, stream)
    assert known == StatusSet(at=TEN, component="actions", status=ComponentStatus.OPERATIONAL, through=Through.IMPORT)


def test_updates_tell_what_changed(desk: Desk, path: Path) -> None:
    brought_in(desk, lines(path, INCIDENT))
    affected = [each.event.affected for each in told_of(desk, "1") if isinstance(each.event, IncidentUpdated)]
    changes = [[(change.old, change.new) for change in each] for each in affected]
    assert changes == [[("operational", "partial_outage")], [], [("partial_outage", "operational")]]


def test_planned_works_are_excused_for_all_of_their_time(desk: Desk, path: Path) -> None:
    brought_in(desk, lines(path, {**WORKS, "started_at": "2026-03-03T09:59:00Z"}))
    planned, begun, ended, known = (each.event for each in said(desk, "actions"))
    stream, start, end = desk.name("maintenance", "github", "2"), TEN + 2 * DAY, TEN + 2 * DAY + 2 * HOUR
    noted = start - 60_000
    assert planned == WorksPlanned(at=noted, component="actions", works=stream, start=start, end=end)
    assert begun == WorksBegun(at=start, component="actions", works=stream, excused_from=start, excused_until=end)
    assert ended == WorksEnded(at=end, component="actions", works=stream)
    assert known.at == noted


def test_works_are_told_as_they_were(desk: Desk, path: Path) -> None:
    brought_in(desk, lines(path, WORKS))
    announced, origin, *told = (each.event for each in told_of(desk, "2", "maintenance"))
    assert isinstance(announced, WorksAnnounced)
    assert (announced.at, announced.start, announced.components) == (TEN + DAY, TEN + 2 * DAY, ("actions",))
    assert isinstance(origin, WorksImported)
    assert [each.status for each in told if isinstance(each, WorksUpdated)] == [
        WorksStatus.SCHEDULED, WorksStatus.IN_PROGRESS, WorksStatus.COMPLETED
    ]  # fmt: skip


def test_overlapping_works_are_imported_as_they_were(desk: Desk, path: Path) -> None:
    assert brought_in(desk, lines(path, WORKS, {**WORKS, "id": "3"})).works == 2


def test_a_component_is_known_from_the_first_record_that_names_it(desk: Desk, path: Path) -> None:
    none = {**INCIDENT, "id": "0", "impact": "none", "started_at": "2026-02-27T10:00:00Z", "resolved_at": None}
    brought_in(desk, lines(path, WORKS, INCIDENT, {**none, "updates": updates(("10:00", "Resolved"))}))
    known = said(desk, "actions")[-1].event
    assert (known.at, known.status) == (TEN - 2 * DAY, ComponentStatus.OPERATIONAL)


def test_what_somebody_said_before_is_not_set_aside(desk: Desk, path: Path) -> None:
    facts = {"key": "actions", "known": {"actions"}, "through": Through.PERSON, "at": TEN - DAY}
    stream, command = desk.name("component", "actions"), Command(desk.new_id())
    desk.components.act(command, stream, set_status, status=ComponentStatus.DEGRADED, **facts)  # type: ignore[arg-type]
    brought_in(desk, lines(path, INCIDENT))
    own = [each.event for each in said(desk, "actions") if each.event.incident is None]
    assert [each.status for each in own] == [ComponentStatus.DEGRADED]


def test_a_record_that_names_no_component_says_nothing_of_any(desk: Desk, path: Path) -> None:
    report = brought_in(desk, lines(path, {key: value for key, value in INCIDENT.items() if key != "components"}))
    assert (report.incidents, report.components, said(desk, "actions")) == (1, [], [])


def test_an_impact_means_what_the_operator_says(desk: Desk, path: Path) -> None:
    impacts = {**IMPACTS, IncidentImpact.MINOR: ComponentStatus.DEGRADED}
    imported(desk, read(lines(path, INCIDENT), Reading(impacts, "imported", desk.now())))
    assert said(desk, "actions")[0].event.status is ComponentStatus.DEGRADED


def test_an_incident_that_is_not_over_goes_on(desk: Desk, path: Path) -> None:
    found = incident(desk, path, resolved_at=None, updates=updates(("10:00", "Investigating"), ("11:00", "Monitoring")))
    assert found.claims == {"Actions": [Turn(TEN, ComponentStatus.PARTIAL_OUTAGE)]}
    assert found.updates[-1].status is IncidentStatus.MONITORING


def test_its_times_are_those_of_its_updates_if_nothing_else_is_told(desk: Desk, path: Path) -> None:
    course = updates(
        ("11:00", "Monitoring"), ("10:00", "Investigating"), ("12:00", "Resolved"), ("13:00", "Postmortem")
    )
    found = incident(desk, path, started_at=None, resolved_at=None, updates=course)
    assert found.claims["Actions"] == [
        Turn(TEN, ComponentStatus.PARTIAL_OUTAGE), Turn(TEN + 2 * HOUR, ComponentStatus.OPERATIONAL)
    ]  # fmt: skip


def test_an_end_that_no_update_tells_is_told_without_words(desk: Desk, path: Path) -> None:
    brought_in(desk, lines(path, {**INCIDENT, "updates": updates(("10:00", "Identified"))}))
    last = told_of(desk, "1")[-1].event
    assert (last.at, last.status, last.text) == (TEN + 2 * HOUR, IncidentStatus.RESOLVED, None)


def test_what_was_told_only_when_it_was_over_held_all_the_same(desk: Desk, path: Path) -> None:
    found = incident(desk, path, updates=updates(("12:00", "Resolved")))
    assert [turn.at for turn in found.claims["Actions"]] == [TEN, TEN + 2 * HOUR]
    assert [(each.old, each.new) for each in found.updates[0].affected] == [("partial_outage", "operational")]


def test_an_incident_without_length_makes_no_difference(desk: Desk, path: Path) -> None:
    found = incident(desk, path, started_at="2026-03-01T12:00:00Z", updates=updates(("12:00", "Resolved")))
    assert found.claims == {"Actions": []}


def test_an_incident_that_was_taken_up_again_lasts_until_it_is_over_for_good(desk: Desk, path: Path) -> None:
    course = updates(
        ("10:00", "Investigating"), ("11:00", "Resolved"), ("11:30", "Investigating"), ("12:00", "Resolved")
    )
    found = incident(desk, path, resolved_at=None, updates=course)
    assert found.claims["Actions"][-1].at == TEN + 2 * HOUR
    assert [len(each.affected) for each in found.updates] == [1, 0, 0, 1]


def test_works_whose_end_no_update_tells_end_as_the_record_says(desk: Desk, path: Path) -> None:
    [found] = reading(desk, lines(path, {**WORKS, "updates": WORKS["updates"][:2]})).records
    assert isinstance(found, Works)
    assert (found.over, found.updates[-1].status) == (TEN + 2 * DAY + 2 * HOUR, WorksStatus.COMPLETED)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("{", "EOF while parsing"),
        ("[]", "expected a JSON object"),
        (json.dumps(INCIDENT).replace("Nothing builds", "half \\ud800"), "Invalid JSON: "),
        ({**INCIDENT, "title": " "}, "title: there are no words"),
        ({**INCIDENT, "title": "a\x00b"}, "U+0000"),
        ({**INCIDENT, "url": "javascript:alert(1)"}, "url: this is no address of the web"),
        ({**INCIDENT, "impact": "odd"}, "impact: expected 'none', 'minor'"),
        ({**INCIDENT, "started_at": "yesterday"}, "started_at: expected an RFC 3339 date-time"),
        ({**INCIDENT, "started_at": "2026-03-01T13:00:00Z"}, "it was over before it began"),
        ({**INCIDENT, "resolved_at": "2999-03-01T13:00:00Z"}, "it tells of the future"),
        ({**INCIDENT, "updates": []}, "updates: "),
        ({**INCIDENT, "updates": updates(("10:00", "Sleeping"))}, "updates.0.status: "),
        ({**INCIDENT, "updates": updates(("10:00", "Completed"))}, "completed is said of nothing with this impact"),
        ({**WORKS, "updates": updates(("10:00", "Investigating"))}, "investigating is said of nothing"),
        ({**WORKS, "updates": WORKS["updates"][:1]}, "when the works began and when they were over is not told"),
        ({**INCIDENT, "id": "8"}, "8: the same id as line 1"),
    ],
)
def test_a_bad_record_is_told_by_line_and_reason_and_the_others_are_imported(
    desk: Desk, path: Path, record: object, reason: str
) -> None:
    report = brought_in(desk, lines(path, {**INCIDENT, "id": "8"}, "", record, {**WORKS, "id": "9"}))
    assert (report.incidents, report.works) == (1, 1)
    [fault] = report.rejected
    assert fault.place.startswith("line 3")
    assert reason in f"{fault.place}: {fault.reason}"
    assert told_of(desk, "1") == told_of(desk, "2", "maintenance") == []
