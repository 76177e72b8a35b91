"""What staff may not do although they may work on the ticket."""

from dataclasses import replace

from domain.configuration import Event as ConfigurationEvent
from domain.configuration.contract import Consent, ContractSigned
from domain.person import Grant, Right
from domain.person.membership import grant
from store.streams import Command
from tests.api.office import Office
from tests.cast import AT

LATER = "2026-11-04T10:00:00.000Z"


def test_what_staff_take_down_is_no_agreement(office: Office) -> None:
    ticket = office.open()
    office.ask("ann", "POST", f"{ticket}/messages", {"body": "He agrees", "from_client": True})
    office.ask("cy", "POST", f"{ticket}/messages", {"body": "I agree"})
    _, taken_down, sent = office.ask("ann", "GET", f"{ticket}/messages").json()["messages"]
    wait = {"what": "date", "until": LATER}
    refused = office.ask("ann", "PUT", f"{ticket}/wait", wait | {"agreed": taken_down["message"]})
    assert refused.json()["code"] == "agreement_unknown"
    assert office.ask("ann", "PUT", f"{ticket}/wait", wait | {"agreed": sent["message"]}).status_code == 200
    told = office.ask("ann", "GET", f"{ticket}/trail").json()["events"]
    assert "Somebody wrote by api; taken down by staff: Somebody" in [each["words"] for each in told]


def test_a_ticket_is_given_to_somebody_of_its_line_or_who_serves_the_firm(office: Office) -> None:
    path, ben = f"{office.open()}/assignment", office.people["ben"].id
    refused = office.ask("ann", "PUT", path, {"owner": ben})
    assert (refused.status_code, refused.json()["code"]) == (422, "owner_of_another_line")
    _granted(office, ben, Grant(Right.SERVES_ORGANISATION, office.acme))
    assert office.ask("ann", "PUT", path, {"owner": ben}).json()["events"] == ["ticket.assigned"]


def test_a_contractor_is_given_the_tickets_of_those_it_serves_alone(office: Office) -> None:
    path, lea = f"{office.open()}/assignment", office.people["lea"].id
    _granted(office, lea, Grant(Right.CONTRACTOR))
    assert office.ask("ann", "PUT", path, {"owner": lea}).json()["code"] == "owner_of_another_line"


def test_a_published_ticket_moves_to_no_level_of_a_single_client(office: Office) -> None:
    first = office.desk.configured.state().levels.published["standard", 1]
    signed = ContractSigned(
        at=AT, key="acme", organisation=office.acme, level="standard", since=AT, consent=Consent.GIVEN
    )
    _configured(office, signed, replace(first, level="private"))
    ticket = office.open()
    refused = office.ask("lea", "PUT", f"{ticket}/terms", {"level": "private", "reason": "contract"})
    assert (refused.status_code, refused.json()["code"]) == (409, "level_not_published")


def test_a_duplicate_is_not_lost_in_a_ticket_whose_work_is_done(office: Office) -> None:
    one, other = office.open(), office.open()
    office.ask("ann", "PUT", f"{other}/resolution", {"body": "The toner is out"})
    refused = office.ask("ann", "PUT", f"{one}/merge", {"into": other[-9:]})
    assert (refused.status_code, refused.json()["code"]) == (409, "ticket_not_open")
    assert office.ask("ann", "GET", one).json()["ticket"]["stage"] == "opened"


def test_a_ticket_has_nothing_to_do_with_itself(office: Office) -> None:
    one = office.open()
    assert office.ask("ann", "PUT", f"{one}/links/{one[-9:]}/caused-by").json()["code"] == "link_to_itself"


def _granted(office: Office, person: str, right: Grant) -> None:
    office.desk.people.act(Command(office.desk.new_id()), person, grant, grant=right, at=office.clock.now)


def _configured(office: Office, *events: ConfigurationEvent) -> None:
    stream = office.desk.name("configuration")
    office.desk.configuration.act(Command(office.desk.new_id()), stream, lambda _: list(events))
