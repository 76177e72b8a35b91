import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.__main__ import glasno
from service.build import build_desk
from service.settings import Settings
from service.views import views_of, work_alone
from status_page.export import RENEWED, copying


@pytest.fixture
def publish(
    sqlite_settings: Settings, environment: Callable[[Settings], dict[str, str]], tmp_path: Path
) -> Callable[[], Result]:
    """To `site`."""
    words = ["publish", str(tmp_path / "site"), "--json"]
    return lambda: CliRunner().invoke(glasno, words, env=environment(sqlite_settings))


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def test_a_new_desk_is_published(publish: Callable[[], Result], tmp_path: Path) -> None:
    first = told(publish())
    assert first["written"] == first["files"] > 20
    assert "No component is defined yet" in (tmp_path / "site/index.html").read_text()
    assert json.loads((tmp_path / "site/api/v2/status.json").read_text())["status"]["indicator"] == "minor"


def test_publishing_again_writes_nothing(publish: Callable[[], Result]) -> None:
    first, second = told(publish()), told(publish())
    assert second == first | {"written": 0, "evidence": 0}


def test_a_copy_says_when_it_was_last_up_to_date(publish: Callable[[], Result], tmp_path: Path) -> None:
    renewed = tmp_path / "site" / RENEWED
    told(publish())
    os.utime(renewed, (0, 0))
    assert told(publish())["written"] == 0
    assert renewed.stat().st_mtime > 0
    os.utime(renewed, (0, 0))
    with copying(tmp_path / "site"):
        assert publish().exit_code == 1
    assert renewed.stat().st_mtime == 0


def test_the_copy_names_the_public_url(sqlite_settings: Settings, tmp_path: Path) -> None:
    named = {"GLASNO_DATA_DIR": str(sqlite_settings.data_dir), "GLASNO_PUBLIC_URL": "https://status.example.org/"}
    CliRunner().invoke(glasno, ["publish", str(tmp_path)], env=named)
    assert '"url":"https://status.example.org"' in (tmp_path / "api/v2/status.json").read_text()


def test_it_is_published_beside_a_desk_that_keeps_the_views(
    publish: Callable[[], Result], sqlite_settings: Settings
) -> None:
    desk = build_desk(sqlite_settings)
    views = views_of(sqlite_settings, desk)
    views.catch_up()
    with work_alone(sqlite_settings):
        assert told(publish())["position"] == desk.log.head()
    views.engine.dispose()
    desk.close()


def test_views_that_stay_behind_are_told_and_nothing_is_written(
    publish: Callable[[], Result], sqlite_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.commands.publish.UP_TO_DATE", 0.1)
    build_desk(sqlite_settings).close()
    with work_alone(sqlite_settings):
        result = publish()
    assert (result.exit_code, (tmp_path / "site").exists()) == (1, False)
    assert "the views are behind the log" in result.stderr


def test_two_do_not_write_the_same_folder(publish: Callable[[], Result], tmp_path: Path) -> None:
    with copying(tmp_path / "site"):
        result = publish()
    assert result.exit_code == 1
    assert "another `glasno publish` writes to" in result.stderr
