"""`glasno audit sign` and `glasno audit proof`, and what `glasno check` and `glasno publish` make of the evidence."""

import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from audit.evidence import Folder, names_of
from audit.tlog.merkle import NotProved
from audit.tlog.note import read_key
from audit.tlog.proof import verify_proof
from domain.reference import reference
from domain.reservation import reserve
from service.__main__ import glasno
from service.evidence import folder_of, log_of, published, unsigned_of
from service.settings import Settings
from service.views import work_alone
from store.streams import Command
from tests.service.running import Running

REFERENCE = "123456788"
Run: TypeAlias = Callable[..., Result]


@pytest.fixture
def run(sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]]) -> Run:
    def invoke(*words: str, evidence: str = "checkpoints") -> Result:
        env = environment(sqlite_settings) | {"GLASNO_EVIDENCE": evidence}
        return CliRunner().invoke(glasno, [*words], env=env)

    return invoke


@pytest.fixture(autouse=True)
def desk(running: Running) -> Running:
    """With one ticket."""
    stream = running.open(REFERENCE)
    command, name = Command(running.desk.new_id()), running.desk.name("reference", REFERENCE)
    running.desk.reservations.act(command, name, reserve, holder=stream, at=running.clock.now)
    return running


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return tmp_path / "site"


def told(result: Result) -> Any:
    return json.loads(result.stdout.splitlines()[-1])


def test_what_is_new_is_signed(run: Run, desk: Running) -> None:
    size = sum(1 for _ in desk.desk.log.envelopes())
    origin = log_of(desk.desk).origin
    assert told(run("audit", "sign", "--json")) == {"origin": origin, "size": size}
    assert run("audit", "sign").stdout.splitlines()[-1] == f"{size} entries of {origin} are signed"


def test_what_is_signed_is_not_called_unsigned_any_more(run: Run, sqlite_settings: Settings) -> None:
    unsigned_of(sqlite_settings).write_text("the log was replaced\n")
    run("audit", "sign")
    assert not unsigned_of(sqlite_settings).exists()


def test_whoever_works_signs_alone(run: Run, desk: Running, sqlite_settings: Settings) -> None:
    with work_alone(sqlite_settings):
        refused = run("audit", "sign")
    assert (refused.exit_code, published(sqlite_settings, desk.desk)) == (1, None)
    assert "it signs what is new by itself" in refused.stderr


def test_a_log_that_was_replaced_is_not_signed(run: Run, desk: Running) -> None:
    run("audit", "sign")
    with desk.desk.log._recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
        cursor.execute("DELETE FROM stored_events WHERE rowid = (SELECT max(rowid) FROM stored_events)")
    refused = run("audit", "sign")
    assert refused.exit_code == 1
    assert "nothing is signed: the log does not hold any more what was signed" in refused.stderr


def test_every_event_of_a_ticket_is_proved_by_two_files(run: Run, desk: Running, site: Path) -> None:
    run("audit", "sign")
    done = told(run("audit", "proof", "123 456 788", "--to", str(site), "--json"))
    assert (done["reference"], done["key"]) == (REFERENCE, log_of(desk.desk).log_key)
    envelopes = [each for _, each in desk.desk.log.envelopes()]
    for entry, proof in zip(done["files"][::2], done["files"][1::2], strict=True):
        raw = (site / entry).read_bytes()
        assert verify_proof((site / proof).read_bytes(), raw, [read_key(done["key"])]).size == len(envelopes)
        assert raw in envelopes
        with pytest.raises(NotProved):
            verify_proof((site / proof).read_bytes(), raw + b" ", [read_key(done["key"])])


def test_one_event_is_proved_alone(run: Run, site: Path) -> None:
    run("audit", "sign")
    done = told(run("audit", "proof", REFERENCE, "--event", "1", "--to", str(site), "--json"))
    assert done["files"] == [f"{REFERENCE}-1.entry", f"{REFERENCE}-1.tlog-proof"]
    assert {each.name for each in site.iterdir()} == {*done["files"]}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((REFERENCE, "--event", "99"), "there is no event 99: the last one"),
        (("123456789",), "is no reference"),
        ((reference(7),), "there is no ticket"),
        ((REFERENCE,), "event 1 is under no checkpoint yet"),
    ],
)
def test_what_cannot_be_proved_is_told_why(run: Run, words: tuple[str, ...], why: str) -> None:
    refused = run("audit", "proof", *words)
    assert refused.exit_code
    assert why in refused.stderr


def test_no_proof_is_made_of_spoilt_evidence(run: Run, desk: Running, sqlite_settings: Settings, site: Path) -> None:
    run("audit", "sign")
    names = names_of(size_of(sqlite_settings, desk))
    folder = Folder(folder_of(sqlite_settings))
    tile = next(names)
    folder.write(tile, bytes(len(folder.read(tile))))
    refused = run("audit", "proof", REFERENCE, "--to", str(site))
    assert "the evidence is not what the log says" in refused.stderr
    assert not site.exists()


def test_check_names_evidence_that_is_not_what_the_log_says(run: Run, desk: Running, sqlite_settings: Settings) -> None:
    run("audit", "sign")
    assert told(run("check", "--json"))["evidence"] == []
    tile = next(names_of(size_of(sqlite_settings, desk)))
    (folder_of(sqlite_settings) / tile).unlink()
    found = run("check", "--json")
    assert (found.exit_code, told(found)["evidence"]) == (1, [f"evidence {tile} is not what the log says"])


def test_check_names_a_checkpoint_of_another_log(run: Run, sqlite_settings: Settings) -> None:
    run("audit", "sign")
    Folder(folder_of(sqlite_settings)).write("checkpoint", b"no checkpoint")
    found = run("check")
    assert found.exit_code == 1
    assert "evidence checkpoint is not signed by this log" in found.stdout


@pytest.mark.parametrize("level", ["public", "contract", "checkpoints"])
def test_a_copy_of_the_site_has_the_evidence_of_its_level(
    run: Run, desk: Running, sqlite_settings: Settings, site: Path, level: str
) -> None:
    run("audit", "sign")
    done = told(run("publish", str(site), "--json", evidence=level))
    names = {*names_of(size_of(sqlite_settings, desk)), "checkpoint", "index.html", "log.vkey", "verify.pyz"}
    wanted = {each for each in names if level == "public" or not each.startswith("tile/entries")}
    copied = {str(each.relative_to(site / "evidence")) for each in site.glob("evidence/**/*") if each.is_file()}
    assert (copied, done["evidence"]) == (wanted, len(wanted))
    assert told(run("publish", str(site), "--json", evidence=level))["evidence"] == 0


def test_a_copy_is_brought_up_to_date(run: Run, desk: Running, sqlite_settings: Settings, site: Path) -> None:
    run("audit", "sign")
    run("publish", str(site))
    desk.open("298086696")
    run("audit", "sign")
    run("publish", str(site))
    assert (site / "evidence/checkpoint").read_bytes() == Folder(folder_of(sqlite_settings)).read("checkpoint")


def test_a_copy_is_written_nowhere_else(run: Run, tmp_path: Path, site: Path) -> None:
    run("audit", "sign")
    (tmp_path / "elsewhere").mkdir()
    site.mkdir()
    (site / "evidence").symlink_to(tmp_path / "elsewhere")
    refused = run("publish", str(site))
    assert "by a symbolic link: remove that link" in refused.stderr
    assert not [*(tmp_path / "elsewhere").iterdir()]


def test_a_file_that_becomes_a_whole_one_meanwhile_is_copied_as_such(
    run: Run, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("audit", "sign")
    gone = iter([FileNotFoundError("tile/0/000.p/7")])

    def read(folder: Folder, name: str) -> bytes:
        if name.startswith("tile") and (fault := next(gone, None)):
            raise fault
        return (folder.path / name).read_bytes()

    monkeypatch.setattr(Folder, "read", read)
    assert run("publish", str(site)).exit_code == 0
    assert (site / "evidence/checkpoint").exists()


def test_proofs_that_cannot_be_written_are_told(run: Run, tmp_path: Path) -> None:
    run("audit", "sign")
    (tmp_path / "file").touch()
    refused = run("audit", "proof", REFERENCE, "--to", str(tmp_path / "file/below"))
    assert (refused.exit_code, "cannot be written: Not a directory" in refused.stderr) == (1, True)


def test_a_copy_of_evidence_that_lost_a_file_is_told(run: Run, sqlite_settings: Settings, site: Path) -> None:
    run("audit", "sign")
    shutil.rmtree(folder_of(sqlite_settings) / "tile/0")
    assert run("publish", str(site)).exit_code == 1


def size_of(settings: Settings, running: Running) -> int:
    found = published(settings, running.desk)
    assert found
    return found[1].size


def test_the_evidence_of_a_desk_is_verified_by_its_own_command(
    run: Run, sqlite_settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    run("audit", "sign")
    done = run("audit", "verify", str(folder_of(sqlite_settings)), "--json")
    assert (done.exit_code, json.loads(done.stdout.splitlines()[-1])["ok"]) == (0, True), capfd.readouterr()
    assert run("audit", "verify", "nowhere").exit_code == 2


def test_the_verifier_is_written_as_one_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "verify.pyz"
    done = told(run("audit", "verifier", str(file), "--json"))
    assert done == {"file": str(file), "sha256": sha256(file.read_bytes()).hexdigest()}
    assert run("audit", "verifier", str(tmp_path / "nowhere" / "file")).exit_code == 1
