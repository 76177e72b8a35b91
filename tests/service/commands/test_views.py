import json
import sqlite3
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from projections import ALL
from service.__main__ import glasno
from service.build import build_desk
from service.settings import Settings
from service.views import views_of

Environment = Callable[[Settings], dict[str, str]]


@pytest.fixture
def run(environment: Environment) -> Callable[..., Result]:
    def run_with(settings: Settings, *words: str) -> Result:
        return CliRunner().invoke(glasno, words, env=environment(settings))

    return run_with


def catch_up(settings: Settings) -> int:
    desk = build_desk(settings)
    views = views_of(settings, desk)
    views.catch_up()
    views.engine.dispose()
    head = desk.log.head()
    desk.close()
    return head


def told(result: Result) -> dict[str, object]:
    values: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return values


def test_views_that_are_what_the_log_says_pass(settings: Settings, run: Callable[..., Result]) -> None:
    catch_up(settings)
    done = run(settings, "check", "--json")
    assert (done.exit_code, told(done)["views"]) == (0, [])


def test_a_view_that_was_changed_by_hand_is_found_and_healed(
    sqlite_settings: Settings, run: Callable[..., Result]
) -> None:
    head = catch_up(sqlite_settings)
    with sqlite3.connect(sqlite_settings.data_dir / "views.db") as connection:
        connection.execute("UPDATE trail_v3 SET name='nothing.happened'")
    connection.close()
    found = run(sqlite_settings, "check", "--json")
    assert (found.exit_code, told(found)["views"]) == (1, ["trail_v3"])
    healed = run(sqlite_settings, "rebuild", "trail", "--json")
    assert told(healed) == {"views": ["trail_v3"], "position": head}
    assert run(sqlite_settings, "check").exit_code == 0


def test_views_of_a_log_that_went_further_are_found(sqlite_settings: Settings, run: Callable[..., Result]) -> None:
    head = catch_up(sqlite_settings)
    with sqlite3.connect(sqlite_settings.data_dir / "views.db") as connection:
        connection.execute("UPDATE checkpoints SET position=? WHERE name='trail_v3'", (head + 1,))
    connection.close()
    found = run(sqlite_settings, "check", "--json")
    assert (found.exit_code, told(found)["views"]) == (1, ["trail_v3"])


def test_all_views_are_built_anew_at_once(settings: Settings, run: Callable[..., Result]) -> None:
    head = catch_up(settings)
    done = run(settings, "rebuild", "all", "--json")
    assert told(done) == {"views": [each.NAME for each in ALL], "position": head}


def test_a_view_that_is_not_there_is_refused(sqlite_settings: Settings, run: Callable[..., Result]) -> None:
    assert run(sqlite_settings, "rebuild", "quue").exit_code == 2
