"""A log that cannot be signed any more goes on under another name, on both engines, whatever crashes in between."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from audit.evidence import CHECKPOINT, Folder
from audit.tlog.checkpoint import Checkpoint, read_checkpoint
from audit.tlog.note import Signer, read_key, read_note, signed, verified
from audit.tlog.policy import read_policy
from audit.tlog.witness import Witness
from audit.verifier.report import Fault, Report
from audit.verifier.signed import Demand
from audit.verifier.source import FolderSource
from audit.verifier.verify import verify
from domain.desk import DeskLogSucceeded, Ending
from projections.notices import STAFF
from service import aside
from service.aside import next_key, put_aside
from service.build import build_desk
from service.cosigning import Cosigning
from service.evidence import Signing, folder_of, log_of, published, sequencer_of
from service.key_files import signer_of
from service.settings import Misconfigured, Settings
from service.succession import NotNeeded, Plan, plan, succeed
from service.webhooks import set_address
from service.witness import Memory, app
from store.desk import Desk
from tests.audit.tlog.trees import WITNESS


@dataclass
class Case:
    """A desk, and what was signed of it before."""

    settings: Settings
    desk: Desk

    @property
    def evidence(self) -> Path:
        return folder_of(self.settings)

    def happens(self, times: int = 3) -> None:
        for _ in range(times):
            set_address(self.desk, STAFF, f"https://{self.desk.new_id()}.example.org/")

    def sign(self) -> Checkpoint:
        Signing(self.settings, self.desk).look()
        found = published(self.settings, self.desk)
        assert found
        return found[1]

    def lose(self, events: int = 2) -> None:
        """As an older copy of the log has it."""
        place = "notification_id" if self.settings.database_url else "rowid"
        newest = f"SELECT {place} FROM stored_events ORDER BY {place} DESC LIMIT {events}"  # noqa: S608 -- words of this file
        with self.desk.log._recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
            cursor.execute(f"DELETE FROM stored_events WHERE {place} IN ({newest})")  # noqa: S608 -- the same
            cursor.execute(
                "DELETE FROM sections WHERE NOT EXISTS (SELECT 1 FROM stored_events each"
                " WHERE each.originator_id = sections.originator_id"
                " AND each.originator_version = sections.originator_version)"
            )

    def planned(self, because: Ending = Ending.LOSS) -> Plan:
        return plan(self.settings, self.desk, because)

    def succeed(self, because: Ending = Ending.LOSS) -> DeskLogSucceeded:
        return succeed(self.settings, self.desk, self.planned(because))

    def verified(self, **demand: object) -> Report:
        return verify(FolderSource(self.evidence), Demand(**demand))  # type: ignore[arg-type]


def opened(settings: Settings) -> Iterator[Case]:
    with closing(build_desk(settings)) as built:
        case = Case(settings, built)
        case.happens()
        yield case


@pytest.fixture
def case(settings: Settings) -> Iterator[Case]:
    yield from opened(settings)


@pytest.fixture
def small(sqlite_settings: Settings) -> Iterator[Case]:
    """On SQLite."""
    yield from opened(sqlite_settings)


def test_a_log_that_lost_entries_goes_on_under_another_name(case: Case) -> None:
    former, key = case.sign(), read_key(log_of(case.desk).log_key)
    case.lose()
    said = case.succeed()
    assert (said.former_size, said.kept, said.origin) == (former.size, former.size - 2, f"{former.origin}/2")
    assert case.sign().size == said.kept + 1
    report = case.verified(key=read_key(said.log_key))
    assert report.findings == []
    assert report.successions[0].is_shown
    assert case.verified(key=key).findings == [], "the former key endorsed it"
    assert {each.fault for each in case.verified(held=former).findings} == {Fault.LOST}


def test_what_is_former_is_put_aside_as_it_was(case: Case) -> None:
    former, key = case.sign(), case.settings.log_key.read_bytes()
    files = {path.relative_to(case.evidence): path.read_bytes() for path in case.evidence.rglob("*") if path.is_file()}
    memory = (case.settings.data_dir / "log.signed").read_bytes()
    case.lose()
    said = case.succeed()
    assert all((case.evidence / "former/1" / path).read_bytes() == content for path, content in files.items())
    assert {path.name for path in case.evidence.iterdir()} == {"former"}
    assert (case.evidence / "former/1/log.vkey").read_text() == f"{said.former_key}\n"
    assert (case.settings.data_dir / "log.signed.former-1").read_bytes() == memory
    assert case.settings.log_key.with_name("log.key.former-1").read_bytes() == key
    case.sign()
    report = verify(FolderSource(case.evidence / "former/1"), Demand())
    assert (report.findings, report.size) == ([], former.size)
    shutil.rmtree(case.evidence / "tile/entries")
    assert [each.lost for each in case.verified(key=read_key(said.log_key)).successions] == [2]


def test_a_log_that_can_be_signed_does_not_go_on_otherwise(small: Case) -> None:
    small.sign()
    for because, why in ((Ending.LOSS, "nothing is lost"), (Ending.KEY_LOST, "it is the key of this log")):
        with pytest.raises(NotNeeded, match=why):
            small.planned(because)


def test_a_file_that_is_damaged_is_no_loss(small: Case) -> None:
    small.sign()
    (small.settings.data_dir / "log.signed").write_bytes(b"{}")
    with pytest.raises(NotNeeded, match=r"nothing is lost.*what hinders it: .*log.signed cannot be read"):
        small.planned()


def test_what_was_signed_has_to_be_known_first(small: Case) -> None:
    small.sign()
    (small.settings.data_dir / "log.signed").unlink()
    Folder(small.evidence).write(CHECKPOINT, b"<html>")
    with pytest.raises(NotNeeded, match="put the newest one that anybody has at"):
        small.planned()


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_text("00" * 32 + "\n")])
def test_a_log_whose_key_is_lost_keeps_everything(small: Case, spoil: Callable[[Path], object]) -> None:
    former = small.sign()
    spoil(small.settings.log_key)
    with pytest.raises(NotNeeded, match="--because key_lost"):
        small.planned()
    said = small.succeed(Ending.KEY_LOST)
    assert (said.kept, said.endorsement, small.sign().size) == (former.size, "", former.size + 1)
    assert small.verified(key=read_key(said.log_key), held=former).findings == []
    assert {each.fault for each in small.verified(key=read_key(said.former_key)).findings} == {Fault.SIGNATURE}


def test_a_key_that_others_may_have_endorses_nothing(small: Case) -> None:
    small.sign()
    assert small.succeed(Ending.KEY_COMPROMISED).endorsement == ""
    with pytest.raises(NotNeeded, match="nothing is signed as"):
        small.planned(Ending.KEY_COMPROMISED)


def test_a_log_that_was_never_signed_may_lose_its_key_too(small: Case) -> None:
    small.settings.log_key.unlink()
    said = small.succeed(Ending.KEY_LOST)
    assert (said.former_size, said.kept) == (0, 0)
    small.sign()
    assert small.verified(key=read_key(said.log_key)).findings == []


def test_of_two_histories_the_one_that_is_contradicted_is_stated(small: Case) -> None:
    """After a restore more was signed than before; then somebody brought a checkpoint of what had been."""
    size, signer = small.sign().size, signer_of(log_of(small.desk).origin, small.settings.log_key)
    other = Checkpoint(signer.name, size - 1, bytes(32))
    Folder(small.evidence).write(CHECKPOINT, signed(other.text, signer))
    planned = small.planned()
    assert (planned.former, planned.kept.count) == (other, 0)


def test_a_successor_has_a_successor(small: Case) -> None:
    small.sign()
    small.lose()
    small.succeed()
    assert small.sign().origin.endswith("/2")
    small.happens()
    said = small.succeed(Ending.KEY_COMPROMISED)
    assert (said.number, small.sign().origin) == (3, said.origin)
    report = small.verified()
    assert ([each.origin[-2:] for each in report.successions], report.findings) == (["/2", "/3"], [])
    assert {each.name for each in (small.evidence / "former").iterdir()} == {"1", "2"}


class Crashed(Exception):
    """Where a process was killed."""


STEPS = 5
"""Tiles, checkpoint, what was signed, the key, the new key: each is moved by itself."""


@pytest.mark.parametrize("after", range(-1, STEPS))
def test_wherever_it_is_killed_one_key_is_in_force_and_it_goes_on(
    small: Case, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """-1: before the entry that says so is stored."""
    former, old = small.sign(), log_of(small.desk)
    small.lose()
    planned, moved, move = small.planned(), iter(range(STEPS)), aside._move

    def killed(*paths: Path) -> None:
        if next(moved) == after:
            raise Crashed
        move(*paths)

    with monkeypatch.context() as patched:
        patched.setattr(aside, "_move", killed)
        if after < 0:
            patched.setattr("service.succession.Command", crash)
        with pytest.raises(Crashed):
            succeed(small.settings, small.desk, planned)
    if after < 0:
        assert (log_of(small.desk).origin, log_of(small.desk).log_key) == (old.origin, old.log_key)
        Signing(small.settings, small.desk).look()
        assert checkpoint_of(small) == former, "neither the old nor the new key signed anything"
        succeed(small.settings, small.desk, small.planned())
    size = small.sign().size
    assert (size, log_of(small.desk).logs) == (former.size - 1, 2)
    assert small.verified(key=read_key(log_of(small.desk).log_key)).findings == []
    assert not next_key(small.settings).exists()
    assert not put_aside(small.settings, small.desk, small.evidence)


def crash(*_: object) -> None:
    raise Crashed


def checkpoint_of(case: Case) -> Checkpoint:
    return read_checkpoint(read_note((case.evidence / CHECKPOINT).read_bytes()).text)


def test_a_witness_cosigns_the_log_under_its_new_name(small: Case, tmp_path: Path) -> None:
    """A new one for it: it has seen nothing of that."""
    small.sign()
    small.lose()
    key = read_key(small.succeed().log_key)
    small.sign()
    client = TestClient(app(Witness(WITNESS, {key.name: key}), Memory(tmp_path / "kept"), lambda: 1_700_000_000))

    def post(_: str, body: bytes) -> tuple[int, bytes]:
        answer = client.post("/add-checkpoint", content=body)
        return answer.status_code, answer.content

    policy = read_policy(f"witness w {WITNESS.key.text} http://w/\n")
    Cosigning(Folder(small.evidence), key, policy, post).cosign()
    signers = verified((small.evidence / CHECKPOINT).read_bytes(), [key, WITNESS.key]).signers
    assert [each for each, _ in signers] == [key, WITNESS.key]


def test_the_old_key_signs_nothing_more(small: Case) -> None:
    small.sign()
    small.lose()
    small.succeed()
    key = small.settings.log_key
    shutil.copy(key.with_name("log.key.former-1"), key)
    with pytest.raises(Misconfigured, match="is not the key of this log"):
        sequencer_of(small.settings, small.desk)


def test_nothing_that_was_put_aside_is_overwritten(small: Case) -> None:
    small.sign()
    small.lose()
    kept = small.settings.log_key.with_name("log.key.former-1")
    kept.write_text("of somebody")
    with pytest.raises(Misconfigured, match="move one of them away"):
        small.succeed()
    kept.unlink()
    assert small.sign().origin.endswith("/2")


def test_a_key_that_was_made_for_nothing_changes_nothing(small: Case) -> None:
    former = small.sign()
    assert isinstance(signer_of("unused", next_key(small.settings)), Signer)
    assert small.sign() == former
