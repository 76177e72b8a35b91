import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from domain.component import ComponentStatus
from domain.incident import IncidentStatus
from domain.instant import DAY, HOUR, MINUTE
from domain.maintenance import WorksStatus
from service.settings import Settings
from tests.projections.announcing import announce, plan, post, reword, turn, wait
from tests.status_page.files.published import ADDRESS, SHARED, Published, publishing

ONE, WORKS = "1a" * 16, "3c" * 16
FILES = sorted((SHARED / "statuspage").glob("*.json"))
OUTAGE, SLOW, WELL = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED, ComponentStatus.OPERATIONAL
V2 = "/api/v2"
DOCUMENTS = {
    "summary": ["page", "components", "incidents", "scheduled_maintenances", "status"],
    "status": ["page", "status"],
    "components": ["page", "components"],
    "incidents": ["page", "incidents"],
    "incidents/unresolved": ["page", "incidents"],
    "scheduled-maintenances": ["page", "scheduled_maintenances"],
    "scheduled-maintenances/upcoming": ["page", "scheduled_maintenances"],
    "scheduled-maintenances/active": ["page", "scheduled_maintenances"],
}


@pytest.fixture
def full(site: Published) -> Published:
    """An open incident, and works ahead."""
    site.set("web", WELL)
    site.set("mail", WELL)
    announce(site.story, ONE)
    plan(site.story, WORKS)
    return site


def real(kind: str) -> Iterator[list[str]]:
    """The keys of each object of a kind in the files of real pages, in their order."""
    for file in FILES:
        told = json.loads(file.read_text())
        incidents = told.get("incidents", [])
        found = {
            "page": [told["page"]],
            "component": [each for each in told["components"] if not each["group"]],
            "group": [each for each in told["components"] if each["group"]],
            "incident": incidents,
            "update": [update for each in incidents for update in each["incident_updates"]],
            "affected": [
                affected
                for each in incidents
                for update in each["incident_updates"]
                for affected in update["affected_components"] or []
            ],
        }
        yield from (list(each) for each in found[kind])


@pytest.mark.parametrize("kind", ["page", "component", "group", "incident", "update", "affected"])
def test_every_object_has_the_keys_of_real_ones_in_their_order(full: Published, kind: str) -> None:
    summary = full.json(f"{V2}/summary.json")
    incident = summary["incidents"][0]
    ours = {
        "page": summary["page"],
        "component": summary["components"][1],
        "group": summary["components"][0],
        "incident": incident,
        "update": incident["incident_updates"][0],
        "affected": incident["incident_updates"][0]["affected_components"][0],
    }
    known = [*real(kind)]
    assert known
    assert all(each == list(ours[kind]) for each in known)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_says_its_own_and_no_list_is_null(site: Published, name: str) -> None:
    told = site.json(f"{V2}/{name}.json")
    assert list(told) == DOCUMENTS[name]
    assert not [key for key, value in told.items() if value is None]
    assert list(told["page"]) == ["id", "name", "url", "time_zone", "updated_at"]


def test_works_are_an_incident_with_their_time(full: Published) -> None:
    told = full.json(f"{V2}/summary.json")
    (works,), (incident,) = told["scheduled_maintenances"], told["incidents"]
    assert list(works) == [*incident, "scheduled_for", "scheduled_until"]
    assert (works["impact"], works["status"], works["resolved_at"]) == ("maintenance", "scheduled", None)


def test_ids_are_twelve_letters_and_digits_and_stay(full: Published) -> None:
    before, after = (re.findall(r'"(?:\w+_)?id":"(\w+)"', full.text(f"{V2}/summary.json")) for _ in range(2))
    assert before == after
    assert all(re.fullmatch("[a-z0-9]{12}", each) for each in before)
    assert len({*before}) == 8


def stamps(told: Any) -> set[str]:
    return set(re.findall(r'_(?:at|for|until)":"([^"]*)"', told))


def test_times_have_milliseconds_and_the_offset_of_the_page(full: Published) -> None:
    assert all(re.fullmatch(r".{19}\.\d{3}\+03:00", each) for each in stamps(full.text(f"{V2}/summary.json")))


def test_times_of_a_page_in_utc_end_with_z(sqlite_settings: Settings) -> None:
    with publishing(sqlite_settings, "Etc/UTC") as site:
        announce(site.story, ONE)
        assert all(re.fullmatch(r".{19}\.\d{3}Z", each) for each in stamps(site.text(f"{V2}/incidents.json")))


def test_a_group_is_as_its_worst_member_and_lists_them(full: Published) -> None:
    group, *members = full.json(f"{V2}/components.json")["components"]
    assert (group["group"], group["status"]) == (True, "major_outage")
    assert group["components"] == [each["id"] for each in members]
    assert {each["group_id"] for each in members} == {group["id"]}
    assert [(each["name"], each["status"]) for each in members] == [
        ("Node mail", "operational"), ("Node web", "major_outage")
    ]  # fmt: skip


def test_a_component_of_which_nothing_is_known_is_left_out_and_the_page_says_so(site: Published) -> None:
    assert site.json(f"{V2}/components.json")["components"] == []
    site.set("web", WELL)
    group, web = site.json(f"{V2}/components.json")["components"]
    assert group["components"] == [web["id"]]
    assert site.json(f"{V2}/status.json")["status"] == {"indicator": "minor", "description": "State Not Fully Known"}


def test_a_page_that_is_behind_claims_nothing(well: Published) -> None:
    assert well.json(f"{V2}/status.json")["status"]["indicator"] == "none"
    assert well.json(f"{V2}/status.json", is_behind=True)["status"]["indicator"] == "minor"


def test_an_open_incident_is_never_told_as_none(well: Published) -> None:
    announce(well.story, ONE, components={})
    assert well.json(f"{V2}/status.json")["status"]["indicator"] == "minor"
    post(well.story, ONE, IncidentStatus.RESOLVED)
    assert well.json(f"{V2}/status.json")["status"]["indicator"] == "none"


def test_an_incident_is_unresolved_until_it_is_resolved(full: Published) -> None:
    full.story.after(HOUR)
    post(full.story, ONE, IncidentStatus.RESOLVED)
    assert full.json(f"{V2}/incidents/unresolved.json")["incidents"] == []
    assert full.json(f"{V2}/summary.json")["incidents"] == []
    (incident,) = full.json(f"{V2}/incidents.json")["incidents"]
    assert incident["status"] == "resolved"
    assert incident["resolved_at"] > incident["started_at"]
    assert [each["status"] for each in incident["incident_updates"]] == ["resolved", "investigating"]


def test_an_update_names_what_it_changes_with_its_group(full: Published) -> None:
    (incident,) = full.json(f"{V2}/incidents.json")["incidents"]
    (affected,) = incident["incident_updates"][0]["affected_components"]
    assert affected["code"] == incident["components"][0]["id"]
    assert [*affected.values()][1:] == ["Servers - Node web", "operational", "major_outage"]
    assert incident["shortlink"] == f"{ADDRESS}/incidents/{incident['id']}"


def test_an_update_that_changes_no_component_says_null(full: Published) -> None:
    post(full.story, ONE, IncidentStatus.IDENTIFIED)
    (incident,) = full.json(f"{V2}/incidents.json")["incidents"]
    assert incident["incident_updates"][0]["affected_components"] is None


def test_texts_are_in_english_or_else_in_russian(full: Published) -> None:
    (incident,) = full.json(f"{V2}/incidents.json")["incidents"]
    assert (incident["name"], incident["incident_updates"][0]["body"]) == ("Outage", "We are looking into it.")
    full.reword(ONE, ru="Сбой")
    assert full.json(f"{V2}/incidents.json")["incidents"][0]["name"] == "Сбой"


def test_new_words_are_told_with_their_time(full: Published) -> None:
    full.story.after(HOUR)
    reword(full.story, ONE)
    (incident,) = full.json(f"{V2}/incidents.json")["incidents"]
    assert incident["updated_at"] > incident["created_at"]
    assert incident["name"] == "We look into it."


def statuses(site: Published, name: str) -> list[str]:
    return [each["status"] for each in site.json(f"{V2}/{name}.json")["scheduled_maintenances"]]


def test_works_are_upcoming_then_active_then_over(well: Published) -> None:
    plan(well.story, WORKS)
    assert (statuses(well, "scheduled-maintenances/upcoming"), statuses(well, "summary")) == (["scheduled"],) * 2
    well.story.after(HOUR)
    wait(well.story, WORKS)
    assert (statuses(well, "scheduled-maintenances/active"), statuses(well, "summary")) == (["in_progress"],) * 2
    assert well.json(f"{V2}/status.json")["status"]["indicator"] == "maintenance"
    well.story.after(HOUR)
    wait(well.story, WORKS)
    assert (statuses(well, "scheduled-maintenances"), statuses(well, "summary")) == (["completed"], [])


def test_works_that_were_called_off_are_left_out(well: Published) -> None:
    plan(well.story, WORKS)
    turn(well.story, WORKS, WorksStatus.CANCELLED)
    assert [statuses(well, name) for name in DOCUMENTS if "maintenances" in name] == [[], [], []]


def test_the_fifty_newest_are_told(well: Published) -> None:
    for number in range(51):
        well.story.after(MINUTE)
        announce(well.story, f"{number:032x}", status=IncidentStatus.RESOLVED, components={})
    told = well.json(f"{V2}/incidents.json")["incidents"]
    assert len(told) == 50
    assert told[0]["started_at"] > told[-1]["started_at"]


def test_works_that_were_called_off_take_no_place_among_the_fifty(well: Published) -> None:
    plan(well.story, WORKS)
    for number in range(50):
        well.story.after(MINUTE)
        plan(well.story, f"{number:032x}", components=frozenset({"mail"}))
        turn(well.story, f"{number:032x}", WorksStatus.CANCELLED)
    assert statuses(well, "scheduled-maintenances") == ["scheduled"]


def test_a_document_changes_only_if_what_it_says_does(full: Published) -> None:
    before = full.bytes(f"{V2}/summary.json")
    full.story.after(MINUTE)
    full.story.open()
    assert full.bytes(f"{V2}/summary.json") == before
    full.story.after(DAY)
    full.set("mail", SLOW)
    assert full.json(f"{V2}/summary.json")["page"]["updated_at"] > json.loads(before)["page"]["updated_at"]
