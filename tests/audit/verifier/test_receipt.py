"""Receipts: what never came into the log leaves no trace there, but whoever caused it can show what was promised."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.evidence import Folder
from audit.tlog.merkle import leaf_hash
from audit.tlog.note import signed
from audit.tlog.receipt import Receipt, receipt
from audit.verifier.command import main
from audit.verifier.report import Fault, Report
from domain.canonical import parse
from domain.instant import HOUR, MINUTE, SECOND
from tests.audit.verifier.forging import OTHER, SIGNER, Evidence, honest


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return Evidence(honest(), tmp_path).publish()


def given_for(entry: bytes) -> bytes:
    """What the client was answered when the ticket was opened."""
    return receipt(SIGNER, leaf_hash(entry), parse(entry)["rec"])


def suppressed(evidence: Evidence) -> tuple[Evidence, bytes]:
    """As if a ticket had never been: everything of it was kept out, from the beginning; and the client's receipt."""
    place = evidence.index("ticket.opened", 2)
    stream = parse(evidence.entries[place])["tk"]
    of_it = [at for at, each in enumerate(evidence.entries) if b'"tk":"%b"' % stream.encode() in each]
    folder = evidence.folder / "suppressed"
    return replace(evidence.without(*of_it), folder=folder).publish(), given_for(evidence.entries[place])


def unkept(report: Report) -> list[str]:
    return [each.what for each in report.findings if each.fault is Fault.RECEIPT]


def test_a_receipt_whose_entry_is_in_the_log_is_kept(evidence: Evidence) -> None:
    report = evidence.verified(receipts=(given_for(evidence.entries[evidence.index("ticket.opened")]),))
    assert (report.receipts, report.findings) == (1, [])


def test_a_ticket_that_was_never_logged_is_shown_by_its_receipt(evidence: Evidence) -> None:
    shortened, held = suppressed(evidence)
    assert unkept(shortened.verified()) == []
    (told,) = unkept(shortened.verified(receipts=(held,)))
    assert "was kept out" in told


def test_of_a_log_that_does_not_reach_so_far_nothing_is_claimed(evidence: Evidence) -> None:
    late = receipt(SIGNER, leaf_hash(b"an entry"), evidence.verified().last + HOUR)
    report = evidence.verified(receipts=(late,))
    assert (report.findings, report.receipts) == ([], 0)
    assert any("signed later" in each for each in report.unproven)


@pytest.mark.parametrize(("after", "is_owed"), [(59 * SECOND, False), (3 * MINUTE, True)])
def test_where_entries_are_not_published_it_counts_when_the_log_was_read(
    evidence: Evidence, after: int, is_owed: bool
) -> None:
    Folder(evidence.folder).remove("tile/entries")
    held = receipt(SIGNER, leaf_hash(b"an entry"), 1_800_000_000_000)
    report = evidence.verified(receipts=(held,), read_at=1_800_000_000_000 + after)
    assert (report.last, bool(unkept(report))) == (0, is_owed)


def test_the_tree_alone_shows_that_a_receipt_is_kept(evidence: Evidence) -> None:
    held = given_for(evidence.entries[evidence.index("ticket.opened")])
    Folder(evidence.folder).remove("tile/entries")
    assert evidence.verified(receipts=(held,)).receipts == 1


@pytest.mark.parametrize(
    "held",
    [
        receipt(OTHER, leaf_hash(b"an entry"), 1),
        receipt(replace(SIGNER, name="other.example/log"), leaf_hash(b"an entry"), 1),
    ],
)
def test_what_another_log_promised_is_told_and_proves_nothing(evidence: Evidence, held: bytes) -> None:
    (told,) = unkept(evidence.verified(receipts=(held,)))
    assert "none of this log" in told


def test_the_key_of_the_log_signs_receipts_of_no_other_one(evidence: Evidence) -> None:
    of_another = signed(Receipt("other.example/log", leaf_hash(b"an entry"), 1).text, SIGNER)
    assert unkept(evidence.verified(receipts=(of_another,))) == ["a receipt is of the log other.example/log"]


def test_without_any_key_nobody_knows_whose_promise_it_is(evidence: Evidence) -> None:
    Folder(evidence.folder).remove("tile/entries")
    report = evidence.verified(key=None, receipts=(given_for(evidence.entries[3]),))
    assert (report.receipts, unkept(report)) == (0, [])
    assert any("nobody told the key" in each for each in report.unproven)


def run(evidence: Evidence, *arguments: Any) -> int:
    return main([str(evidence.folder), "--key", SIGNER.key.text, *map(str, arguments)])


def test_the_command_takes_receipts_as_files(evidence: Evidence, capsys: pytest.CaptureFixture[str]) -> None:
    shortened, held = suppressed(evidence)
    kept, owed = evidence.folder / "kept.txt", evidence.folder / "owed.txt"
    kept.write_bytes(given_for(evidence.entries[evidence.index("ticket.opened")]) + b"\n")
    owed.write_bytes(held)
    assert run(evidence, "--receipt", kept, "--receipt", owed) == 0
    assert "kept: 2 of your receipts" in capsys.readouterr().out
    assert run(shortened, "--receipt", owed) == 1
    assert "WRONG (receipt)" in capsys.readouterr().out


def test_a_file_that_is_no_receipt_is_told_before_anything_is_verified(
    evidence: Evidence, capsys: pytest.CaptureFixture[str]
) -> None:
    no_receipt = evidence.folder / "checkpoint"
    assert run(evidence, "--receipt", no_receipt) == 2
    assert str(no_receipt) in capsys.readouterr().err
