"""A log that goes on under another name: what it says of the former one is held against it."""

import base64
from dataclasses import replace

import pytest

from audit.evidence import Folder
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import leaf_hash
from audit.tlog.policy import Policy
from audit.tlog.receipt import receipt
from audit.verifier.command import told
from audit.verifier.report import Fault, Report
from domain.canonical import canonical, parse
from domain.desk import Ending
from tests.audit.verifier.forging import ORIGIN, OTHER, SIGNER, Evidence
from tests.audit.verifier.succeeding import KEPT, NEW, THIRD, stated, statement, succeeded

LOST = 76 - KEPT


def found(evidence: Evidence, **demand: object) -> dict[Fault, str]:
    """What is wrong, for whoever has the new key."""
    return {each.fault: each.what for each in evidence.verified(**{"key": NEW.key, **demand}).findings}


def words(report: Report) -> str:
    return "\n".join(told(report))


def test_a_log_that_says_truly_what_it_lost_is_told_and_not_wrong(evidence: Evidence) -> None:
    report = succeeded(evidence).verified(key=NEW.key)
    assert (report.findings, report.is_key_trusted) == ([], True)
    (said,) = report.successions
    assert (said.entry, said.former, said.kept, said.lost) == (KEPT, ORIGIN, KEPT, LOST)
    assert said.is_shown
    assert said.is_endorsed
    assert f"entries the first {KEPT} are here (proved), {LOST} are lost; signed by the former key" in words(report)
    assert f"NOT PROVEN: what entries {KEPT} to 75 of {ORIGIN} said: they are lost" in words(report)
    assert report.as_json()["successions"][0]["because"] == "loss"


def test_the_end_of_a_log_hides_nothing_else(evidence: Evidence) -> None:
    edited = succeeded(evidence).changed(27, lambda said: said | {"priority": "low"})
    assert Fault.SUCCESSION in found(edited.publish(NEW, NEW.name))


@pytest.mark.parametrize("kept", [KEPT - 3, KEPT + 1, len(b"x" * 76), 80, -1])
def test_it_kept_neither_more_nor_less_than_it_can_show(evidence: Evidence, kept: int) -> None:
    assert Fault.SUCCESSION in found(succeeded(evidence, kept=kept))


def test_entries_that_were_altered_are_not_kept(evidence: Evidence) -> None:
    """Whoever rewrites an entry cannot say that it is a loss of what came after."""
    rewritten = evidence.changed(27, lambda said: said | {"priority": "low"})
    assert "are not those of" in found(stated(rewritten, statement(evidence)))[Fault.SUCCESSION]


def test_what_no_file_shows_any_more_is_told_as_not_proven(evidence: Evidence) -> None:
    report = succeeded(evidence, proof=()).verified(key=NEW.key)
    assert report.findings == []
    assert "that the first 30 entries are those of desk.example/log: the log says so, nothing shows it" in words(report)


@pytest.mark.parametrize("proof", [("no base64",), ("AAAA",), (base64.b64encode(bytes(32)).decode(),) * 7])
def test_a_proof_that_proves_nothing_is_wrong(evidence: Evidence, proof: tuple[str, ...]) -> None:
    assert Fault.SUCCESSION in found(succeeded(evidence, proof=proof))


def test_nothing_goes_on_because_of_a_loss_that_was_none(evidence: Evidence) -> None:
    size = len(evidence.entries)
    said = statement(evidence, kept=size)
    assert "nothing is lost" in found(stated(evidence, said))[Fault.SUCCESSION]


def test_all_of_a_log_goes_on_whose_key_is_lost(evidence: Evidence) -> None:
    whole = replace(statement(evidence, kept=len(evidence.entries)), because=Ending.KEY_LOST, endorsement="")
    report = stated(evidence, whole).verified(key=NEW.key)
    assert report.findings == []
    assert "0 are lost; the former key did not sign that" in words(report)
    assert Fault.SUCCESSION in found(stated(evidence, replace(whole, former_root=base64.b64encode(bytes(32)).decode())))


def test_a_loss_is_endorsed_by_the_former_key(evidence: Evidence) -> None:
    said = statement(evidence)
    forged = statement(evidence, signer=replace(OTHER, name=ORIGIN))
    for endorsement in ("", forged.endorsement, "no base64", f"{said.endorsement}\n— x {said.endorsement}"):
        why = found(stated(evidence, replace(said, endorsement=endorsement)))[Fault.SUCCESSION]
        assert "did not sign that it goes on so" in why


def test_the_former_key_signed_this_name_and_no_other_one(evidence: Evidence) -> None:
    moved = replace(statement(evidence), origin=THIRD.name, log_key=THIRD.key.text)
    assert Fault.SUCCESSION in {each.fault for each in stated(evidence, moved, THIRD).verified(key=THIRD.key).findings}


@pytest.mark.parametrize(
    "changes", [{"former_origin": "other.example/log"}, {"number": 3}, {"former_key": OTHER.key.text}]
)
def test_it_is_the_successor_of_the_log_that_it_was(evidence: Evidence, changes: dict[str, object]) -> None:
    assert Fault.SUCCESSION in found(succeeded(evidence, **changes))


def test_a_checkpoint_of_the_former_log_is_held_against_what_is_kept(evidence: Evidence) -> None:
    after = succeeded(evidence)
    for size in (1, KEPT - 1, KEPT):
        assert found(after, held=evidence.checkpoint(size)) == {}
    rewritten = replace(evidence.checkpoint(KEPT), root=bytes(32))
    assert "not those that were signed before" in found(after, held=rewritten)[Fault.FORK]


def test_whoever_holds_a_checkpoint_of_what_was_lost_is_told_how_much(evidence: Evidence) -> None:
    after = succeeded(evidence)
    assert f"{LOST} of the 76 entries" in found(after, held=evidence.checkpoint())[Fault.LOST]
    assert "1 of the 31 entries" in found(after, held=evidence.checkpoint(KEPT + 1))[Fault.LOST]


def test_more_was_signed_than_the_log_admits(evidence: Evidence) -> None:
    shorter = replace(evidence, entries=evidence.entries[:50], folder=evidence.folder / "shorter").publish()
    after = stated(shorter, statement(shorter))
    assert "of which the log admits 50" in found(after, held=evidence.checkpoint())[Fault.FORK]
    other = Checkpoint(ORIGIN, 50, bytes(32))
    assert "tells another root" in found(after, held=other)[Fault.FORK]


def test_a_checkpoint_of_any_other_log_is_none(evidence: Evidence) -> None:
    assert Fault.ORIGIN in found(succeeded(evidence), held=Checkpoint("other.example/log", 3, bytes(32)))


@pytest.mark.parametrize("demand", [{"key": SIGNER.key}, {"key": None, "policy": Policy(logs=(SIGNER.key,))}])
def test_whoever_has_the_former_key_is_told_the_new_one_that_it_endorsed(
    evidence: Evidence, demand: dict[str, object]
) -> None:
    report = succeeded(evidence).verified(**demand)
    assert (report.findings, report.is_key_trusted, report.key) == ([], False, NEW.key.text)
    assert f"signed that it goes on with {NEW.key.text}; tell this one from now on" in words(report)


def test_a_new_key_that_the_former_one_did_not_endorse_is_nobodys(evidence: Evidence) -> None:
    """Otherwise whoever copies the log could go on with it, and say that the key is lost."""
    said = replace(statement(evidence), because=Ending.KEY_LOST, endorsement="")
    assert found(stated(evidence, said)) == {}
    assert "nobody vouches but the log itself" in found(stated(evidence, said), key=SIGNER.key)[Fault.SIGNATURE]


def test_the_former_key_signs_no_more_checkpoints(evidence: Evidence) -> None:
    after = succeeded(evidence).publish(SIGNER, ORIGIN)
    assert {Fault.ORIGIN, Fault.SIGNATURE} <= {each.fault for each in after.verified().findings}


def test_the_second_successor_is_one_of_the_first(evidence: Evidence) -> None:
    second = succeeded(evidence)
    third = stated(second, statement(second, len(second.entries) - 1 + 1, NEW, THIRD), THIRD)
    assert [each.fault for each in third.verified(key=THIRD.key).findings] == [Fault.SUCCESSION], "nothing was lost"
    lost_key = replace(statement(second, KEPT + 1, NEW, THIRD), because=Ending.KEY_COMPROMISED)
    report = stated(second, lost_key, THIRD).verified(key=THIRD.key, held=evidence.checkpoint(KEPT))
    assert (report.findings, [each.origin for each in report.successions]) == ([], [NEW.name, THIRD.name])


def test_no_other_stream_than_the_desks_names_a_successor(evidence: Evidence) -> None:
    after = succeeded(evidence)
    other = parse(after.entries[27])["tk"]
    moved = after.changed(KEPT, lambda said: said | {"tk": other})
    assert Fault.STREAM in found(moved.publish(NEW, NEW.name))


def test_a_receipt_of_the_former_log_is_kept_if_its_entry_is(evidence: Evidence) -> None:
    def given(index: int) -> bytes:
        return receipt(SIGNER, leaf_hash(evidence.entries[index]), parse(evidence.entries[index])["rec"])

    report = succeeded(evidence).verified(key=NEW.key, receipts=(given(27),))
    assert (report.findings, report.receipts, report.former_receipts) == ([], 1, 1)
    assert "kept: 1 of your receipts, 1 of them by a former log" in words(report)
    why = found(succeeded(evidence), receipts=(given(38),))[Fault.RECEIPT]
    assert f"the former log {ORIGIN} promised it, and it is not in what is kept of that" in why


def without_entries(evidence: Evidence, successor: bytes) -> Evidence:
    """As it is published where entries are for nobody."""
    folder = Folder(evidence.folder)
    folder.remove("tile/entries")
    folder.write("former/1/successor", successor)
    return evidence


def test_without_the_entries_the_successor_is_told_by_its_own_one(evidence: Evidence) -> None:
    after = succeeded(evidence)
    bare = without_entries(after, after.entries[KEPT])
    report = bare.verified(key=SIGNER.key, held=evidence.checkpoint(KEPT))
    assert (report.findings, report.key, [each.kept for each in report.successions]) == ([], NEW.key.text, [KEPT])
    assert Fault.LOST in found(bare, held=evidence.checkpoint())


@pytest.mark.parametrize("entry", [b"{}", b"no entry"])
def test_a_successor_that_is_no_entry_of_the_log_is_wrong(evidence: Evidence, entry: bytes) -> None:
    assert Fault.SUCCESSION in found(without_entries(succeeded(evidence), entry))


def test_a_successor_that_somebody_else_states_is_wrong(evidence: Evidence) -> None:
    after = succeeded(evidence)
    stranger = canonical(parse(after.entries[KEPT]) | {"log_key": OTHER.key.text})
    assert Fault.SUCCESSION in found(without_entries(after, stranger))
