"""Incidents: announced by staff, read by anybody."""

from dataclasses import replace
from typing import Any

import pytest

from domain.code import code_of
from domain.component import ComponentStatus, Through
from domain.configuration.incident_template import IncidentTemplateDefined
from domain.configuration.label import Label
from domain.incident import IncidentStatus, Update, open_incident
from domain.instant import HOUR, MINUTE
from domain.token import TokenScope
from store.streams import Command
from tests.api.office import Member, Office, token_for
from tests.cast import AT

CUT = {
    "title": {"ru": "Обрыв", "en": "A cut"},
    "text": {"ru": "Ищем.", "en": "We are looking."},
    "components": {"uplink": "major_outage"},
}
FOUND = {"status": "identified", "text": {"en": "Found."}, "components": {"uplink": "partial_outage"}}
DONE = {"status": "resolved", "text": {"ru": "Устранено.", "en": "Done."}}


def opened(office: Office, **changes: Any) -> str:
    """The address of a new incident, which the views know."""
    answer = office.ask("ann", "POST", "/v1/incidents", CUT | changes)
    assert answer.status_code == 201, answer.text
    office.views.catch_up()
    return str(answer.headers["Location"])


def told(office: Office, address: str) -> Any:
    return office.ask(None, "GET", address).json()


def refused(office: Office, path: str, body: Any, method: str = "POST") -> Any:
    office.views.catch_up()
    return office.ask("ann", method, path, body).json()["code"]


def component(office: Office) -> Any:
    return told(office, "/v1/components")["items"][0]["status"]


def test_an_incident_is_announced_to_anybody(office: Office) -> None:
    incident = told(office, opened(office))
    assert (incident["status"], incident["impact"], incident["components"]) == ("investigating", "critical", ["uplink"])
    assert (incident["title"]["ru"], incident["started_at"]) == ("Обрыв", "2026-11-02T10:00:00.000Z")
    [first] = incident["updates"]
    assert (first["text"]["en"], first["affected"]) == (
        "We are looking.", [{"component": "uplink", "old": "operational", "new": "major_outage"}]
    )  # fmt: skip
    assert component(office) == "major_outage"


def test_the_answer_is_made_of_what_was_done(office: Office) -> None:
    answer = office.ask("ann", "POST", "/v1/incidents", CUT)
    done = answer.json()
    assert (done["events"], done["version"]) == (["incident.opened", "incident.updated"], 2)
    assert (answer.headers["ETag"], answer.headers["Location"]) == ('"2"', f"/v1/incidents/{done['id']}")
    read = office.ask(None, "GET", answer.headers["Location"], X_After_Position=str(done["position"]))
    assert read.headers["ETag"] == '"2"'
    assert [each["id"] for each in read.json()["updates"]] == [done["update"]]


def test_resolved_it_says_nothing_bad_any_more(office: Office) -> None:
    address = opened(office)
    office.clock.now += HOUR
    assert office.ask("ann", "POST", f"{address}/updates", FOUND).json()["status"] == "identified"
    assert component(office) == "partial_outage"
    office.clock.now += HOUR
    office.ask("ann", "POST", f"{address}/updates", DONE)
    incident = told(office, address)
    assert (incident["resolved_at"], component(office)) == ("2026-11-02T12:00:00.000Z", "operational")
    assert [each["status"] for each in incident["updates"]] == ["resolved", "identified", "investigating"]
    assert refused(office, f"{address}/updates", FOUND) == "incident_over"


def test_it_tells_which_languages_are_complete(office: Office) -> None:
    address = opened(office)
    done = office.ask("ann", "POST", f"{address}/updates", FOUND).json()
    assert done["languages"] == told(office, address)["languages"] == {"ru": False, "en": True}
    text = f"{address}/updates/{done['update']}/text"
    done = office.ask("ann", "PUT", text, {"ru": "Нашли.", "en": "Found."}).json()
    assert done["languages"] == told(office, address)["languages"] == {"ru": True, "en": True}


def test_words_can_be_changed_and_stay_readable_as_they_were(office: Office) -> None:
    address = opened(office)
    office.clock.now += HOUR
    office.ask("ann", "PUT", f"{address}/title", {"en": "A cut cable"})
    assert (told(office, address)["title"]["en"], told(office, address)["title"]["ru"]) == ("A cut cable", None)
    assert told(office, f"{address}?at=2026-11-02T10:30:00Z")["title"]["ru"] == "Обрыв"


def test_the_same_words_again_are_no_news(office: Office) -> None:
    address = opened(office)
    update = told(office, address)["updates"][0]["id"]
    for path, words in ((f"{address}/title", CUT["title"]), (f"{address}/updates/{update}/text", CUT["text"])):
        assert office.ask("ann", "PUT", path, words).json()["events"] == []


def test_a_template_says_what_is_left_out(office: Office) -> None:
    template = IncidentTemplateDefined(
        at=AT, key="cut", title=Label("Обрыв связи", "No link"), text=Label("Ищем.", "We are looking."),
        status=IncidentStatus.IDENTIFIED, components={"uplink": ComponentStatus.DEGRADED},
    )  # fmt: skip
    stream = office.desk.name("configuration")
    office.desk.configuration.act(Command(office.desk.new_id()), stream, lambda _: [template])
    assert [each["key"] for each in told_to_ann(office, "/v1/incident-templates")] == ["cut"]
    answer = office.ask("ann", "POST", "/v1/incidents", {"template": "cut", "title": {"en": "Another"}})
    incident = told(office, answer.headers["Location"])
    assert (incident["title"]["ru"], incident["title"]["en"]) == (None, "Another")
    assert (incident["status"], incident["impact"], incident["languages"]["en"]) == ("identified", "minor", True)


def told_to_ann(office: Office, path: str) -> Any:
    return office.ask("ann", "GET", path).json()


@pytest.mark.parametrize(("earlier", "status"), [(1, 200), (10_000, 422)])
def test_of_two_who_tell_more_at_once_the_later_one_may_have_asked_earlier(
    office: Office, earlier: int, status: int
) -> None:
    address = opened(office)
    office.clock.now -= earlier
    assert office.ask("ann", "POST", f"{address}/updates", FOUND).status_code == status


def test_what_is_told_late_is_marked(office: Office) -> None:
    address = opened(office, at="2026-11-02T09:00:00Z")
    office.ask("ann", "POST", f"{address}/updates", DONE | {"at": "2026-11-02T09:30:00Z"})
    incident = told(office, address)
    assert (incident["is_backdated"], incident["started_at"]) == (True, "2026-11-02T09:00:00.000Z")
    assert [each["is_backdated"] for each in incident["updates"]] == [True, True]
    assert incident["updates"][0]["created_at"] == "2026-11-02T10:00:00.000Z"


def test_more_can_be_told_of_an_incident_of_which_no_view_knows(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.reading.PATIENCE", 0.1)
    address = office.ask("ann", "POST", "/v1/incidents", CUT).headers["Location"]
    assert office.ask("ann", "POST", f"{address}/updates", DONE).json()["status"] == "resolved"
    assert office.ask("ann", "PUT", f"{address}/title", {"en": "Another"}).status_code == 200
    unknown = office.ask("ann", "POST", "/v1/incidents/abcdefabcdef/updates", DONE)
    assert (unknown.status_code, unknown.json()["code"]) == (503, "views_behind")


def test_an_incident_without_a_name_is_found_by_the_views(office: Office) -> None:
    unnamed, stream = replace(office.desk.incidents, elsewhere=lambda *_: ()), "1a" * 16
    first = Update("2b" * 16, IncidentStatus.INVESTIGATING, {"en": "Long ago."})
    facts: Any = {"known": frozenset(), "through": Through.IMPORT, "at": AT}
    unnamed.act(Command("3c" * 16), stream, open_incident, stream=stream, title={"en": "Old"}, first=first, **facts)
    office.views.catch_up()
    address = f"/v1/incidents/{code_of('incident', stream)}"
    assert office.ask("ann", "PUT", f"{address}/title", {"en": "Older"}).status_code == 200


def test_a_judged_impact_stays(office: Office) -> None:
    assert told(office, opened(office, impact="none"))["impact"] == "none"


def test_a_request_that_is_sent_again_is_answered_as_it_was(office: Office) -> None:
    first = office.ask("ann", "POST", "/v1/incidents", CUT, Idempotency_Key="one")
    office.views.catch_up()
    office.ask("ann", "PUT", f"{first.headers['Location']}/title", {"en": "Another"})
    again = office.ask("ann", "POST", "/v1/incidents", CUT, Idempotency_Key="one")
    assert (again.json(), again.headers["Location"]) == (first.json(), first.headers["Location"])
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_request_for_one_version_is_not_done_to_another(office: Office) -> None:
    address = opened(office)
    assert office.ask("ann", "POST", f"{address}/updates", FOUND, If_Match='"2"').status_code == 200
    late = office.ask("ann", "POST", f"{address}/updates", DONE, If_Match='"2"')
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert office.ask("ann", "POST", f"{address}/updates", DONE, If_Match="*").status_code == 200


def test_incidents_come_page_by_page_newest_first(office: Office) -> None:
    codes: list[str] = []
    for _ in range(3):
        codes.insert(0, opened(office, components={})[-12:])
        office.clock.now += MINUTE
    page = told(office, "/v1/incidents?limit=2")
    rest = told(office, f"/v1/incidents?cursor={page['cursor']}")
    assert [each["id"] for each in (*page["items"], *rest["items"])] == codes
    assert rest["cursor"] is None
    assert len(told(office, "/v1/incidents?at=2026-11-02T10:01:30Z")["items"]) == 2


def test_incidents_are_found_by_component_and_by_whether_they_are_over(office: Office) -> None:
    one, other = opened(office), opened(office, components={})
    office.ask("ann", "POST", f"{one}/updates", DONE)
    assert [each["id"] for each in told(office, "/v1/incidents?component=uplink")["items"]] == [one[-12:]]
    assert [each["id"] for each in told(office, "/v1/incidents?unresolved=true")["items"]] == [other[-12:]]
    assert told(office, "/v1/incidents?unresolved=true&component=uplink")["items"] == []


def test_who_announced_it_is_nobodys_business(office: Office) -> None:
    address = opened(office)
    for path in (address, "/v1/incidents"):
        assert office.people["ann"].id not in office.ask(None, "GET", path).text


def test_only_those_who_set_components_announce(office: Office) -> None:
    ann = office.people["ann"]
    reader = Member(ann.id, token_for(office.desk, ann.id, frozenset({TokenScope.TICKETS_READ})))
    for token in (reader, office.people["cy"], office.people["ada"]):
        assert office.client.post("/v1/incidents", json=CUT, headers=token.headers).status_code == 403
        assert office.client.get("/v1/incident-templates", headers=token.headers).status_code == 403


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"at": "2026-11-02T10:00:00.001Z"}, "at_ahead"),
        ({"title": None}, "text_missing"),
        ({"text": {}}, "text_missing"),
        ({"template": "moon"}, "template_unknown"),
        ({"components": {"moon": "degraded"}}, "component_unknown"),
        ({"status": "resolved"}, "over_but_affected"),
        ({"title": {"de": "Kabelbruch"}}, "invalid"),
        ({"components": {"uplink": "sleeping"}}, "invalid"),
    ],
)
def test_what_cannot_be_announced_is_refused(office: Office, changes: dict[str, Any], code: str) -> None:
    assert refused(office, "/v1/incidents", CUT | changes) == code


def test_what_is_not_there_is_refused(office: Office) -> None:
    address, nowhere = opened(office), "/v1/incidents/0123456789ab"
    assert told(office, nowhere)["code"] == "incident_unknown"
    assert refused(office, f"{nowhere}/updates", DONE) == "incident_unknown"
    assert refused(office, f"{address}/updates/0123456789ab/text", {"en": "x"}, "PUT") == "update_unknown"
    assert refused(office, f"{address}/updates", DONE | {"at": "2026-11-02T09:00:00Z"}) == "update_too_early"
    works = address.replace("incidents", "maintenances")
    assert told(office, works)["code"] == refused(office, f"{works}/title", {"en": "x"}, "PUT") == "works_unknown"


def test_words_that_were_taken_back_say_so(office: Office) -> None:
    address = opened(office)
    [stream] = {each.stream for each in office.desk.log.read_all() if each.envelope.name == "incident.opened"}
    office.desk.keys.destroy(stream, office.clock.now)
    incident = told(office, address)
    assert incident["title"] == incident["updates"][0]["text"] == {"state": "erased", "ru": None, "en": None}
    assert incident["languages"] == {"ru": False, "en": False}


def test_a_slip_of_the_year_is_not_published_for_ever(office: Office) -> None:
    answer = office.ask("ann", "POST", "/v1/incidents", CUT | {"at": "2006-11-02T09:00:00Z"})
    assert (answer.status_code, answer.json()["code"]) == (422, "at_before_the_desk")
    assert answer.json()["facts"] == {"earliest": "2025-11-01T10:00:00.000Z"}
