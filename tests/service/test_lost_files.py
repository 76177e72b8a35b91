"""A data directory of which a part is lost, damaged or closed: told in words, and nothing is made in its place."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from service.__main__ import glasno
from service.build import build_desk
from service.settings import Settings

Environment = Callable[[Settings], dict[str, str]]
Run = Callable[..., Result]


@pytest.fixture
def run(sqlite_settings: Settings, environment: Environment) -> Run:
    build_desk(sqlite_settings).close()
    return lambda *words: CliRunner().invoke(glasno, words, env=environment(sqlite_settings))


def test_a_lost_log_is_not_replaced_by_an_empty_one(sqlite_settings: Settings, run: Run) -> None:
    log = sqlite_settings.data_dir / "log.db"
    log.unlink()
    done = run("check")
    assert (done.exit_code, log.exists()) == (1, False)
    assert "restore the log from its backup" in done.stderr


@pytest.mark.parametrize("name", ["log.db", "keys.db", "views.db"])
def test_a_damaged_database_is_told_in_words(sqlite_settings: Settings, run: Run, name: str) -> None:
    (sqlite_settings.data_dir / name).write_bytes(b"no database at all, " * 100)
    done = run("check")
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    assert "file is not a database; log.db and keys.db are restored from their backups" in done.stderr


def test_a_database_that_cannot_be_opened_is_told_in_words(sqlite_settings: Settings, run: Run) -> None:
    views = sqlite_settings.data_dir / "views.db"
    views.mkdir()
    done = run("rebuild", "all")
    assert (done.exit_code, done.exception.__class__) == (1, SystemExit)
    assert done.stderr.endswith("a database of the desk cannot be used: unable to open database file\n")


def test_a_fault_of_ours_is_not_taken_for_one_of_a_database(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.commands.check.check", lambda *_: 1 // 0)
    assert isinstance(run("check").exception, ZeroDivisionError)
