"""A backup is taken beside a desk at work, whole or not at all, and nothing in it is older than what it needs."""

import fcntl
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from threading import Event
from typing import Any

import pytest

from audit.check import check
from audit.evidence import Folder, names_of
from service import backup, build
from service.backup import NotBackedUp, back_up
from service.evidence import folder_of, published
from service.settings import Settings
from store.erasing import whole_person
from tests.service.backups import Fresh, desk_of, fresh_desks, put_back, sign, take, ticking
from tests.store.lives import erase, person, ticket


@pytest.fixture(autouse=True)
def _ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "now", ticking())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def fresh(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Fresh:
    return fresh_desks(settings, tmp_path, lambda: request.getfixturevalue("postgres"))


def told(path: Path) -> Any:
    return json.loads(path.read_text())


def test_the_manifest_says_what_is_there(settings: Settings, root: Path) -> None:
    with desk_of(settings) as desk:
        size = sign(settings, desk)
        ticket(desk, person(desk))
        folder, manifest = back_up(settings, desk, root, lambda _: None)
        head = desk.log.head()
    files = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()} - {"manifest.json"}
    said = told(folder / "manifest.json")
    assert said["files"] == {name: sha256((folder / name).read_bytes()).hexdigest() for name in files}
    assert files >= {"log.db", "keys.db", "log.signed", "evidence/checkpoint"}
    assert (said["format"], said["version"], said["signed"]) == ("glasno-backup", 1, size)
    assert (manifest.position, manifest.events) == (head, head)
    assert folder.name == manifest.taken_at.replace("-", "").replace(":", "")


def test_no_key_file_and_no_view_is_in_it(settings: Settings, root: Path) -> None:
    folder = take(settings, root)
    assert not [each for each in folder.rglob("*") if each.name in {"master.key", "log.key", "views.db"}]
    secret = (settings.data_dir / "master.key").read_bytes().strip()
    assert not [each for each in folder.rglob("*") if each.is_file() and secret in each.read_bytes()]


def test_a_log_that_was_never_signed_says_so(settings: Settings, root: Path) -> None:
    assert told(take(settings, root) / "manifest.json")["signed"] is None


def test_what_is_appended_meanwhile_is_there_or_not_but_never_without_its_keys(
    settings: Settings, fresh: Fresh, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.copying.PAGE", 5)
    monkeypatch.setattr("store.copying.PAGES", 1)
    stopping, started = Event(), Event()
    with desk_of(settings) as desk, desk_of(settings) as other, ThreadPoolExecutor(1) as thread:

        def append() -> None:
            while not stopping.is_set():
                ticket(other, person(other))
                started.set()

        appending = thread.submit(append)
        started.wait()
        head = desk.log.head()
        folder, manifest = back_up(settings, desk, root, lambda _: None)
        stopping.set()
        appending.result()
        target = fresh("sqlite")
        put_back(target, folder)
        with desk_of(target) as restored:
            assert [*restored.log.envelopes()] == [*desk.log.envelopes()][: manifest.events]
            assert manifest.position >= head
            assert check(restored).findings == []


def test_evidence_that_grows_meanwhile_is_whole(
    settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = iter([True])
    with desk_of(settings) as desk:
        sign(settings, desk)

        def growing(source: Path, target: Path) -> None:
            if ".p" in str(source) and next(once, False):
                for _ in range(120):
                    ticket(desk, person(desk))
                sign(settings, desk)
            copyfile(source, target)

        monkeypatch.setattr(backup, "copyfile", growing)
        folder, manifest = back_up(settings, desk, root, lambda _: None)
        found = published(settings, desk)
    assert found is not None
    assert manifest.signed == found[1].size > 256
    assert [each for each in names_of(found[1].size) if not (folder / "evidence" / each).exists()] == []


def test_evidence_that_is_lost_keeps_no_backup_back(settings: Settings, root: Path) -> None:
    with desk_of(settings) as desk:
        size = sign(settings, desk)
    Folder(folder_of(settings)).remove("tile")
    folder = take(settings, root)
    assert told(folder / "manifest.json")["signed"] == size
    assert (folder / "evidence/checkpoint").exists()


def test_evidence_of_former_logs_is_in_it(settings: Settings, root: Path) -> None:
    former = folder_of(settings) / "former/1"
    former.mkdir(parents=True)
    (former / "checkpoint").write_text("former")
    (settings.data_dir / "log.signed.former-1").write_text("former")
    folder = take(settings, root)
    assert (folder / "evidence/former/1/checkpoint").read_text() == "former"
    assert (folder / "log.signed.former-1").read_text() == "former"


@pytest.mark.parametrize("name", ["log.signed", "evidence/checkpoint"])
def test_what_is_not_signed_by_this_log_is_no_backup(sqlite_settings: Settings, root: Path, name: str) -> None:
    with desk_of(sqlite_settings) as desk:
        sign(sqlite_settings, desk)
    (sqlite_settings.data_dir / name).write_text("{}")
    with pytest.raises(NotBackedUp, match="not of this log"):
        take(sqlite_settings, root)


def test_what_was_cut_off_is_removed_by_the_next_one(settings: Settings, root: Path) -> None:
    (root / "20261101T000000Z.partial").mkdir(parents=True)
    (root / "20261101T000000Z.partial/log.db").write_text("half")
    folder = take(settings, root)
    assert {each.name for each in root.iterdir()} == {folder.name, "erasures.json", ".lock"}


def test_what_fails_leaves_no_backup(settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(backup, "keys_copied", full)
        with pytest.raises(OSError, match="No space"):
            take(settings, root)
    assert [each.name for each in root.iterdir()] == [".lock"]
    assert take(settings, root).exists()


def test_whom_it_must_not_bring_back_is_told_before_it_is_there(
    sqlite_settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Folder, "write_durably", killed)
    with pytest.raises(KeyboardInterrupt):
        take(sqlite_settings, root)
    assert [each.name for each in root.iterdir()] == [".lock"]


def test_two_at_once_are_one_too_many(sqlite_settings: Settings, root: Path) -> None:
    take(sqlite_settings, root)
    with (root / ".lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(NotBackedUp, match="another backup"):
            take(sqlite_settings, root)


def test_two_within_a_second_are_one(sqlite_settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "now", lambda: 0)
    take(sqlite_settings, root)
    with pytest.raises(NotBackedUp, match="19700101T000000Z was made within this second"):
        take(sqlite_settings, root)


def test_backups_of_two_desks_are_kept_apart(sqlite_settings: Settings, root: Path, tmp_path: Path) -> None:
    take(sqlite_settings, root)
    with pytest.raises(NotBackedUp, match="of another desk"):
        take(Settings(data_dir=tmp_path / "other"), root)


def test_erasures_are_told_by_ids_alone(settings: Settings, root: Path) -> None:
    with desk_of(settings) as desk:
        cy = person(desk)
        erase(desk, whole_person(desk, cy))
    take(settings, root)
    [erased] = told(root / "erasures.json")["erasures"]
    assert (erased["kind"], erased["subject"], erased["identities"]) == ("person", cy, [cy])
    assert (erased["ground"], erased["number"]) == ("consent_withdrawn", "17-2026")


def test_what_an_earlier_backup_told_of_erasures_is_kept(settings: Settings, root: Path) -> None:
    take(settings, root)
    path = root / "erasures.json"
    known = told(path)
    gone = {"kind": "person", "subject": "1" * 32, "identities": ["1" * 32], "ground": "retention", "number": ""}
    path.write_text(json.dumps({**known, "erasures": [gone]}))
    take(settings, root)
    assert told(path)["erasures"] == [gone]


def test_erasures_that_cannot_be_read_are_not_replaced(sqlite_settings: Settings, root: Path) -> None:
    root.mkdir()
    (root / "erasures.json").write_text("{")
    with pytest.raises(NotBackedUp, match="cannot be read"):
        take(sqlite_settings, root)


def test_a_copy_is_one_file_that_needs_no_journal(settings: Settings, root: Path) -> None:
    folder = take(settings, root)
    for name in ("log.db", "keys.db"):
        with closing(sqlite3.connect(folder / name)) as copied:
            assert copied.execute("PRAGMA journal_mode").fetchone() == ("delete",)
            assert copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)
