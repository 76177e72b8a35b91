"""The first start and every later one, as an operator sees them: through the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.build import _reachable, build_desk, now
from service.key_files import key_of
from service.settings import Misconfigured, Settings
from store.keys import KEYS
from tests.servers.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]
Environment = Callable[[Settings], dict[str, str]]


def test_check_works_on_an_empty_data_directory(settings: Settings, environment: Environment) -> None:
    done = glasno("check", "--json", env=environment(settings))
    assert (done.returncode, summary(done)["findings"]) == (0, [])
    assert summary(done)["events"] == len(everything(settings)) > 0
    assert "Traceback" not in done.stderr


def test_the_last_line_is_for_people_unless_json_is_asked_for(
    sqlite_settings: Settings, environment: Environment
) -> None:
    done = glasno("check", env=environment(sqlite_settings))
    assert done.stdout.splitlines()[-1].endswith("streams: nothing is wrong")


def test_findings_are_listed_and_fail_the_command(sqlite_settings: Settings, environment: Environment) -> None:
    desk = build_desk(sqlite_settings)
    with desk.log._recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
        cursor.execute("UPDATE stored_events SET topic='desk.moved' WHERE rowid=1")
    desk.close()
    done = glasno("check", "--json", env=environment(sqlite_settings))
    assert done.returncode == 1
    assert done.stdout.startswith(f"position 1 ({desk.stream}:1): filed as 'desk.moved'")
    assert [each["position"] for each in summary(done)["findings"]] == [1]


def test_a_log_whose_first_entry_was_altered_is_still_checked(
    sqlite_settings: Settings, environment: Environment
) -> None:
    desk = build_desk(sqlite_settings)
    with desk.log._recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
        cursor.execute("UPDATE stored_events SET state='{}' WHERE rowid=1")
    desk.close()
    done = glasno("check", "--json", env=environment(sqlite_settings))
    assert (done.returncode, [each["position"] for each in summary(done)["findings"]]) == (1, [1])


def test_processes_that_start_at_once_found_one_desk(settings: Settings, environment: Environment) -> None:
    command, env = [sys.executable, "-m", "service", "check", "--json"], environment(settings)
    starting = [subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE) for _ in range(3)]
    assert [(each.communicate()[1].decode().count("Traceback"), each.returncode) for each in starting] == [(0, 0)] * 3
    assert [each.envelope.name for each in everything(settings)].count("desk.founded") == 1
    desk = build_desk(settings)
    with desk.keys._engine.connect() as connection:
        assert [row.owner for row in connection.execute(KEYS.select())] == ["desk"]
    desk.close()


def test_a_key_that_has_signed_a_log_begins_no_other_one(
    settings: Settings, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    everything(settings)
    lost: dict[str, Any] = {
        "data_dir": tmp_path / "new",
        "master_key_file": settings.master_key,
        "log_key_file": settings.log_key,
    }
    if settings.database_url:
        lost |= {"database_url": postgres.fresh_database(), "keys_url": postgres.fresh_database()}
    monkeypatch.setattr("service.build.PATIENCE", 0.1)
    with pytest.raises(Misconfigured, match="a new log must not be signed with it"):
        build_desk(settings.model_copy(update=lost))


def test_where_only_key_files_are_left_nothing_is_made(sqlite_settings: Settings, environment: Environment) -> None:
    for path in (sqlite_settings.master_key, sqlite_settings.log_key):
        key_of(path)
    assert "a new log must not be signed with it" in refused(environment(sqlite_settings))
    assert {each.name for each in sqlite_settings.data_dir.iterdir()} == {"master.key", "log.key"}


def test_a_second_start_appends_nothing(settings: Settings) -> None:
    first = everything(settings)
    assert everything(settings) == first


def test_the_first_entry_names_the_desk_and_its_log(sqlite_settings: Settings) -> None:
    settings = sqlite_settings.model_copy(update={"public_url": "https://status.example.org/ru"})
    founded = everything(settings)[0].event
    assert (founded.origin, founded.zone, founded.languages) == ("status.example.org/log", "Etc/UTC", ("ru", "en"))
    assert founded.log_key.startswith("status.example.org/log+")
    assert abs(founded.at - now()) < 60_000


def test_every_wrong_setting_is_told_at_once_and_in_words(environment: Environment, sqlite_settings: Settings) -> None:
    wrong = {"GLASNO_LISTEN": "everywhere", "GLASNO_EVIDENCE": "all", "GLASNO_DATEBASE": "x"}
    done = glasno("check", env=environment(sqlite_settings) | wrong)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert [name for name in wrong if f"{name}: " not in done.stderr] == []
    assert not sqlite_settings.data_dir.exists()


def test_a_server_that_nobody_answers_at_is_told_in_words(environment: Environment, sqlite_settings: Settings) -> None:
    nowhere = {"GLASNO_DATABASE_URL": "postgresql://127.0.0.1:1/log", "GLASNO_KEYS_URL": "postgresql://127.0.0.1:1/k"}
    told = refused(environment(sqlite_settings) | nowhere)
    assert told.startswith("Error: GLASNO_DATABASE_URL: connection failed")


def test_a_user_who_may_make_no_tables_is_told_to_own_the_database(
    postgres: Postgres, postgres_settings: Settings
) -> None:
    log = postgres_settings.database_url
    postgres.execute("CREATE ROLE guest LOGIN")
    with pytest.raises(Misconfigured, match=r"^GLASNO_DATABASE_URL: this user may not make tables there"):
        build_desk(postgres_settings.model_copy(update={"database_url": log.replace("postgres@", "guest@")}))


@pytest.mark.parametrize(
    "address",
    ["[bad/log", "h/log?nope=1", "a@b@127.0.0.1:1/log", "a/b@127.0.0.1:1/log", "%zz@127.0.0.1:1/log"],
)
def test_an_address_that_cannot_be_read_is_not_repeated_with_its_password(address: str) -> None:
    with pytest.raises(Misconfigured) as told:
        _reachable("GLASNO_DATABASE_URL", f"postgresql://ann:hidden{'' if '@' in address else '@'}{address}")
    assert str(told.value).startswith("GLASNO_DATABASE_URL: cannot be read: write postgresql://USER:PASSWORD@")
    assert address not in str(told.value)


def test_a_data_directory_that_cannot_be_made_is_told_in_words(environment: Environment, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "file" in refused(environment(Settings(data_dir=tmp_path / "file")))


def test_another_master_key_is_told_in_words(environment: Environment, sqlite_settings: Settings) -> None:
    everything(sqlite_settings)
    sqlite_settings.master_key.write_text("00" * 32)
    assert "the master key file does not open the key store" in refused(environment(sqlite_settings))


def test_a_lost_key_store_is_told_in_words(environment: Environment, sqlite_settings: Settings) -> None:
    everything(sqlite_settings)
    (sqlite_settings.data_dir / "keys.db").unlink()
    assert "restore the newest copy of the key store" in refused(environment(sqlite_settings))


def test_a_new_key_outlives_a_loss_of_power(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    durable: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: durable.append(os.fstat(descriptor).st_ino))
    key_of(tmp_path / "log.key")
    assert {tmp_path.stat().st_ino, (tmp_path / "log.key").stat().st_ino} == {*durable}


def test_the_log_key_is_not_made_anew(sqlite_settings: Settings) -> None:
    everything(sqlite_settings)
    key = key_of(sqlite_settings.log_key)
    everything(sqlite_settings)
    assert key_of(sqlite_settings.log_key) == key


@pytest.mark.parametrize("command", [["--help"], ["check", "--help"]])
def test_help_needs_no_settings(command: list[str]) -> None:
    done = glasno(*command, env=os.environ | {"GLASNO_LISTEN": "everywhere"})
    assert (done.returncode, done.stdout[:6]) == (0, "Usage:")


def glasno(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "service", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)


def refused(env: dict[str, str]) -> str:
    """What a start that must not succeed tells the operator."""
    done = glasno("check", "--json", env=env)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    return done.stderr


def summary(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return values


def everything(settings: Settings) -> list[Any]:
    """All events of the desk, which is founded if it is not."""
    desk = build_desk(settings)
    events = desk.log.read_all()
    desk.close()
    return events
