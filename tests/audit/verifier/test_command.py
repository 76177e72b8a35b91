"""The command: what it tells people and machines, and with which exit status."""

import json
import sqlite3
from pathlib import Path
from unittest.mock import Mock

import pytest

from audit.evidence import Folder
from audit.tlog.note import COSIGNATURE, Signer, signed
from audit.verifier.command import main
from tests.audit.verifier.forging import OTHER, SIGNER, Evidence

Capture = pytest.CaptureFixture[str]
KEY = SIGNER.key.text
WITNESS = Signer("witness.example", OTHER.private, COSIGNATURE)


def test_what_holds_is_status_zero(evidence: Evidence, capsys: Capture) -> None:
    assert main([str(evidence.folder), "--key", KEY]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"log desk.example/log: {len(evidence.entries)} entries, root ")
    assert f"signed by {KEY} (told by you)" in told
    assert "computed again: 18 verdicts on 6 tickets, 7 figures of 1 published months" in told
    assert "NOT PROVEN: that people and probes told the truth" in told
    assert told.endswith("every claim that could be checked holds\n")


def test_what_is_wrong_is_status_one(evidence: Evidence, capsys: Capture) -> None:
    assert main([str(evidence.folder), "--key", OTHER.key.text]) == 1
    told = capsys.readouterr().out
    assert "WRONG (signature)" in told
    assert told.splitlines()[-1].endswith("FINDINGS")


def test_only_the_first_findings_are_told_one_by_one(evidence: Evidence, capsys: Capture) -> None:
    places = [place for place, entry in enumerate(evidence.entries) if b'"ty"' in entry]
    forged = evidence
    for place in places:
        forged = forged.changed(place, lambda said: said | {"v": 1, "ty": "ticket.blessed"})
    forged.publish()
    assert main([str(evidence.folder), "--key", KEY]) == 1
    told = capsys.readouterr().out
    assert told.count("WRONG") == 50
    assert "findings more: --json tells all" in told
    assert main([str(evidence.folder), "--json"]) == 1
    assert len(json.loads(capsys.readouterr().out)["findings"]) > 50


def test_machines_get_one_line(evidence: Evidence, capsys: Capture) -> None:
    assert main([str(evidence.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"]
    assert (told["key"], told["is_key_trusted"], told["verdicts"]) == (KEY, False, 18)
    assert told["figures"] == {"2026-11": 7}
    assert told["events"]["ticket.opened"] == 6
    assert told["findings"] == []


def test_a_key_that_is_empty_is_not_one_that_was_not_told(evidence: Evidence, capsys: Capture) -> None:
    assert main([str(evidence.folder), "--key", ""]) == 2
    assert "--key: " in capsys.readouterr().err


@pytest.mark.parametrize("fault", [OSError("no space left"), sqlite3.OperationalError("database or disk is full")])
def test_a_machine_without_room_is_no_finding(
    evidence: Evidence, capsys: Capture, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    monkeypatch.setattr("audit.verifier.command.verify", Mock(side_effect=fault))
    assert main([str(evidence.folder)]) == 2
    assert capsys.readouterr().err == f"it cannot be looked at here: {fault}\n"


def test_progress_goes_to_the_other_stream(evidence: Evidence, capsys: Capture) -> None:
    main([str(evidence.folder), "--json"])
    told = capsys.readouterr()
    assert told.out.count("\n") == 1
    assert told.err.endswith("] 100 %\n")


def test_it_goes_on_from_the_checkpoint_that_was_kept(evidence: Evidence, tmp_path: Path, capsys: Capture) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(signed(evidence.checkpoint(20).text, SIGNER))
    assert main([str(evidence.folder), "--since", str(kept)]) == 0
    assert "held against a checkpoint of 20 entries" in capsys.readouterr().out
    evidence.changed(5, lambda said: said | {"v": 2}).publish()
    assert main([str(evidence.folder), "--since", str(kept)]) == 1
    assert "the first 20 entries are not those that were signed before" in capsys.readouterr().out


def test_cosigners_are_demanded_by_a_policy(evidence: Evidence, tmp_path: Path, capsys: Capture) -> None:
    policy = tmp_path / "policy"
    policy.write_text(f"log {KEY}\nwitness w {WITNESS.key.text}\nquorum w\n")
    assert main([str(evidence.folder), "--policy", str(policy)]) == 1
    told = capsys.readouterr().out
    assert "(told by you)" in told
    assert "WRONG (witness): nobody cosigned: the policy demands more" in told
    note = Folder(evidence.folder).read("checkpoint")
    Folder(evidence.folder).write("checkpoint", note + WITNESS.line(evidence.checkpoint().text, 2_000_000_000).encode())
    assert main([str(evidence.folder), "--policy", str(policy)]) == 0
    assert "cosigned by w" in capsys.readouterr().out


def test_a_place_that_is_none_is_status_two(tmp_path: Path, capsys: Capture) -> None:
    assert main([str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.endswith("nowhere is no folder and no URL\n")


@pytest.mark.parametrize(
    ("option", "content"),
    [("--since", b"nothing"), ("--since", b"\xff"), ("--policy", b"quorum nobody"), ("--policy", b"\xff")],
)
def test_files_that_cannot_be_read_are_status_two(
    evidence: Evidence, tmp_path: Path, capsys: Capture, option: str, content: bytes
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert main([str(evidence.folder), option, str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"{option} {path}: ")
    path.unlink()
    assert main([str(evidence.folder), option, str(path)]) == 2
    assert "No such file" in capsys.readouterr().err


def test_a_key_that_is_none_is_status_two(evidence: Evidence, capsys: Capture) -> None:
    assert main([str(evidence.folder), "--key", "AAAA"]) == 2
    assert capsys.readouterr().err.startswith("--key: ")


def test_what_is_misspelt_is_explained(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--nonsense"])
    assert stopped.value.code == 2
    assert "usage: verify" in capsys.readouterr().err


def test_an_empty_log_is_its_root_and_nothing_else(tmp_path: Path) -> None:
    Evidence((), tmp_path / "empty").publish()
    assert main([str(tmp_path / "empty"), "--key", KEY]) == 0
