"""A client verifies its bundle: what it is told is what was logged, and each way to tell something else is found."""

import base64
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import EMPTY, leaf_hash
from audit.tlog.note import COSIGNATURE, Signer, read_note
from audit.tlog.policy import Group, Policy
from audit.tlog.receipt import receipt
from audit.verifier.archive import LARGEST
from audit.verifier.bundle import verify_bundle
from audit.verifier.command import main, told
from audit.verifier.report import Fault, Report
from audit.verifier.signed import Demand
from audit.verifier.source import Unavailable
from domain.instant import SECOND
from domain.ticket.feedback import rate
from domain.ticket.opening import Publicity
from domain.ticket.outcome import Closing, close, resolve
from service.settings import Settings
from tests.audit.bundles import OTHER, SIGNER, Files, Forged, bundled, files_of, signed
from tests.audit.replays import a_desk, a_ticket, book_of
from tests.cast import ANN, CY
from tests.projections.story import Story

WITNESS = Signer("witness.example", OTHER.private, COSIGNATURE)


def an_opaque_ticket(story: Story) -> str:
    stream = story.open(publicity=Publicity.OPAQUE, policy=2)
    story.do(stream, resolve, message="9", by=ANN, body="It was the plug.")
    story.do(stream, close, how=Closing.CONFIRMED, book=book_of(story), by=CY)
    story.do(stream, rate, by=CY, csat=5)
    return stream


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Files]:
    """Two tickets, one in clear, one opaque."""
    folder = tmp_path_factory.mktemp("desk")
    with closing(a_desk(Settings.model_construct(data_dir=folder / "var"))) as story:
        tickets = [a_ticket(story), an_opaque_ticket(story)]
        yield files_of(bundled(story, signed(story, folder), tickets)[0])


@pytest.fixture
def forged(made: Files, tmp_path: Path) -> Forged:
    return Forged(made, tmp_path)


def references(forged: Forged) -> list[str]:
    """The ticket in clear, then the opaque one."""
    return sorted({name.split("/")[1] for name in forged.files if name.startswith("tickets/")})


def opened(line: bytes) -> Any:
    return json.loads(base64.urlsafe_b64decode(line + b"=" * (-len(line) % 4)))


def closed(value: Any) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=")


def test_what_was_handed_out_is_verified(forged: Forged) -> None:
    report = forged.report()
    assert report.findings == []
    assert [each["reference"] for each in report.shown] == references(forged)
    assert report.is_key_trusted


def test_the_report_tells_what_happened_when_and_what_was_said(forged: Forged) -> None:
    clear, opaque = forged.report().shown
    assert clear["events"][0]["name"] == opaque["events"][0]["name"] == "ticket.opened"
    assert opaque["events"][0]["disclosed"]["text"]["subject"] == "No dial tone"
    assert [each["name"] for each in opaque["events"]][-1] == "ticket.rated"
    assert opaque["events"][0]["at"] > 0


def test_disclosures_that_were_swapped_between_two_events_are_found(forged: Forged) -> None:
    one, other = forged.event(b"ticket.answered", "disclosures"), forged.event(b"ticket.resolved", "disclosures")
    swapped = forged.files | {one: forged.files[other], other: forged.files[one]}
    assert Forged(swapped, forged.folder).faults() == {Fault.DISCLOSURE}


def test_the_same_words_with_another_salt_are_other_words(forged: Forged) -> None:
    def salted(lines: bytes) -> bytes:
        return b"\n".join(closed(["A" * 22, *opened(line)[1:]]) for line in lines.split())

    assert forged.with_file(forged.event(b"ticket.answered", "disclosures"), salted).faults() == {Fault.DISCLOSURE}


def test_other_words_are_not_those_that_were_logged(forged: Forged) -> None:
    name = forged.event(b"ticket.answered", "disclosures")
    promised = closed(["A" * 22, "text", {"body": "It will be free of charge."}])
    assert Fault.DISCLOSURE in forged.with_file(name, lambda lines: lines + promised + b"\n").faults()


def test_words_that_are_disclosed_twice_are_told_once(forged: Forged) -> None:
    name = forged.event(b"ticket.answered", "disclosures")
    assert forged.with_file(name, lambda lines: lines * 2).faults() == {Fault.DISCLOSURE}


def test_what_is_not_disclosed_is_said_to_be_unproven(forged: Forged) -> None:
    report = forged.with_file(forged.event(b"ticket.answered", "disclosures"), lambda _: b"").report()
    assert report.findings == []
    assert any("sections say" in each for each in report.unproven)


def test_an_entry_in_clear_that_was_left_out_is_missed(forged: Forged) -> None:
    entry = forged.event(b"ticket.answered")
    assert forged.without(entry.removesuffix("entry")).faults() == {Fault.COUNTER, Fault.MISSING}


def test_numbering_the_rest_anew_does_not_hide_it(forged: Forged) -> None:
    entry = forged.event(b"ticket.answered")
    reference, left_out = entry.split("/")[1], int(entry.split("/")[2][:4])
    assert renumbered(forged.without(entry.removesuffix("entry")), reference, left_out).faults() == {Fault.COUNTER}


def renumbered(forged: Forged, reference: str, left_out: int) -> Forged:
    files = {}
    for name, content in forged.files.items():
        number = int(name.split("/")[2][:4]) if name.startswith(f"tickets/{reference}/") else 0
        files[name.replace(f"/{number:04}.", f"/{number - 1:04}.") if number > left_out else name] = content
    return Forged(files, forged.folder)


def test_an_entry_that_was_changed_is_not_proved(forged: Forged) -> None:
    changed = forged.with_file(forged.event(b"ticket.opened"), lambda raw: raw.replace(b"incident", b"question"))
    assert Fault.ROOT in changed.faults()


def test_a_file_that_is_not_there_is_missed(forged: Forged) -> None:
    assert Fault.MISSING in forged.without(forged.event(b"ticket.answered", "tlog-proof")).faults()


@pytest.mark.parametrize("proof", [b"", b"c2sp.org/tlog-proof@v1\nindex 1\n\nno note\n"])
def test_what_is_no_proof_proves_nothing(forged: Forged, proof: bytes) -> None:
    assert Fault.ROOT in forged.with_file(forged.event(b"ticket.answered", "tlog-proof"), lambda _: proof).faults()


def test_a_ticket_under_the_reference_of_another_is_found(forged: Forged) -> None:
    clear, _ = references(forged)
    renamed = {name.replace(clear, "999999999"): content for name, content in forged.files.items()}
    assert Forged(renamed, forged.folder).faults() == {Fault.MISSING}


def test_events_of_one_ticket_that_are_shown_as_anothers_are_found(forged: Forged) -> None:
    clear, opaque = references(forged)
    moved = {
        name.replace(f"{opaque}/0002", f"{clear}/0099").replace(f"{opaque}/0003", f"{opaque}/0002"): content
        for name, content in forged.files.items()
    }
    assert {Fault.STREAM, Fault.MISSING} <= Forged(moved, forged.folder).faults()


def test_an_entry_that_is_shown_twice_is_found(forged: Forged) -> None:
    _, opaque = references(forged)
    again = {name.replace("0002", "0099"): each for name, each in forged.files.items() if f"{opaque}/0002" in name}
    assert Fault.FORM in Forged(forged.files | again, forged.folder).faults()


@pytest.fixture
def others(tmp_path: Path) -> Iterator[Files]:
    """The bundle of another log that goes by the same name, signed by another key."""
    with closing(a_desk(Settings(data_dir=tmp_path / "other"))) as story:
        stream, published = a_ticket(story), signed(story, tmp_path / "other", OTHER)
        yield files_of(bundled(story, published, [stream], signer=OTHER)[0])


def test_the_bundle_of_another_log_is_not_believed(others: Files, tmp_path: Path) -> None:
    assert {Fault.SIGNATURE, Fault.ROOT} <= Forged(others, tmp_path).faults()


def test_proofs_of_another_log_prove_nothing_here(forged: Forged, others: Files) -> None:
    name = forged.event(b"ticket.opened", "tlog-proof")
    assert Fault.ROOT in forged.with_file(name, lambda _: others[name]).faults()


def test_a_checkpoint_that_its_proofs_are_not_under_is_found(forged: Forged) -> None:
    empty = Checkpoint(SIGNER.name, 0, EMPTY).text
    note = f"{empty}\n{SIGNER.line(empty)}".encode()
    assert forged.with_file("checkpoint", lambda _: note).faults() == {Fault.ROOT}


def test_nobody_who_was_told_no_key_believes_the_one_in_the_bundle(forged: Forged) -> None:
    report = forged.report(key=None)
    assert (report.findings, report.is_key_trusted) == ([], False)
    assert any("the key is the provider's" in each for each in report.unproven)
    assert Fault.SIGNATURE in forged.without("log.vkey").faults(key=None)
    assert Fault.SIGNATURE in forged.with_file("log.vkey", lambda _: b"no key").faults(key=None)


def test_a_key_of_another_name_is_that_of_another_log(forged: Forged) -> None:
    other = Signer("other.example/log", SIGNER.private).key
    assert Fault.ORIGIN in forged.faults(key=other)


def test_cosignatures_are_demanded_as_of_any_log(forged: Forged) -> None:
    policy = Policy(witnesses={"w": WITNESS.key}, groups={"all": Group(1, ("w",))}, quorum="all")
    text = read_note(forged.files["checkpoint"]).text
    line = WITNESS.line(text, 4_000_000_000).encode()
    assert Fault.WITNESS in forged.faults(policy=policy)
    report = forged.with_file("checkpoint", lambda note: note + line).report(policy=policy)
    assert (report.findings, report.seen_at) == ([], [4_000_000_000 * SECOND])


def test_a_checkpoint_of_this_size_that_was_held_must_be_the_same(forged: Forged) -> None:
    size = forged.report().size
    assert Fault.FORK in forged.faults(held=Checkpoint(SIGNER.name, size, EMPTY))
    smaller = forged.report(held=Checkpoint(SIGNER.name, 1, EMPTY))
    assert any("goes on from" in each for each in smaller.unproven)


def test_a_ticket_that_was_never_logged_is_shown_by_its_receipt(forged: Forged) -> None:
    entry = forged.files[forged.event(b"ticket.opened")]
    kept, owed = (receipt(SIGNER, leaf_hash(each), 1) for each in (entry, b"another entry"))
    report = forged.report(receipts=(kept, owed))
    (found,) = report.findings
    assert (report.receipts, found.fault) == (1, Fault.RECEIPT)
    assert "it was kept out, or is of a ticket or an act that is not shown here" in found.what


@pytest.mark.parametrize("name", ["../../etc/passwd", "tickets/1/0001.entry", "verify.exe"])
def test_files_that_belong_to_no_bundle_are_told(forged: Forged, name: str) -> None:
    assert forged.with_file(name, lambda _: b"").faults() == {Fault.FORM}


def test_a_file_that_is_larger_than_any_can_be_is_not_read(forged: Forged) -> None:
    name = forged.event(b"ticket.answered", "disclosures")
    assert Fault.MISSING in forged.with_file(name, lambda _: bytes(LARGEST + 1)).faults()


def test_a_name_that_stands_twice_reads_differently_for_different_readers(forged: Forged) -> None:
    path = forged.folder / "bundle.zip"
    forged.report()
    with ZipFile(path, "a", ZIP_DEFLATED) as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("log.vkey", b"")
    assert Fault.FORM in {each.fault for each in verify_bundle(path, Demand(SIGNER.key)).findings}


def test_without_a_checkpoint_nothing_is_proved(forged: Forged) -> None:
    assert forged.without("checkpoint").faults() == {Fault.MISSING}


def test_what_is_no_bundle_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(b"no ZIP")
    with pytest.raises(Unavailable):
        verify_bundle(file, Demand())
    assert main([str(file)]) == 2
    assert "bundle.zip" in capsys.readouterr().err


def test_what_stands_in_a_bundle_neither_hides_the_report_nor_stops_it() -> None:
    clear = {"entry": 1, "name": "\x1b[2J", "at": 2**52, "rec": 1, "disclosed": {"text": {"body": "\x9b8m"}}}
    report = Report(shown=[{"reference": "100000001", "events": [clear]}], last=2**52)
    assert all(line.isprintable() for line in told(report))


def test_the_command_tells_the_tickets_and_their_words(forged: Forged, capsys: pytest.CaptureFixture[str]) -> None:
    forged.report()
    assert main([str(forged.folder / "bundle.zip"), "--key", SIGNER.key.text]) == 0
    shown = capsys.readouterr().out
    assert f"ticket {references(forged)[0]}: " in shown
    assert "UTC ticket.answered" in shown
    assert "A cable was replaced." in shown
