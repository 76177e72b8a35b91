"""A ticket's life through the API, as facts."""

from threading import Event
from typing import Any

import pytest

from domain.instant import MINUTE
from service.jobs import Loop
from service.timers import ticking
from tests.api.office import OPENING, Office

LATER = "2026-11-04T10:00:00.000Z"


def test_a_contact_opens_a_ticket_for_the_firm(office: Office) -> None:
    answer = office.ask("cy", "POST", "/v1/tickets", OPENING)
    told = answer.json()["ticket"]
    assert (answer.status_code, answer.headers["ETag"]) == (201, f'"{answer.json()["version"]}"')
    assert answer.headers["Location"] == f"/v1/tickets/{told['reference']}"
    assert (told["organisation"], told["requester"], told["priority"]) == (
        office.acme,
        office.people["cy"].id,
        "critical",
    )
    assert (told["stage"], told["line"], told["team"]) == ("opened", "first", "service-desk")


def test_staff_open_a_ticket_on_a_clients_behalf(office: Office) -> None:
    cy = office.people["cy"].id
    answer = office.ask(
        "ann", "POST", "/v1/tickets", OPENING | {"organisation": office.acme, "requester": cy, "channel": "phone"}
    )
    assert (answer.status_code, answer.json()["ticket"]["requester"]) == (201, cy)


@pytest.mark.parametrize(
    ("who", "changes", "status", "code"),
    [
        ("ann", {}, 422, "organisation_missing"),
        ("cy", {"category": "nonsense"}, 422, "category_unknown"),
        ("cy", {"requester": "cleo"}, 403, "not_allowed"),
        ("eve", {"organisation": "acme"}, 403, "not_allowed"),
        ("ann", {"organisation": "acme", "requester": "eve"}, 422, "person_is_no_contact_of_organisation"),
        ("ada", {"organisation": "acme"}, 403, "not_allowed"),
    ],
)
def test_a_ticket_is_opened_by_whoever_may_for_whoever_is_a_contact(
    office: Office, who: str, changes: dict[str, str], status: int, code: str
) -> None:
    ids = {"acme": office.acme} | {name: member.id for name, member in office.people.items()}
    answer = office.ask(
        who, "POST", "/v1/tickets", OPENING | {key: ids.get(each, each) for key, each in changes.items()}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


STEPS: list[tuple[str, str, str, Any, str]] = [
    ("ann", "PUT", "acceptance", None, "ticket.accepted"),
    ("ann", "PUT", "assignment", {"owner": "lea"}, "ticket.assigned"),
    ("ann", "POST", "notes", {"body": "a loose cable"}, "ticket.noted"),
    (
        "ann",
        "POST",
        "messages",
        {"body": "Which printer?", "then_wait": {"what": "client", "until": LATER}},
        "ticket.waited",
    ),
    ("cy", "POST", "messages", {"body": "All; please hurry"}, "ticket.client_wrote"),
    ("ann", "POST", "messages", {"body": "He called", "from_client": True, "channel": "phone"}, "ticket.client_wrote"),
    ("ann", "POST", "messages", {"body": "On our way"}, "ticket.answered"),
    ("ann", "PUT", "wait", {"what": "vendor", "until": LATER}, "ticket.waited"),
    ("ann", "DELETE", "wait", None, "ticket.wait_ended"),
    ("ann", "PUT", "priority", {"impact": "low", "urgency": "low"}, "ticket.reprioritised"),
    ("ann", "PUT", "kind", {"kind": "request"}, "ticket.reclassified"),
    ("ann", "PUT", "category", {"category": "network", "complexity": "complex"}, "ticket.categorised"),
    ("ann", "PUT", "next-act", {"what": "Call", "due": LATER}, "ticket.next_act_stated"),
    ("ann", "DELETE", "next-act", None, "ticket.next_act_done"),
    ("ann", "PUT", "deadlines/resolution", {"due": "2026-11-02T12:00:00Z"}, "ticket.deadline_tightened"),
    ("lea", "PUT", "verdicts/reaction/1/exclusion", {"reason": "clock_error"}, "ticket.verdict_excluded"),
    ("ann", "PUT", "line", {"team": "engineers", "reason": "knowledge"}, "ticket.handed_over"),
    ("ben", "PUT", "acceptance", None, "ticket.accepted"),
    ("ben", "PUT", "resolution", {"body": "The toner is out"}, "ticket.resolved"),
    ("cy", "PUT", "reopening", None, "ticket.reopened"),
    (
        "ben",
        "PUT",
        "refusal",
        {"cause": "by_design", "explanation": "So it is", "alternatives": "Wait"},
        "ticket.refused",
    ),
    ("cy", "PUT", "closure", {"how": "confirmed"}, "ticket.closed"),
    ("cy", "PUT", "rating", {"csat": 5, "nps": 10, "comment": "Quick"}, "ticket.rated"),
]


def test_a_ticket_lives_from_acceptance_to_its_rating(office: Office) -> None:
    ticket = office.open()
    for who, method, noun, body, event in STEPS:
        answer = office.ask(who, method, f"{ticket}/{noun}", _with_ids(office, body))
        assert answer.status_code in {200, 201}, (noun, answer.text)
        assert event in answer.json()["events"], noun


def _with_ids(office: Office, body: Any) -> Any:
    return {key: office.people[each].id if key == "owner" else each for key, each in body.items()} if body else None


@pytest.mark.parametrize("step", [STEPS[0], STEPS[7], STEPS[9], STEPS[11]], ids=lambda step: step[2])
def test_what_is_so_already_brings_no_event(office: Office, step: tuple[str, str, str, Any, str]) -> None:
    ticket, (who, method, noun, body, event) = office.open(), step
    assert event in office.ask(who, method, f"{ticket}/{noun}", body).json()["events"]
    again = office.ask(who, method, f"{ticket}/{noun}", body)
    assert (again.status_code, again.json()["events"], again.json()["position"]) == (200, [], 0)


def test_a_duplicate_becomes_part_of_the_other(office: Office) -> None:
    one, other = office.open(), office.open()
    assert "ticket.merged" in office.ask("ann", "PUT", f"{one}/merge", {"into": other[-9:]}).json()["events"]
    assert office.ask("ann", "GET", one).json()["merged_into"] == other[-9:]
    refused = office.ask("ann", "PUT", f"{one}/acceptance")
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket_merged")


def test_a_link_is_made_and_taken_back_and_only_staff_see_it(office: Office) -> None:
    one, other = office.open(), office.open()
    link = f"{one}/links/{other[-9:]}/caused-by"
    assert office.ask("ann", "PUT", link).json()["events"] == ["ticket.linked"]
    assert office.ask("ann", "GET", one).json()["links"] == [{"reference": other[-9:], "how": "caused-by"}]
    assert office.ask("cy", "GET", one).json()["links"] == []
    assert office.ask("ann", "DELETE", link).json()["events"] == ["ticket.unlinked"]


def test_terms_are_moved_by_a_lead_to_the_version_in_force(office: Office) -> None:
    ticket, body = office.open(), {"level": "standard", "reason": "correction"}
    assert office.ask("ann", "PUT", f"{ticket}/terms", body).status_code == 403
    assert office.ask("lea", "PUT", f"{ticket}/terms", body).json()["events"] == []
    refused = office.ask("lea", "PUT", f"{ticket}/terms", body | {"level": "gold"})
    assert refused.json()["code"] == "level_withdrawn"


def test_only_an_answer_is_followed_by_a_wait(office: Office) -> None:
    body = {"body": "Hello", "then_wait": {"what": "client", "until": LATER}}
    assert office.ask("cy", "POST", f"{office.open()}/messages", body).json()["code"] == "client_does_not_wait"


def test_the_ticket_tells_what_was_asked_and_what_comes_next(office: Office) -> None:
    told = office.ask("cy", "GET", office.open()).json()
    assert told["text"] == {"state": "readable", "parts": {"subject": OPENING["subject"], "body": OPENING["body"]}}
    assert told["opened_at"] == "2026-11-02T10:00:00.000Z"
    assert told["next_act"] == "2026-11-02T10:15:00.000Z"


def test_the_past_is_told_as_it_was_known_and_as_it_had_happened(office: Office) -> None:
    ticket = office.open()
    office.clock.now += 60_000
    office.ask("ann", "PUT", f"{ticket}/acceptance")
    then = "?at=2026-11-02T10:00:30Z", "?happened=2026-11-02T10:00:30Z", ""
    stages = [office.ask("cy", "GET", ticket + query).json()["ticket"]["stage"] for query in then]
    assert stages == ["opened", "opened", "accepted"]
    assert office.ask("cy", "GET", f"{ticket}?at=2026-11-02T09:00:00Z").status_code == 404


def test_messages_come_page_by_page_and_notes_to_staff_alone(office: Office) -> None:
    ticket = office.open()
    office.ask("ann", "POST", f"{ticket}/notes", {"body": "a loose cable"})
    office.ask("cy", "POST", f"{ticket}/messages", {"body": "please hurry"})
    first = office.ask("ann", "GET", f"{ticket}/messages?limit=2").json()
    rest = office.ask("ann", "GET", f"{ticket}/messages?after={first['next_after']}").json()
    assert [each["what"] for each in first["messages"]] == ["ticket.opened", "ticket.noted"]
    assert [each["text"]["parts"] for each in rest["messages"]] == [{"body": "please hurry"}]
    assert "loose cable" not in office.ask("cy", "GET", f"{ticket}/messages").text


def test_the_segments_of_a_clock_add_up_to_what_it_used(office: Office) -> None:
    ticket = office.open()
    office.clock.now += 600_000
    office.ask("ann", "PUT", f"{ticket}/acceptance")
    told = office.ask("cy", "GET", f"{ticket}/clocks").json()
    reaction = next(each for each in told["clocks"] if each["clock"] == "reaction")
    assert (reaction["used"], reaction["target"], reaction["standing"]) == (600_000, 900_000, "stopped")
    assert [each["reason"] for each in reaction["segments"]] == ["open"]
    assert told["verdicts"][0]["outcome"] == "met"


def test_a_clock_that_was_breached_while_it_ran_stops_when_it_is_answered(office: Office) -> None:
    ticket = office.open()
    office.clock.now += 1_200_000
    office.views.catch_up()
    Loop([ticking(office.desk, office.views.engine)], office.clock).round(Event())
    office.ask("ann", "PUT", f"{ticket}/acceptance")
    told = office.ask("cy", "GET", f"{ticket}/clocks").json()
    reaction = next(each for each in told["clocks"] if each["clock"] == "reaction")
    assert (reaction["standing"], reaction["used"]) == ("stopped", 1_200_000)
    assert [each["outcome"] for each in told["verdicts"] if each["clock"] == "reaction"] == ["breached"]


def test_the_trail_tells_every_event_in_the_callers_language(office: Office) -> None:
    ticket = office.open()
    office.ask("ann", "PUT", f"{ticket}/acceptance")
    told = office.ask("ann", "GET", f"{ticket}/trail", Accept_Language="ru").json()["events"]
    assert "Somebody: принято в работу" in [each["words"] for each in told]
    assert office.ask("cy", "GET", f"{ticket}/trail").status_code == 403
    page = office.ask("ada", "GET", f"{ticket}/trail?limit=1").json()
    assert page["next_before"] == told[0]["position"]


def test_a_client_says_in_one_step_that_it_is_not_over_and_why(office: Office) -> None:
    ticket = office.open()
    office.ask("ann", "PUT", f"{ticket}/resolution", {"body": "The toner is out"})
    answer = office.ask("cy", "PUT", f"{ticket}/reopening", {"body": "It still blinks", "channel": "portal"})
    assert {"ticket.reopened", "ticket.client_wrote"} <= set(answer.json()["events"])
    assert answer.json()["ticket"]["owes_answer"] is True


def test_staff_who_reopen_say_what_they_have_to_say_apart(office: Office) -> None:
    ticket = office.open()
    office.ask("ann", "PUT", f"{ticket}/resolution", {"body": "The toner is out"})
    refused = office.ask("ann", "PUT", f"{ticket}/reopening", {"body": "He called: it still blinks"})
    assert (refused.status_code, refused.json()["code"]) == (422, "reopening_words_are_the_clients")
    assert "ticket.reopened" in office.ask("ann", "PUT", f"{ticket}/reopening").json()["events"]


def test_a_ticket_whose_due_lies_beyond_its_calendar_is_told_without_it(office: Office) -> None:
    calendars = office.desk.configured.state().calendars.values()
    office.clock.now = min(each.span.end for each in calendars) - MINUTE
    told = office.ask("cy", "GET", office.open())
    assert (told.status_code, told.json()["next_act"], told.json()["closes_at"]) == (200, None, None)


def test_whom_the_ladder_notifies_stands_in_the_trail(office: Office) -> None:
    ticket = office.open()
    office.clock.now += 12 * MINUTE
    office.views.catch_up()
    Loop([ticking(office.desk, office.views.engine)], office.clock).round(Event())
    told = office.ask("ann", "GET", f"{ticket}/trail").json()["events"]
    assert "reaction #1 has used 750 ‰ of its target: notify lead" in [each["words"] for each in told]


def test_spam_is_closed_by_the_lead_and_counts_in_no_figure(office: Office) -> None:
    ticket = office.open()
    assert office.ask("ann", "PUT", f"{ticket}/closure", {"how": "spam"}).status_code == 403
    answer = office.ask("lea", "PUT", f"{ticket}/closure", {"how": "spam"})
    assert {"ticket.closed", "ticket.verdict_excluded"} <= set(answer.json()["events"])
