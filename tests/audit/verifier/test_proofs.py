"""Single proofs as somebody verifies them by hand: out of a page that was kept, or copied into two files."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from audit.tlog.checkpoint import Checkpoint
from audit.tlog.merkle import EMPTY, leaf_hash
from audit.tlog.note import COSIGNATURE, Signer
from audit.tlog.policy import Group, Policy
from audit.tlog.proof import read_proof
from audit.tlog.receipt import receipt
from audit.verifier.command import main, told
from audit.verifier.proofs import Page, verify_proofs
from audit.verifier.report import Fault, Report
from audit.verifier.signed import Demand
from audit.verifier.source import Unavailable
from service.settings import Settings
from tests.audit.bundles import OTHER, SIGNER, signed
from tests.audit.replays import a_desk, a_ticket, paged, standing_now

KEY = SIGNER.key.text
Capture = pytest.CaptureFixture[str]


@dataclass(frozen=True)
class Kept:
    """A page that somebody kept, to be written as somebody else would have it."""

    html: str
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "ticket.html"

    def report(self, **demand: Any) -> Report:
        self.path.write_text(self.html)
        return verify_proofs(self.path, Demand(**{"key": SIGNER.key, **demand}))

    def faults(self, **demand: Any) -> set[Fault]:
        return {each.fault for each in self.report(**demand).findings}

    def texts(self, kind: str) -> list[str]:
        return [text for what, text in Page(self.html).texts if what == kind]

    def with_text(self, old: str, new: str) -> "Kept":
        assert old in self.html
        return replace(self, html=self.html.replace(old, new, 1))

    def copied(self, number: int = 0, ends: str = "\n") -> Path:
        """One entry and its proof as two files, with these ends of lines."""
        for kind in ("entry", "tlog-proof"):
            text = self.texts(kind)[number].replace("\n", ends) + ends
            (self.folder / f"one.{kind}").write_bytes(text.encode())
        return self.folder / "one.tlog-proof"


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    folder = tmp_path_factory.mktemp("desk")
    with closing(a_desk(Settings.model_construct(data_dir=folder / "var"))) as story:
        stream = a_ticket(story)
        yield paged(story, stream, published=signed(story, folder)), len(standing_now(story, stream).past)


@pytest.fixture
def kept(html: tuple[str, int], tmp_path: Path) -> Kept:
    return Kept(html[0], tmp_path)


def test_every_entry_of_a_page_is_proved(kept: Kept, html: tuple[str, int]) -> None:
    report = kept.report()
    assert (report.findings, len(report.proved), report.is_key_trusted) == ([], html[1], True)
    assert report.proved[0]["name"] == "ticket.opened"
    assert {each["name"] for each in report.proved if not each["rec"]} == {""}


def test_the_command_tells_what_was_proved(kept: Kept, capsys: Capture) -> None:
    kept.report()
    assert main([str(kept.path), "--key", KEY]) == 0
    shown = capsys.readouterr().out
    assert ": ticket.opened, happened 2026-11-02 10:00:00 UTC, stored 2026-11-02" in shown
    assert "it says nothing in clear" in shown
    assert main([str(kept.path), "--key", KEY, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["proved"]) == len(kept.texts("entry"))


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\n\n"], ids=["unix", "windows", "double"])
def test_one_that_was_copied_is_proved_by_hand(kept: Kept, ends: str, capsys: Capture) -> None:
    if ends == "\n\n":
        proof = kept.copied()
        for path in (proof, proof.with_suffix(".entry")):
            path.write_bytes(b"\n" + path.read_bytes() + b"\n\n")
    else:
        proof = kept.copied(ends=ends)
    assert main([str(proof), "--key", KEY]) == 0
    assert "ticket.opened" in capsys.readouterr().out


def test_an_entry_that_was_changed_is_not_proved(kept: Kept) -> None:
    changed = kept.html.replace("incident&#34;,&#34;level", "question&#34;,&#34;level", 1)
    assert changed != kept.html, "the opening is in clear"
    assert replace(kept, html=changed).faults() == {Fault.ROOT}


@pytest.mark.parametrize("shown", [(0, 0), (1, 0)], ids=["twice", "swapped"])
def test_an_entry_that_is_shown_in_place_of_another_is_told(kept: Kept, shown: tuple[int, int]) -> None:
    pairs = [(kind, escape(kept.texts(kind)[number])) for number in shown for kind in ("entry", "tlog-proof")]
    html = "".join(f'<pre data-log="{kind}">{text}</pre>' for kind, text in pairs)
    assert replace(kept, html=html).faults() == {Fault.FORM}


def test_a_page_that_is_too_large_to_be_one_is_not_read_in_part(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.verifier.proofs.LARGEST", len(kept.html) // 2)
    with pytest.raises(Unavailable, match="larger than any page"):
        kept.report()


def test_the_proof_of_another_entry_proves_nothing(kept: Kept) -> None:
    first, second = kept.texts("tlog-proof")[:2]
    [finding] = kept.with_text(first, second).report().findings
    assert (finding.fault, finding.entry) == (Fault.ROOT, read_proof(second.encode()).index)
    [finding] = kept.with_text(second, "c2sp.org/tlog-proof@v1").report().findings
    assert (finding.fault, finding.entry) == (Fault.ROOT, None)


def test_one_with_the_entry_of_another_is_not_proved(kept: Kept) -> None:
    proof = kept.copied()
    proof.with_suffix(".entry").write_text(kept.texts("entry")[1])
    assert main([str(proof), "--key", KEY]) == 1


def test_what_another_log_signed_under_the_same_name_is_not_believed(kept: Kept) -> None:
    assert kept.faults(key=OTHER.key) == {Fault.SIGNATURE, Fault.ROOT}


def test_a_key_of_another_name_is_that_of_another_log(kept: Kept) -> None:
    assert Fault.ORIGIN in kept.faults(key=Signer("other.example/log", SIGNER.private).key)


def test_the_key_in_the_page_is_believed_and_that_is_said(kept: Kept) -> None:
    report = kept.report(key=None)
    assert (report.findings, report.is_key_trusted) == ([], False)
    assert any("the key is the provider's" in each for each in report.unproven)


def test_a_policy_names_the_key_as_well(kept: Kept) -> None:
    assert kept.report(key=None, policy=Policy(logs=(SIGNER.key,))).is_key_trusted


def test_a_proof_names_no_key(kept: Kept, capsys: Capture) -> None:
    assert main([str(kept.copied())]) == 2
    assert "--key" in capsys.readouterr().err


def test_proofs_under_another_checkpoint_than_the_first_are_told(kept: Kept) -> None:
    first = kept.texts("tlog-proof")[0]
    entry = kept.texts("entry")[0]
    alone = Checkpoint(SIGNER.name, 1, leaf_hash(entry.encode())).text
    proof = f"c2sp.org/tlog-proof@v1\nindex 0\n\n{alone}\n{SIGNER.line(alone)}"
    assert kept.with_text(first, proof).faults() == {Fault.ROOT}


def test_cosignatures_are_demanded_as_of_any_log(kept: Kept) -> None:
    witness = Signer("witness.example", OTHER.private, COSIGNATURE)
    policy = Policy(witnesses={"w": witness.key}, groups={"all": Group(1, ("w",))}, quorum="all")
    assert kept.faults(policy=policy) == {Fault.WITNESS}


def test_it_is_held_against_a_checkpoint_that_was_kept(kept: Kept) -> None:
    size = kept.report().size
    assert kept.faults(held=Checkpoint(SIGNER.name, size, EMPTY)) == {Fault.FORK}


def test_a_receipt_is_redeemed_by_its_proof(kept: Kept) -> None:
    given = receipt(SIGNER, leaf_hash(kept.texts("entry")[0].encode()), 1)
    other = receipt(SIGNER, leaf_hash(b"another entry"), 1)
    witness = Signer("witness.example", OTHER.private, COSIGNATURE)
    report = kept.report(receipts=(given, other), policy=Policy(witnesses={"w": witness.key}))
    assert (report.receipts, report.findings) == (1, [])
    assert "whether 1 of your receipts are kept: the evidence of the site tells" in report.unproven


def test_entries_without_a_proof_are_counted_as_unproven(kept: Kept) -> None:
    proofs = kept.texts("tlog-proof")
    report = kept.with_text(f'<pre data-log="tlog-proof">{proofs[-1]}</pre>', "").report()
    assert report.findings == []
    assert f"that entries stand in the log of which the page has no proof: 1 of {len(proofs)}" in report.unproven


def test_an_entry_that_can_be_read_in_two_ways_is_told(kept: Kept) -> None:
    entry = unescape(kept.texts("entry")[0]).replace("{", '{"_sd":[],', 1)
    checkpoint = Checkpoint(SIGNER.name, 1, leaf_hash(entry.encode())).text
    proof = kept.copied()
    proof.write_text(f"c2sp.org/tlog-proof@v1\nindex 0\n\n{checkpoint}\n{SIGNER.line(checkpoint)}")
    proof.with_suffix(".entry").write_text(entry)
    assert {each.fault for each in verify_proofs(proof, Demand(SIGNER.key)).findings} == {Fault.FORM}


@pytest.mark.parametrize("html", ["", "<p>No replay</p>", '<pre data-log="entry">{}</pre>', "c2sp.org/tlog-proof@v1\n"])
def test_what_has_no_proof_is_told_in_words(tmp_path: Path, html: str) -> None:
    file = tmp_path / "one.tlog-proof"
    file.write_text(html)
    file.with_suffix(".entry").write_text("{}")
    with pytest.raises(Unavailable, match=r"one\.tlog-proof"):
        verify_proofs(file, Demand(SIGNER.key))


def test_an_entry_that_is_not_there_is_told_in_words(kept: Kept) -> None:
    proof = kept.copied()
    proof.with_suffix(".entry").unlink()
    with pytest.raises(Unavailable, match=r"one\.entry cannot be read"):
        verify_proofs(proof, Demand(SIGNER.key))


def test_no_name_in_an_entry_commands_the_terminal() -> None:
    report = Report(proved=[{"entry": 1, "name": "\x1b[2J", "at": 2**52, "rec": 1}])
    assert all(line.isprintable() for line in told(report))
