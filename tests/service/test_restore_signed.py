"""A restored log goes on under its name only if it holds what was signed; whatever it lacks is told."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from audit.sequencer import Forked
from audit.tlog.checkpoint import Checkpoint
from audit.tlog.note import signed
from service import build
from service.__main__ import glasno
from service.evidence import log_of
from service.key_files import signer_of
from service.settings import Settings
from service.since_backup import NotRestored
from tests.service.backups import Fresh, desk_of, fresh_desks, note_of, put_back, reseal, sign, take, ticking
from tests.store.lives import person, ticket


@pytest.fixture(autouse=True)
def _ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "now", ticking())


@pytest.fixture
def folder(sqlite_settings: Settings, tmp_path: Path) -> Path:
    """A backup with two events that were not signed when it was taken."""
    grow(sqlite_settings)
    with desk_of(sqlite_settings) as desk:
        person(desk)
        ticket(desk, person(desk))
    return take(sqlite_settings, tmp_path / "backups")


@pytest.fixture
def fresh(sqlite_settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Fresh:
    return fresh_desks(sqlite_settings, tmp_path, lambda: request.getfixturevalue("postgres"))


@pytest.fixture
def target(fresh: Fresh) -> Settings:
    return fresh("sqlite")


def grow(settings: Settings) -> int:
    with desk_of(settings) as desk:
        ticket(desk, person(desk))
        return sign(settings, desk)


def resigned(settings: Settings) -> int:
    with desk_of(settings) as desk:
        return sign(settings, desk)


def note_over(settings: Settings, size: int, root: bytes) -> bytes:
    """Signed by the desk, whatever its log says."""
    with desk_of(settings) as desk:
        origin = log_of(desk).origin
    signer = signer_of(origin, settings.log_key)
    return signed(Checkpoint(origin, size, root).text, signer)


def test_a_log_that_holds_what_was_signed_since_goes_on(
    sqlite_settings: Settings, folder: Path, target: Settings
) -> None:
    size = resigned(sqlite_settings)
    newest = note_of(sqlite_settings)
    done = put_back(target, folder, newest)
    assert (done.held.missing, done.held.contradicts) == (0, False)
    assert done.held.newest is not None
    assert done.held.newest.size == done.held.events == size
    assert note_of(target) == newest
    assert grow(target) > size


def test_a_log_that_lacks_what_was_signed_is_not_signed(
    sqlite_settings: Settings, folder: Path, target: Settings
) -> None:
    size = grow(sqlite_settings)
    done = put_back(target, folder, note_of(sqlite_settings))
    assert done.held.missing == size - done.held.events > 0
    for _ in range(3):
        with pytest.raises(Forked):
            grow(target)
    assert note_of(target) == note_of(sqlite_settings)


def test_an_older_checkpoint_than_the_backup_has_changes_nothing(
    sqlite_settings: Settings, folder: Path, target: Settings
) -> None:
    older = note_of(sqlite_settings)
    resigned(sqlite_settings)
    newer = take(sqlite_settings, folder.parent)
    put_back(target, newer, older)
    assert note_of(target) == note_of(sqlite_settings)


@pytest.mark.parametrize("size", [1, 20, 33, None])
def test_another_history_is_found_whatever_its_size(
    sqlite_settings: Settings, folder: Path, target: Settings, size: int | None
) -> None:
    forged = note_over(sqlite_settings, size or resigned(sqlite_settings), b"0" * 32)
    done = put_back(target, folder, forged)
    assert done.held.contradicts
    with pytest.raises(Forked):
        grow(target)


def test_two_histories_of_one_size_are_found_though_the_log_has_neither(
    sqlite_settings: Settings, folder: Path, target: Settings
) -> None:
    size = grow(sqlite_settings)
    shutil.copy(sqlite_settings.data_dir / "log.signed", folder / "log.signed")
    (folder / "evidence/checkpoint").write_bytes(note_of(sqlite_settings))
    reseal(folder)
    done = put_back(target, folder, note_over(sqlite_settings, size, b"0" * 32))
    assert (done.held.contradicts, done.held.missing > 0) == (True, True)


def test_what_others_signed_is_no_checkpoint_of_this_log(folder: Path, target: Settings, fresh: Fresh) -> None:
    other = fresh("sqlite")
    (other.data_dir / "log.key").unlink()
    grow(other)
    with pytest.raises(NotRestored, match="no checkpoint of this log"):
        put_back(target, folder, note_of(other))
    assert not (target.data_dir / "log.db").exists()


def test_an_empty_file_is_no_checkpoint(folder: Path, target: Settings) -> None:
    with pytest.raises(NotRestored, match="--newest is no checkpoint of this log"):
        put_back(target, folder, b"")


def run(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(glasno, words, env={"GLASNO_DATA_DIR": str(settings.data_dir)})


@contextmanager
def site(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("named", ["", "/evidence", "/evidence/checkpoint"])
def test_the_newest_checkpoint_comes_from_a_site(
    sqlite_settings: Settings, folder: Path, target: Settings, named: str
) -> None:
    size = resigned(sqlite_settings)
    with site(sqlite_settings.data_dir) as address:
        done = run(target, "restore", str(folder), "--newest", address + named, "--json")
    assert f'"signed": {size}, "missing": null, "is_forked": false' in done.stdout


@pytest.mark.parametrize("named", ["", "evidence", "evidence/checkpoint"])
def test_the_newest_checkpoint_comes_from_a_copy_of_the_site(
    sqlite_settings: Settings, folder: Path, target: Settings, named: str
) -> None:
    size = grow(sqlite_settings)
    done = run(target, "restore", str(folder), "--newest", str(sqlite_settings.data_dir / named))
    assert f"to {size}, which were signed; nothing is signed until" in done.stdout
    assert "nothing is signed" in run(target, "audit", "sign").stderr


def test_another_history_is_told(sqlite_settings: Settings, folder: Path, target: Settings, tmp_path: Path) -> None:
    (tmp_path / "note").write_bytes(note_over(sqlite_settings, 20, b"0" * 32))
    done = run(target, "restore", str(folder), "--newest", str(tmp_path / "note"))
    assert "the log is not the one that was signed; nothing is signed until" in done.stdout
