"""`glasno backup` and `glasno restore` as they are typed."""

import json
from collections.abc import Callable
from pathlib import Path
from sqlite3 import OperationalError
from typing import Any, TypeAlias

import pytest
from click.testing import CliRunner, Result

from service import build
from service.__main__ import glasno
from service.evidence import unsigned_of
from service.settings import Settings
from store.erasing import whole_person
from tests.service.backups import ENGINES, Fresh, desk_of, fresh_desks, sign, ticking
from tests.store.lives import erase, person, ticket

Run: TypeAlias = Callable[..., Result]


@pytest.fixture(autouse=True)
def _ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "now", ticking())


@pytest.fixture
def run(environment: Callable[[Settings], dict[str, str]]) -> Run:
    return lambda settings, *words: CliRunner().invoke(glasno, words, env=environment(settings))


@pytest.fixture
def fresh(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Fresh:
    return fresh_desks(settings, tmp_path, lambda: request.getfixturevalue("postgres"))


def folder_in(root: Path) -> str:
    return str(next(each for each in root.iterdir() if each.name.endswith("Z")))


def test_where_there_is_no_desk_none_is_made(run: Run, sqlite_settings: Settings, tmp_path: Path) -> None:
    done = run(sqlite_settings, "backup", str(tmp_path / "backups"))
    assert (done.exit_code, sqlite_settings.data_dir.exists()) == (1, False)
    assert "there is no desk under" in done.stderr


@pytest.mark.parametrize("engine", ENGINES)
def test_there_and_back(run: Run, settings: Settings, fresh: Fresh, tmp_path: Path, engine: str) -> None:
    with desk_of(settings) as desk:
        ticket(desk, person(desk))
        size = sign(settings, desk)
    taken = run(settings, "backup", str(tmp_path / "backups"), "--json")
    told = json.loads(taken.stdout.splitlines()[-1])
    assert (told["signed"], told["events"], taken.exit_code) == (size, size, 0)
    assert f"in no backup: {settings.data_dir / 'master.key'}" in taken.stderr
    newest = str(settings.data_dir / "evidence")
    target = fresh(engine)
    done = run(target, "restore", told["folder"], "--newest", newest, "--json")
    back = json.loads(done.stdout.splitlines()[-1])
    assert (back["events"], back["signed"], back["missing"], back["is_forked"]) == (size, size, None, False)
    assert "nothing is wrong" in run(target, "check").stdout


def test_the_newest_checkpoint_has_to_be_named(
    run: Run, sqlite_settings: Settings, fresh: Fresh, tmp_path: Path
) -> None:
    with desk_of(sqlite_settings) as desk:
        sign(sqlite_settings, desk)
    run(sqlite_settings, "backup", str(tmp_path / "backups"))
    folder, target = folder_in(tmp_path / "backups"), fresh("sqlite")
    without = run(target, "restore", folder)
    assert (without.exit_code, "--newest none" in without.stderr) == (1, True)
    assert "there is no checkpoint at" in run(target, "restore", folder, "--newest", str(tmp_path)).stderr
    assert "there is no checkpoint at" in run(target, "restore", folder, "--newest", "nowhere").stderr
    on_purpose = run(target, "restore", folder, "--newest", "none")
    assert (on_purpose.exit_code, "you said so" in on_purpose.stderr) == (0, True)


def test_a_desk_that_was_never_signed_needs_no_checkpoint(
    run: Run, sqlite_settings: Settings, fresh: Fresh, tmp_path: Path
) -> None:
    with desk_of(sqlite_settings) as desk:
        ticket(desk, person(desk))
    taken = run(sqlite_settings, "backup", str(tmp_path / "backups"))
    assert "nothing is signed here" in taken.stderr
    assert "none of them signed" in taken.stdout
    assert run(fresh("sqlite"), "restore", folder_in(tmp_path / "backups")).exit_code == 0


def test_what_was_erased_again_is_told(run: Run, sqlite_settings: Settings, fresh: Fresh, tmp_path: Path) -> None:
    with desk_of(sqlite_settings) as desk:
        cy = person(desk)
        run(sqlite_settings, "backup", str(tmp_path / "backups"))
        folder = folder_in(tmp_path / "backups")
        erase(desk, whole_person(desk, cy))
    run(sqlite_settings, "backup", str(tmp_path / "backups"))
    assert "1 erased again since, 1 keys destroyed again" in run(fresh("sqlite"), "restore", folder).stdout
    (tmp_path / "backups/erasures.json").unlink()
    assert "see your acts" in run(fresh("sqlite"), "restore", folder).stderr


def test_a_damaged_backup_is_told(run: Run, sqlite_settings: Settings, fresh: Fresh, tmp_path: Path) -> None:
    with desk_of(sqlite_settings) as desk:
        sign(sqlite_settings, desk)
    run(sqlite_settings, "backup", str(tmp_path / "backups"))
    (Path(folder_in(tmp_path / "backups")) / "log.db").write_bytes(b"")
    done = run(fresh("sqlite"), "restore", folder_in(tmp_path / "backups"), "--newest", "none")
    assert (done.exit_code, "nothing is restored: not as it was backed up: log.db" in done.stderr) == (1, True)


def test_a_log_that_is_not_signed_any_more_is_told(run: Run, sqlite_settings: Settings, tmp_path: Path) -> None:
    with desk_of(sqlite_settings):
        pass
    unsigned_of(sqlite_settings).write_text("it was replaced\n")
    done = run(sqlite_settings, "backup", str(tmp_path / "backups"))
    assert (done.exit_code, "the log is not signed any more: it was replaced\n" in done.stderr) == (0, True)


def test_a_full_disk_is_not_blamed_on_the_desk(
    run: Run, sqlite_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OperationalError("database or disk is full")

    with desk_of(sqlite_settings):
        monkeypatch.setattr("service.backup.log_of_file", full)
    done = run(sqlite_settings, "backup", str(tmp_path / "backups"))
    assert (done.exit_code, "nothing is backed up: database or disk is full" in done.stderr) == (1, True)


def test_a_backup_that_cannot_be_written_is_told(run: Run, sqlite_settings: Settings, tmp_path: Path) -> None:
    with desk_of(sqlite_settings):
        pass
    (tmp_path / "file").write_text("")
    done = run(sqlite_settings, "backup", str(tmp_path / "file/backups"))
    assert (done.exit_code, "nothing is backed up" in done.stderr) == (1, True)
