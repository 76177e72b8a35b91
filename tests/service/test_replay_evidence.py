"""`glasno replay --html` and `--json` on a desk that is signed, and `glasno audit verify` of what they hand out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from audit.evidence import Folder
from domain.reservation import reserve
from domain.ticket.conversation import write
from service.__main__ import glasno
from service.evidence import folder_of
from service.settings import Settings
from store.streams import Command
from tests.cast import CY
from tests.service.running import Running

REFERENCE = "123456788"
Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def run(sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]]) -> Run:
    return lambda *words: CliRunner().invoke(glasno, [*words], env=environment(sqlite_settings))


@pytest.fixture(autouse=True)
def desk(running: Running, run: Run) -> Running:
    """With one ticket, all of it signed."""
    stream = running.open(REFERENCE)
    command, name = Command(running.desk.new_id()), running.desk.name("reference", REFERENCE)
    running.desk.reservations.act(command, name, reserve, holder=stream, at=running.clock.now)
    run("audit", "sign")
    return running


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return tmp_path / "ticket.html"


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def test_every_proof_of_the_page_is_verified_by_the_command_that_it_names(run: Run, page: Path) -> None:
    known = told(run("replay", REFERENCE, "--html", str(page), "--json"))
    assert known["evidence"]["proven"] == len(known["trail"]) > 0
    checked = told(run("audit", "verify", str(page), "--key", known["evidence"]["key"], "--json"))
    assert [each["entry"] for each in checked["proved"]] == [each["logged"]["index"] for each in known["trail"]]
    assert checked["ok"]
    assert "glasno audit verify ticket.html --key KEY" in page.read_text()


def test_what_audit_proof_writes_is_verified_alike(run: Run, tmp_path: Path) -> None:
    done = told(run("audit", "proof", REFERENCE, "--event", "1", "--to", str(tmp_path), "--json"))
    checked = told(run("audit", "verify", str(tmp_path / done["files"][1]), "--key", done["key"], "--json"))
    assert len(checked["proved"]) == 1


def test_the_page_says_what_was_signed_when(run: Run, desk: Running, page: Path) -> None:
    assert "of them proven" in run("replay", REFERENCE, "--html", str(page)).stdout
    signed = told(run("replay", REFERENCE, "--json"))["evidence"]["checkpoint"]
    assert signed["size"] == sum(1 for _ in desk.desk.log.envelopes())
    assert signed["signed_at"] > 0
    assert "under the checkpoint, signed at " in page.read_text()


def test_nobody_knows_when_if_the_desk_forgot(run: Run, sqlite_settings: Settings) -> None:
    memory = sqlite_settings.data_dir / "log.signed"
    for spoilt in (b"{}", b"[]", b"no JSON"):
        memory.write_bytes(spoilt)
        assert told(run("replay", REFERENCE, "--json"))["evidence"]["checkpoint"]["signed_at"] is None


def test_what_is_newer_waits_for_the_next_checkpoint(run: Run, desk: Running, page: Path) -> None:
    stream = desk.desk.reservations.load(desk.desk.name("reference", REFERENCE))[0].holder
    desk.act(str(stream), write, message="1", by=CY, channel="mail", body="Any news?")
    known = told(run("replay", REFERENCE, "--html", str(page), "--json"))
    waiting = [each["logged"]["proof"] is None for each in known["trail"]]
    assert (waiting[0], waiting[-1]) == (False, True)
    assert "under no checkpoint yet" in page.read_text()


def test_an_event_that_was_altered_after_it_was_signed_is_named(
    run: Run, desk: Running, sqlite_settings: Settings, page: Path
) -> None:
    size = sum(1 for _ in desk.desk.log.envelopes())
    folder = Folder(folder_of(sqlite_settings))
    tile = f"tile/0/000.p/{size}"
    folder.write(tile, bytes(len(folder.read(tile))))
    refused = run("replay", REFERENCE, "--html", str(page))
    assert refused.exit_code == 1
    assert "NOT WHAT WAS SIGNED: the entries of events 1" in refused.stderr
    assert "NOT WHAT WAS SIGNED" in page.read_text()


def test_a_checkpoint_of_another_log_is_told_in_words(run: Run, sqlite_settings: Settings) -> None:
    Folder(folder_of(sqlite_settings)).write("checkpoint", b"no checkpoint")
    refused = run("replay", REFERENCE, "--json")
    assert (refused.exit_code, "the evidence is not of this log" in refused.stderr) == (1, True)


def test_the_terminal_needs_no_evidence(run: Run, sqlite_settings: Settings) -> None:
    Folder(folder_of(sqlite_settings)).write("checkpoint", b"no checkpoint")
    assert run("replay", REFERENCE).exit_code == 0
