import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from domain.component import ComponentStatus, Through, WorksBegun, WorksEnded, WorksPlanned
from domain.configuration.component import ComponentDefined, ComponentGroupDefined
from domain.incident import IncidentImported, IncidentUpdated
from domain.instant import HOUR, MINUTE
from domain.maintenance import WorksAnnounced
from service.build import build_desk
from service.imports import statuspage
from service.imports.told import BadFile
from service.settings import Settings
from store.desk import Desk
from tests.service.imports.announced import TEN, page_brought_in, real, said, told_of

FILES: Final = (
    "digitalocean-components.json", "duo-components.json", "github-components-with-problem.json",
    "instructure-summary.json", "intercom-components.json", "reddit-components.json", "twilio-components.json",
)  # fmt: skip


def component(identity: str, name: str, status: str = "operational", **changes: Any) -> dict[str, Any]:
    at = "2026-03-01T09:00:00.000Z"
    return {
        "id": identity,
        "name": name,
        "status": status,
        "updated_at": at,
        "group_id": None,
        "group": False,
    } | changes


def affected(code: str, status: str) -> dict[str, str]:
    return {"code": code, "name": "Servers - Web", "old_status": "operational", "new_status": status}


def update(number: int, time: str, status: str, **changes: Any) -> dict[str, Any]:
    at = f"2026-03-01T{time}:00.000Z"
    return {"id": f"u{number}", "status": status, "body": f"Words {number}.", "created_at": at} | changes


WEB: Final = component("web0", "Web", "partial_outage", group_id="shops0")
COURSE: Final = (
    update(2, "10:30", "identified", affected_components=[affected("web0", "partial_outage")]),
    update(1, "10:05", "investigating", affected_components=[affected("web0", "degraded_performance")]),
)
INCIDENT: Final = {
    "id": "incident0",
    "name": "The web site is slow",
    "impact": "major",
    "created_at": "2026-03-01T10:00:00.000Z",
    "started_at": "2026-03-01T10:00:00.000Z",
    "resolved_at": None,
    "components": [WEB],
    "incident_updates": COURSE,
}
WORKS: Final = {
    "id": "works0",
    "name": "A new disk",
    "impact": "maintenance",
    "created_at": "2026-02-28T10:00:00.000Z",
    "scheduled_for": "2026-03-01T10:00:00.000Z",
    "scheduled_until": "2026-03-01T12:00:00.000Z",
    "components": [WEB],
    "incident_updates": [update(2, "12:01", "completed"), update(1, "10:01", "in_progress")],
}
PAGE: Final = {
    "page": {"id": "page0", "url": "https://status.example.org", "time_zone": "Etc/UTC"},
    "components": [
        component("shops0", "Shops", group=True, position=1), component("mail0", "Mail", position=2), WEB
    ],
    "incidents": [INCIDENT],
    "scheduled_maintenances": [],
}  # fmt: skip


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    yield built
    built.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "summary.json"


def page(path: Path, **changes: Any) -> Path:
    path.write_text(json.dumps(PAGE | changes))
    return path


@pytest.mark.parametrize("name", FILES)
def test_a_real_page_stands_here_as_it_stood_there_and_is_imported_once(desk: Desk, name: str) -> None:
    path = real(f"statuspage/{name}")
    there = [each for each in json.loads(path.read_text())["components"] if not each["group"]]
    report = page_brought_in(desk, path)
    assert (len(report.components), report.rejected) == (len(there), [])
    members = statuspage.read(path, desk.now()).members
    for each in there:
        here = desk.components.load(desk.name("component", members[each["id"]].key))[0]
        assert here.shown(desk.now()) == each["status"].replace("degraded_performance", "degraded"), each["name"]
    head = desk.log.head()
    again = page_brought_in(desk, path)
    assert (again.components, again.incidents, desk.log.head()) == ([], 0, head)


def test_the_real_summary_has_its_incident(desk: Desk) -> None:
    report = page_brought_in(desk, real("statuspage/instructure-summary.json"))
    assert (report.incidents, report.works, report.updates) == (1, 0, 11)
    told = told_of(desk, "g1zp3jpycgbz", source="status.instructure.com")
    assert [each.event.url for each in told if isinstance(each.event, IncidentImported)] == [
        "https://status.instructure.com/incidents/g1zp3jpycgbz"
    ]
    affected = [each.event.affected for each in told if isinstance(each.event, IncidentUpdated)]
    assert {change.component for change in affected[1]} == {"canvas"}
    assert affected[2] == affected[3] == ()


def test_components_stand_in_their_groups_in_the_order_of_the_page(desk: Desk, path: Path) -> None:
    assert page_brought_in(desk, page(path)).components == ["web", "mail"]
    state = desk.configured.state()
    components, groups = state.of(ComponentDefined), state.of(ComponentGroupDefined)
    assert [(each.key, each.group) for each in components.values()] == [("web", "shops"), ("mail", "imported")]
    assert [groups[key].label.ru for key in ("shops", "imported")] == ["Shops", "Импортировано"]


def test_names_that_several_components_have_are_told_apart(desk: Desk, path: Path) -> None:
    groups = [component(f"g{number}", f"Zone {number}", group=True) for number in (1, 2)]
    members = [component(f"c{number}", "Web", group_id=f"g{number}") for number in (1, 2)]
    twins = [component("t1", "Mail"), component("t2", "Mail")]
    report = page_brought_in(desk, page(path, components=[*groups, *members, *twins], incidents=[]))
    assert sorted(report.components) == ["mail-t1", "mail-t2", "zone-1-web", "zone-2-web"]


def test_what_an_incident_says_is_no_own_status(desk: Desk, path: Path) -> None:
    page_brought_in(desk, page(path))
    slow, partial, own = (each.event for each in said(desk, "web"))
    assert (slow.at, slow.status) == (TEN, ComponentStatus.DEGRADED)
    assert (partial.at, partial.status) == (TEN + 30 * MINUTE, ComponentStatus.PARTIAL_OUTAGE)
    assert (own.at, own.status, own.incident) == (TEN, ComponentStatus.OPERATIONAL, None)


def test_a_status_that_no_incident_explains_is_the_components_own(desk: Desk, path: Path) -> None:
    page_brought_in(desk, page(path, incidents=[]))
    [own] = (each.event for each in said(desk, "web"))
    assert (own.at, own.status, own.through) == (TEN - HOUR, ComponentStatus.PARTIAL_OUTAGE, Through.IMPORT)


def test_a_newer_answer_tells_what_has_changed(desk: Desk, path: Path) -> None:
    page_brought_in(desk, page(path, incidents=[]))
    newer = component("web0", "Web", updated_at="2026-03-01T11:00:00.000Z")
    page_brought_in(desk, page(path, components=[newer], incidents=[]))
    assert [each.event.status for each in said(desk, "web")] == ["partial_outage", "operational"]


def test_where_no_update_tells_of_components_the_impact_does(desk: Desk, path: Path) -> None:
    course = [update(2, "11:00", "resolved"), update(1, "10:00", "investigating")]
    page_brought_in(desk, page(path, incidents=[INCIDENT | {"incident_updates": course}]))
    claims = [each.event for each in said(desk, "web") if each.event.incident]
    assert [(each.at, each.status) for each in claims] == [
        (TEN, ComponentStatus.MAJOR_OUTAGE), (TEN + HOUR, ComponentStatus.OPERATIONAL)
    ]  # fmt: skip


def test_an_incident_that_is_over_says_nothing_any_more(desk: Desk, path: Path) -> None:
    course = [update(4, "12:00", "postmortem"), update(3, "11:00", "resolved"), *COURSE]
    over = INCIDENT | {"incident_updates": course, "resolved_at": "2026-03-01T11:00:00.000Z"}
    page_brought_in(desk, page(path, incidents=[over]))
    last = [each.event for each in said(desk, "web") if each.event.incident][-1]
    assert (last.at, last.status) == (TEN + HOUR, ComponentStatus.OPERATIONAL)


def test_a_list_of_incidents_brings_the_components_that_it_names(desk: Desk, path: Path) -> None:
    path.write_text(json.dumps({"page": PAGE["page"], "incidents": [INCIDENT]}))
    report = page_brought_in(desk, path)
    assert (report.incidents, report.components) == (1, ["web"])


def test_works_are_excused_from_when_they_begin(desk: Desk, path: Path) -> None:
    page_brought_in(desk, page(path, incidents=[], scheduled_maintenances=[WORKS]))
    planned, begun, ended = (each.event for each in said(desk, "web") if not hasattr(each.event, "status"))
    assert isinstance(planned, WorksPlanned)
    assert isinstance(begun, WorksBegun)
    assert isinstance(ended, WorksEnded)
    assert (planned.start, planned.end) == (TEN, TEN + 2 * HOUR)
    assert (begun.excused_from, begun.excused_until) == (TEN + MINUTE, ended.at) == (begun.at, TEN + 121 * MINUTE)


def test_works_ahead_are_announced_and_begin_by_themselves(desk: Desk, path: Path) -> None:
    ahead = {"scheduled_for": "2999-03-01T10:00:00.000Z", "scheduled_until": "2999-03-01T12:00:00.000Z"}
    works = WORKS | ahead | {"incident_updates": [update(1, "09:00", "scheduled")]}
    assert page_brought_in(desk, page(path, incidents=[], scheduled_maintenances=[works])).works == 1
    [announced] = (
        each.event for each in told_of(desk, "works0", "maintenance", "status.example.org")
        if isinstance(each.event, WorksAnnounced)
    )  # fmt: skip
    assert announced.start - TEN > 900 * 365 * 24 * HOUR
    assert [type(each.event) for each in said(desk, "web")][:1] == [WorksPlanned]


def test_works_under_way_are_no_own_status_either(desk: Desk, path: Path) -> None:
    under_way = {"scheduled_until": "2999-03-01T12:00:00.000Z", "incident_updates": [update(1, "10:00", "in_progress")]}
    web = component("web0", "Web", "under_maintenance")
    page_brought_in(desk, page(path, components=[web], incidents=[], scheduled_maintenances=[WORKS | under_way]))
    state = desk.components.load(desk.name("component", "web"))[0]
    assert (state.status, state.shown(TEN + HOUR)) == (ComponentStatus.OPERATIONAL, ComponentStatus.UNDER_MAINTENANCE)


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"components": [{}]}, "components[0]", "id: it is missing"),
        ({"components": [component("a", "A", "sleeping")]}, "components[0]", "status: "),
        ({"incidents": [INCIDENT | {"impact": "odd"}]}, "incidents[0]", "impact: "),
        ({"incidents": [INCIDENT | {"incident_updates": []}]}, "incidents[0]", "incident_updates: "),
        ({"incidents": [INCIDENT | {"started_at": "2999-01-01T00:00:00Z"}]}, "incidents[0]: incident0", "the future"),
        (
            {"incidents": [INCIDENT | {"incident_updates": [update(1, "09:00", "resolved")]}]},
            "incidents[0]: incident0", "it was over before it began",
        ),
        ({"components": [], "incidents": [INCIDENT | {"components": []}]}, "incidents[0]", "web0 is not in the file"),
        (
            {"scheduled_maintenances": [WORKS | {"incident_updates": [update(1, "09:00", "scheduled")]}]},
            "scheduled_maintenances[0]: works0", "were to be over by now",
        ),
        (
            {"scheduled_maintenances": [WORKS | {"incident_updates": [update(1, "09:00", "completed")]}]},
            "scheduled_maintenances[0]: works0", "it is not told when they began",
        ),
        (
            {"scheduled_maintenances": [WORKS | {"scheduled_until": "2026-03-01T09:00:00.000Z"}]},
            "scheduled_maintenances[0]: works0", "it was over before it began",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_its_place(
    desk: Desk, path: Path, changes: dict[str, Any], place: str, reason: str
) -> None:
    report = page_brought_in(desk, page(path, **changes))
    [fault] = report.rejected
    assert fault.place.startswith(place)
    assert reason in fault.reason


@pytest.mark.parametrize("text", ["", "{", "[]", '{"page": {"url": "https://x.org"}}', '{"components": []}', "\udcff"])
def test_a_file_that_is_no_answer_of_the_api_is_refused(desk: Desk, path: Path, text: str) -> None:
    path.write_text(text, errors="surrogateescape")
    with pytest.raises(BadFile):
        statuspage.read(path, desk.now())
