"""Receipts and proofs: what is done to a ticket is promised to be in the log, and proved to be there."""

import base64
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from audit.disclosed import TO_CLIENTS
from audit.tlog.merkle import leaf_hash
from audit.tlog.note import read_key
from audit.tlog.proof import verify_proof
from audit.tlog.receipt import Receipt, read_receipt
from domain.event import Visibility, shape_of
from domain.ticket import EVOLVE
from service.evidence import advance, folder_of, proving_of, sequencer_of
from tests.api.office import OPENING, Office

Damage: TypeAlias = Callable[[bytes], bytes] | None


def sign(office: Office) -> None:
    advance(office.desk, sequencer_of(office.settings, office.desk))


def proofs(office: Office, who: str, ticket: str, query: str = "") -> Any:
    answer = office.ask(who, "GET", f"{ticket}/proofs{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def promised(office: Office, text: str) -> Receipt:
    return read_receipt(text.encode(), [proving_of(office.settings, office.desk).key])


def test_whoever_opens_a_ticket_gets_a_receipt_for_it(office: Office) -> None:
    told = office.ask("cy", "POST", "/v1/tickets", OPENING).json()
    receipt = promised(office, told["receipt"])
    stored = dict(office.desk.log.envelopes())
    opening = told["position"] - len(told["events"]) + 1
    assert receipt.leaf == leaf_hash(stored[opening])
    assert (receipt.rec, receipt.seconds) == (office.clock.now, 60)


def test_whatever_is_said_or_done_has_a_receipt_of_its_own(office: Office) -> None:
    ticket = office.open()
    said = office.ask("cy", "POST", f"{ticket}/messages", {"body": "please hurry"}).json()
    done = office.ask("ann", "PUT", f"{ticket}/acceptance").json()
    leaves = [each["leaf"] for each in proofs(office, "ada", ticket)["proofs"]]
    wanted = [base64.b64encode(promised(office, told["receipt"]).leaf).decode() for told in (said, done)]
    assert [leaf for leaf in leaves if leaf in wanted] == wanted


def test_what_was_already_so_is_promised_nothing(office: Office) -> None:
    accepted = f"{office.open()}/acceptance"
    office.ask("ann", "PUT", accepted)
    assert office.ask("ann", "PUT", accepted).json()["receipt"] is None


def test_a_receipt_is_redeemed_for_a_proof_that_anybody_can_verify(office: Office) -> None:
    told = office.ask("cy", "POST", "/v1/tickets", OPENING).json()
    ticket = f"/v1/tickets/{told['ticket']['reference']}"
    assert proofs(office, "cy", ticket)["proofs"][0]["proof"] is None
    sign(office)
    found = proofs(office, "cy", ticket)
    leaf, key = base64.b64encode(promised(office, told["receipt"]).leaf).decode(), read_key(found["key"])
    mine = next(each for each in found["proofs"] if each["leaf"] == leaf)
    checkpoint = verify_proof(mine["proof"].encode(), base64.b64decode(mine["entry"]), [key])
    assert checkpoint.size == len([*office.desk.log.envelopes()])


def test_a_client_gets_no_proof_of_what_it_does_not_see(office: Office) -> None:
    ticket = office.open()
    office.ask("ann", "POST", f"{ticket}/notes", {"body": "a loose cable"})
    names = {who: {each["name"] for each in proofs(office, who, ticket)["proofs"]} for who in ("cy", "ada")}
    assert "ticket.noted" in names["ada"] - names["cy"]
    assert names["cy"] <= TO_CLIENTS
    assert office.ask("eve", "GET", f"{ticket}/proofs").status_code == 404


def test_proofs_come_in_pages(office: Office) -> None:
    ticket = office.open()
    office.ask("cy", "POST", f"{ticket}/messages", {"body": "please hurry"})
    first = proofs(office, "cy", ticket, "?limit=1")
    rest = proofs(office, "cy", ticket, f"?after={first['next_after']}")
    assert [*first["proofs"], *rest["proofs"]] == proofs(office, "cy", ticket)["proofs"]
    assert rest["next_after"] is None


@pytest.mark.parametrize("name", ["tile", "checkpoint"])
@pytest.mark.parametrize("damage", [None, lambda raw: raw[:-1], lambda raw: bytes([raw[0] ^ 1]) + raw[1:]])
def test_damaged_evidence_is_told_as_such_and_the_rest_goes_on(office: Office, name: str, damage: Damage) -> None:
    ticket = office.open()
    sign(office)
    for path in [each for each in folder_of(office.settings).rglob("*") if each.is_file() and name in str(each)]:
        path.write_bytes(damage(path.read_bytes())) if damage else path.unlink()
    answer = office.ask("cy", "GET", f"{ticket}/proofs")
    if name == "checkpoint" and damage is None:
        assert {each["proof"] for each in answer.json()["proofs"]} == {None}
    else:
        assert (answer.status_code, answer.json()["code"]) == (503, "evidence_damaged")
        assert "glasno check" in answer.json()["detail"]
    assert office.ask("cy", "GET", ticket).status_code == 200


def test_every_event_that_may_stand_in_clear_is_one_that_its_client_is_told_of() -> None:
    shapes = [shape_of(each) for each in EVOLVE]
    assert {each.name for each in shapes if each.visibility is not Visibility.OPAQUE} <= TO_CLIENTS
