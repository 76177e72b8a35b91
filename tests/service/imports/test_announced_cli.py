import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from domain.component import ComponentStatus
from service.build import build_desk
from service.commands.imports import import_group
from service.settings import Settings
from store.desk import Desk
from store.log import Conflict, Log
from tests.service.desk_files import apply, default
from tests.service.imports.announced import INCIDENT, WORKS, lines, real, said


@pytest.fixture
def desk(sqlite_settings: Settings) -> Iterator[Desk]:
    built = build_desk(sqlite_settings)
    yield built
    built.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "incidents.jsonl"


def run(settings: Settings, command: str, *arguments: str | Path) -> Result:
    environment = {"GLASNO_DATA_DIR": str(settings.data_dir)}
    return CliRunner().invoke(import_group, [command, *map(str, arguments)], env=environment)


def last_line(result: Result) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return summary


def pasted(result: Result) -> dict[str, Any]:
    """What the command says to paste into the desk file."""
    told = [each for each in result.stdout.splitlines() if each.startswith(("component", "  "))]
    sections: dict[str, Any] = yaml.safe_load("\n".join(told))
    return sections


def test_the_command_sums_up(sqlite_settings: Settings, path: Path) -> None:
    result = run(sqlite_settings, "github-incidents", lines(path, INCIDENT, WORKS), "--json")
    assert "importing" in result.stderr
    assert last_line(result) == {
        "incidents": 1, "works": 1, "updates": 6, "skipped_existing": 0, "components": 1, "rejected": 0,
        "rejections": [], "defined": ["actions"],
    }  # fmt: skip
    again = run(sqlite_settings, "github-incidents", path)
    assert (again.exit_code, again.stdout) == (0, "nothing new: 2 records are here already\n")


def test_an_import_that_goes_on_tells_all_components_again(sqlite_settings: Settings, path: Path) -> None:
    run(sqlite_settings, "github-incidents", lines(path, INCIDENT))
    result = run(sqlite_settings, "github-incidents", lines(path, INCIDENT, WORKS))
    assert list(pasted(result)["components"]) == ["actions"]


def test_the_command_tells_what_is_left_out(sqlite_settings: Settings, path: Path) -> None:
    result = run(sqlite_settings, "github-incidents", lines(path, "{", INCIDENT), "--json")
    assert result.exit_code == 1
    assert "line 1: left out: Invalid JSON" in result.stdout
    assert [each["place"] for each in last_line(result)["rejections"]] == ["line 1"]
    assert (
        "1 incidents and 0 works imported"
        in run(sqlite_settings, "github-incidents", lines(path, "{", {**INCIDENT, "id": "5"})).stdout
    )


def test_an_impact_means_what_the_operator_says(sqlite_settings: Settings, desk: Desk, path: Path) -> None:
    lines(path, INCIDENT)
    run(sqlite_settings, "github-incidents", path, "--impact", "minor=degraded_performance", "--language", "ru")
    assert said(desk, "actions")[0].event.status is ComponentStatus.DEGRADED
    title = desk.log.read(desk.name("incident", "github", "1"))[0].event.title
    assert desk.log.text(title) == {"ru": "Nothing builds"}


def test_what_is_printed_keeps_the_components_when_it_is_pasted(
    sqlite_settings: Settings, desk: Desk, path: Path
) -> None:
    names = ["Actions", "yes: no", "— {Каталог} #1", "'\"", "null"]
    result = run(sqlite_settings, "github-incidents", lines(path, {**INCIDENT, "components": names}))
    values, sections = default(), pasted(result)
    values["component_groups"] |= sections["component_groups"]
    values["components"] = values.get("components", {}) | sections["components"]
    assert sorted(each["label"]["en"] for each in sections["components"].values()) == sorted(names)
    assert [each for each in apply(desk, values) if each.startswith("component")] == []


def test_the_real_page_can_be_pasted_too(sqlite_settings: Settings, desk: Desk) -> None:
    sections = pasted(run(sqlite_settings, "statuspage", real("statuspage/duo-components.json")))
    values = default() | {"components": sections["components"]}
    values["component_groups"] |= sections["component_groups"]
    assert [each for each in apply(desk, values) if each.startswith("component")] == []


def test_components_go_into_a_group_that_is_there(sqlite_settings: Settings, path: Path) -> None:
    lines(path, INCIDENT)
    result = run(sqlite_settings, "github-incidents", path, "--group", "moon")
    assert "there is no component group moon; there are: " in result.stderr
    result = run(sqlite_settings, "github-incidents", path, "--group", "servers")
    assert pasted(result)["components"]["actions"]["group"] == "servers"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(("--impact", "minor"), "write IMPACT=STATUS"), (("--impact", "odd=degraded"), "one of none, minor, major")],
)
def test_a_mistake_is_told_in_words(
    sqlite_settings: Settings, path: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = run(sqlite_settings, "github-incidents", lines(path, INCIDENT), *arguments)
    assert result.exit_code
    assert words in result.stderr


def test_a_file_that_is_no_page_is_told_in_words(sqlite_settings: Settings, path: Path) -> None:
    result = run(sqlite_settings, "statuspage", lines(path, INCIDENT))
    assert "cannot be imported: page: it is missing" in result.stderr


def test_somebody_who_is_faster_on_a_component_is_waited_for(
    sqlite_settings: Settings, desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, calls = Log.append, iter(range(100))

    def slower(log: Log, *args: Any) -> Any:
        if next(calls) == 1:
            raise Conflict
        return append(log, *args)

    assert desk.log.head()
    monkeypatch.setattr(Log, "append", slower)
    assert last_line(run(sqlite_settings, "github-incidents", lines(path, INCIDENT), "--json"))["incidents"] == 1
    assert [each.version for each in said(desk, "actions")] == [1, 2, 3]


def test_an_import_at_the_same_time_is_told_in_words(
    sqlite_settings: Settings, desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faster(*_: object) -> None:
        raise Conflict

    assert desk.log.head()
    monkeypatch.setattr(Log, "append", faster)
    result = run(sqlite_settings, "github-incidents", lines(path, INCIDENT))
    assert "somebody else imports the same file now: run it again" in result.stderr
