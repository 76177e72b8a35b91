import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from domain.ticket import Stage
from service.build import build_desk
from service.commands.imports import import_group
from service.imports.names import Names
from service.settings import Settings
from store.log import Conflict, Log
from tests.service.imports.logs import lived, log_of, row


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def run(settings: Settings, *arguments: str | Path) -> Result:
    environment = {"GLASNO_DATA_DIR": str(settings.data_dir)}
    return CliRunner().invoke(import_group, ["servicenow", *map(str, arguments)], env=environment)


def last_line(result: Result) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return summary


def test_the_command_sums_up(sqlite_settings: Settings, path: Path) -> None:
    log_of(path, lived())
    result = run(sqlite_settings, path, "--json")
    told = last_line(result)
    assert (result.exit_code, told["tickets"], told["rejected"], told["differences"]) == (0, 1, 0, 0)
    assert "importing" in result.stderr
    assert run(sqlite_settings, path).stdout.endswith("nothing new: 1 incidents are here already, 0 come later\n")


def test_the_command_tells_what_is_left_out(sqlite_settings: Settings, path: Path) -> None:
    log_of(path, [*lived("INC1"), *lived("INC2", priority="odd")])
    result = run(sqlite_settings, path, "--json")
    assert result.exit_code == 1
    assert "line 6: INC2 is left out: priority: 'odd' is none of" in result.stdout
    assert (last_line(result)["rejected"], len(last_line(result)["rejections"])) == (1, 4)


def test_the_last_day_is_a_local_one(sqlite_settings: Settings, path: Path) -> None:
    log_of(path, [row("09:00"), row("09:30", "Active", sys_updated_at="02-03-2016 00:30")])
    result = run(sqlite_settings, path, "--until", "2016-03-01", "--zone", "Asia/Tokyo", "--json")
    assert (last_line(result)["open"], last_line(result)["tickets"]) == (1, 1)
    built = build_desk(sqlite_settings)
    assert built.tickets.load(Names(built.name, "servicenow").ticket("INC1"))[0].stage is Stage.OPENED
    built.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--policy", "gold"), "there is no service level gold; known: standard"),
        (("--zone", "Nowhere/Else"), "is not an IANA time zone"),
        (("--until", "soon"), "does not match the format"),
    ],
)
def test_a_mistake_is_told_in_words(
    sqlite_settings: Settings, path: Path, arguments: tuple[str, ...], words: str
) -> None:
    log_of(path, lived())
    result = run(sqlite_settings, path, *arguments)
    assert result.exit_code
    assert words in result.stderr


def test_an_import_at_the_same_time_is_told_in_words(
    sqlite_settings: Settings, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faster(*_: object) -> None:
        raise Conflict

    build_desk(sqlite_settings).close()
    monkeypatch.setattr(Log, "append", faster)
    log_of(path, lived())
    assert "somebody else imports the same log now: run it again" in run(sqlite_settings, path).stderr


def test_a_file_that_is_no_log_is_told_in_words(sqlite_settings: Settings, path: Path) -> None:
    path.write_text("a,b\n1,2\n")
    assert "cannot be imported: line 1: this is no header of such a log" in run(sqlite_settings, path).stderr


def test_an_organisation_is_named_by_a_key_that_a_desk_file_could_hold(sqlite_settings: Settings, path: Path) -> None:
    done = run(sqlite_settings, log_of(path, lived()).path, "--organisation", "Our Firm")
    assert (done.exit_code, "'Our Firm' is no key" in done.stderr) == (2, True)
