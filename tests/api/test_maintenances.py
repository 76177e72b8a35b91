"""Planned works: announced by staff, read by anybody."""

from typing import Any

import pytest

from domain.instant import DAY, HOUR
from domain.maintenance import tick
from store.streams import Command
from tests.api.office import Office

SWITCH = {
    "title": {"ru": "Замена", "en": "A new switch"},
    "text": {"ru": "Кратко прервётся.", "en": "A short break."},
    "components": ["uplink"],
    "start": "2026-11-05T20:00:00Z",
    "end": "2026-11-05T22:00:00Z",
}
EARLY = {"status": "in_progress", "text": {"en": "We begin."}}
CANCELLED = {"status": "cancelled", "text": {"en": "Not today."}}


def announced(office: Office, **changes: Any) -> str:
    """The address of new works, which the views know."""
    answer = office.ask("ann", "POST", "/v1/maintenances", SWITCH | changes)
    assert answer.status_code == 201, answer.text
    office.views.catch_up()
    return str(answer.headers["Location"])


def told(office: Office, address: str) -> Any:
    return office.ask(None, "GET", address).json()


def ids(office: Office, query: str) -> list[str]:
    return [each["id"] for each in told(office, f"/v1/maintenances?{query}")["items"]]


def test_works_are_announced_to_anybody(office: Office) -> None:
    works = told(office, announced(office))
    assert (works["status"], works["components"], works["title"]["ru"]) == ("scheduled", ["uplink"], "Замена")
    assert (works["announced_at"], works["start"], works["end"], works["over_at"]) == (
        "2026-11-02T10:00:00.000Z", "2026-11-05T20:00:00.000Z", "2026-11-05T22:00:00.000Z", None
    )  # fmt: skip
    assert works["languages"] == {"ru": True, "en": True}


def test_they_can_be_put_off_told_about_and_called_off(office: Office) -> None:
    address = announced(office)
    later = {"start": "2026-11-06T20:00:00Z", "end": "2026-11-06T23:00:00Z"}
    assert office.ask("ann", "PUT", f"{address}/schedule", later).json()["events"] == ["maintenance.rescheduled"]
    assert told(office, address)["end"] == "2026-11-06T23:00:00.000Z"
    assert told(office, f"{address}?at=2026-11-02T10:00:00Z")["status"] == "scheduled"
    assert office.ask("ann", "POST", f"{address}/updates", CANCELLED).json()["status"] == "cancelled"
    assert told(office, address)["over_at"] == "2026-11-02T10:00:00.000Z"
    assert office.ask("ann", "PUT", f"{address}/schedule", later).json()["code"] == "works_over"


def test_of_two_who_tell_more_at_once_the_later_one_may_have_asked_earlier(office: Office) -> None:
    address = announced(office)
    office.clock.now -= 1
    assert office.ask("ann", "POST", f"{address}/updates", CANCELLED).status_code == 200


def test_more_can_be_told_of_works_of_which_no_view_knows(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.reading.PATIENCE", 0.1)
    address = office.ask("ann", "POST", "/v1/maintenances", SWITCH).headers["Location"]
    assert office.ask("ann", "POST", f"{address}/updates", CANCELLED).json()["status"] == "cancelled"


def test_a_component_is_under_maintenance_while_they_last(office: Office) -> None:
    address = announced(office)
    office.clock.now += 3 * DAY + 10 * HOUR
    office.ask("ann", "POST", f"{address}/updates", EARLY)
    assert told(office, "/v1/components")["items"][0]["status"] == "under_maintenance"
    office.ask("ann", "POST", f"{address}/updates", {"status": "completed", "text": {"en": "Done."}})
    assert told(office, "/v1/components")["items"][0]["status"] is None


def test_what_time_alone_did_has_no_words(office: Office) -> None:
    address = announced(office)
    stream = office.desk.log.read_all()[-1].event.works
    office.clock.now += 3 * DAY + 10 * HOUR
    facts: dict[str, Any] = {"stream": stream, "update": office.desk.new_id(), "at": office.clock.now}
    office.desk.maintenances.act(Command(office.desk.new_id()), stream, tick, **facts)
    works = told(office, address)
    assert (works["updates"][0]["status"], works["updates"][0]["text"]) == ("in_progress", None)
    assert works["languages"] == {"ru": True, "en": True}


def test_words_can_be_changed(office: Office) -> None:
    address = announced(office)
    update = told(office, address)["updates"][0]["id"]
    assert office.ask("ann", "PUT", f"{address}/title", SWITCH["title"]).json()["events"] == []
    office.ask("ann", "PUT", f"{address}/title", {"ru": "Новый коммутатор"})
    office.ask("ann", "PUT", f"{address}/updates/{update}/text", {"ru": "На минуту."})
    works = told(office, address)
    assert (works["title"]["ru"], works["updates"][0]["text"]["ru"]) == ("Новый коммутатор", "На минуту.")
    assert works["languages"] == {"ru": True, "en": False}


def test_works_are_found_by_when_and_where(office: Office) -> None:
    far = announced(office, start="2026-12-05T20:00:00Z", end="2026-12-05T22:00:00Z")[-12:]
    near = announced(office)
    assert ids(office, "when=ahead") == [near[-12:], far]
    office.ask("ann", "POST", f"{near}/updates", EARLY)
    assert (ids(office, "when=under_way"), ids(office, "when=ahead")) == ([near[-12:]], [far])
    assert (ids(office, "component=moon"), len(ids(office, "component=uplink"))) == ([], 2)
    assert ids(office, "when=ahead&component=moon") == []


def test_works_come_page_by_page(office: Office) -> None:
    far = {"start": "2026-12-05T20:00:00Z", "end": "2026-12-05T22:00:00Z"}
    both = {announced(office)[-12:], announced(office, **far)[-12:]}
    page = told(office, "/v1/maintenances?limit=1")
    assert {page["items"][0]["id"], *ids(office, f"cursor={page['cursor']}")} == both


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end": "2026-11-05T19:00:00Z"}, "works_too_short"),
        ({"start": "2026-11-01T19:00:00Z"}, "works_too_late"),
        ({"components": ["moon"]}, "component_unknown"),
        ({"components": []}, "invalid"),
        ({"text": {}}, "text_missing"),
    ],
)
def test_what_cannot_be_announced_is_refused(office: Office, changes: dict[str, Any], code: str) -> None:
    assert office.ask("ann", "POST", "/v1/maintenances", SWITCH | changes).json()["code"] == code


def test_overlapping_works_are_refused_with_their_time(office: Office) -> None:
    announced(office)
    problem = office.ask("ann", "POST", "/v1/maintenances", SWITCH | {"start": "2026-11-05T21:00:00Z"}).json()
    assert (problem["code"], problem["facts"]["start"]) == ("works_overlap", "2026-11-05T20:00:00.000Z")


def test_works_are_no_incident(office: Office) -> None:
    works = announced(office)
    assert told(office, works.replace("maintenances", "incidents"))["code"] == "incident_unknown"
    assert told(office, "/v1/incidents")["items"] == []
